#include "archive/internal/tar.h"

#include <gtest/gtest.h>

#include <random>

#include "archive/gzip.h"
#include "archive/testing/libarchive.h"

namespace salvor::archive::internal {
namespace {

using testing::Files;
using testing::TarFormat;

constexpr TarLimits kWide{1 << 20, 1 << 30};

struct Parsed {
  Files files;
  Result<void> outcome;
};

// Feeds the archive in pieces of the size.
Parsed parse(std::string_view archive, std::size_t piece = 1 << 20, TarLimits limits = kWide) {
  Files files;
  TarParser parser(limits, {[](const std::string&) -> Result<TarWish> { return TarWish::read; },
                            [&](const std::string& path, std::string_view content) {
                              files.emplace_back(path, content);
                              return Result<void>();
                            }});
  for (std::size_t at = 0; at < archive.size(); at += piece) {
    const Result<void> fed = parser.feed(archive.substr(at, piece));
    if (!fed.ok()) return {std::move(files), fed};
  }
  Result<void> finished = parser.finish();
  return {std::move(files), std::move(finished)};
}

std::string tar_of(const Files& files) {
  std::string out;
  for (const auto& [path, content] : files) append_tar_file(out, path, content, 1'600'000'000);
  append_tar_end(out);
  return out;
}

std::string path_of(std::mt19937& random, std::size_t length) {
  std::string path = "resources/pods/namespaces/";
  while (path.size() < length) {
    path += random() % 30 == 0 && path.back() != '/' ? '/' : static_cast<char>('a' + random() % 26);
  }
  if (path.back() == '/') path.back() = 'z';
  return path;
}

Files random_files(unsigned seed) {
  std::mt19937 random(seed);
  Files files;
  for (int i = 0; i < 200; ++i) {
    files.emplace_back(path_of(random, 30 + random() % 400),
                       std::string(random() % 3000, static_cast<char>('a' + i % 26)));
  }
  return files;
}

TEST(Tar, WritesWhatLibarchiveReads) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const Files files = random_files(seed);
    EXPECT_EQ(testing::files_by_libarchive(tar_of(files)), files) << seed;
  }
}

TEST(Tar, ReadsWhatItWroteInPiecesOfAnySize) {
  const Files files = random_files(11);
  const std::string tar = tar_of(files);
  for (const std::size_t piece : {1U, 7U, 511U, 512U, 513U, 100'000U}) {
    const Parsed parsed = parse(tar, piece);
    ASSERT_TRUE(parsed.outcome.ok()) << parsed.outcome.error().describe();
    EXPECT_EQ(parsed.files, files) << piece;
  }
}

TEST(Tar, ReadsPaxAndGnuArchivesOfLibarchive) {
  for (const TarFormat format : {TarFormat::pax, TarFormat::gnu}) {
    const Files files = random_files(12);
    const std::string packed = testing::tarball_by_libarchive(files, format);
    const Parsed parsed = parse(gunzipped(packed, 1 << 30).value());
    ASSERT_TRUE(parsed.outcome.ok()) << parsed.outcome.error().describe();
    EXPECT_EQ(parsed.files, files);
  }
}

TEST(Tar, KeepsPathsThatAreNotAscii) {
  const Files files = {{"resources/clusterroles/cluster/r\xc3\xb6le.json", "{}"}};

  EXPECT_EQ(parse(tar_of(files)).files, files);
}

TEST(Tar, CountsThePaxLengthItself) {
  // Around 99 and 999 bytes the length's own digits change it.
  for (std::size_t length = 80; length < 1100; ++length) {
    const Files files = {{"d/" + std::string(length, 'x'), "content"}};
    ASSERT_EQ(parse(tar_of(files)).files, files) << length;
  }
}

TEST(Tar, PassesOverFolders) {
  const std::string packed = testing::tarball_by_libarchive(
      {{"resources/", ""}, {"resources/a.json", "{}"}}, TarFormat::ustar);

  EXPECT_EQ(parse(gunzipped(packed, 1 << 20).value()).files, (Files{{"resources/a.json", "{}"}}));
}

TEST(Tar, RefusesLinks) {
  const std::string packed = testing::link_by_libarchive("resources/a.json", "/etc/passwd");

  const Parsed parsed = parse(gunzipped(packed, 1 << 20).value());

  EXPECT_EQ(parsed.outcome.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(parsed.files.empty());
}

TEST(Tar, FindsEveryTruncationInsideAFile) {
  std::string tar;
  append_tar_file(tar, "a/b", std::string(600, 'x'), 0);
  for (std::size_t size = 1; size < tar.size(); ++size) {
    EXPECT_EQ(parse(std::string_view(tar).substr(0, size)).outcome.error().code, ErrorCode::corrupt)
        << size;
  }
}

TEST(Tar, FindsEveryFlippedByteOfAHeader) {
  const std::string whole = tar_of({{"a/b", "content"}});
  for (std::size_t at = 0; at < kTarBlock; ++at) {
    std::string bent = whole;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    // The checksum's own last two bytes say nothing.
    if (at == 154 || at == 155) continue;
    EXPECT_EQ(parse(bent).outcome.error().code, ErrorCode::corrupt) << at;
  }
}

TEST(Tar, RefusesAFileOverTheLimitBeforeItsContent) {
  const std::string tar = tar_of({{"a", std::string(5000, 'x')}});

  const Parsed parsed =
      parse(std::string_view(tar).substr(0, kTarBlock), kTarBlock, {4999, 1 << 30});

  EXPECT_EQ(parsed.outcome.error().code, ErrorCode::corrupt);
}

TEST(Tar, RefusesMoreThanTheLimitInAll) {
  const std::string tar = tar_of({{"a", std::string(5000, 'x')}});

  EXPECT_EQ(parse(tar, 512, {10'000, 5000}).outcome.error().code, ErrorCode::corrupt);
}

TEST(Tar, RefusesADamagedPaxHeader) {
  for (const std::string& record :
       {std::string("9 path=a"), std::string("99 path=a\n"), std::string("path=a\n"),
        std::string("5 a\n\n"), std::string("3 \n"), std::string("0 path=a\n"),
        std::string("11 size=-1\n"), std::string("99999999999999999999 a=b\n")}) {
    std::string tar;
    append_tar_file(tar, "pax", record, 0);
    tar[156] = 'x';
    // The type's byte changed, and so must the checksum's digits.
    unsigned sum = 0;
    for (std::size_t i = 0; i < kTarBlock; ++i) {
      sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(tar[i]);
    }
    std::snprintf(tar.data() + 148, 8, "%06o", sum);
    append_tar_file(tar, "file", "x", 0);
    EXPECT_EQ(parse(tar).outcome.error().code, ErrorCode::corrupt) << record;
  }
}

TEST(Tar, SurvivesRandomDamage) {
  std::mt19937 random(13);
  const std::string whole = tar_of(random_files(14));
  for (int round = 0; round < 100; ++round) {
    std::string bent = whole;
    for (int i = 0; i < 5; ++i) bent[random() % bent.size()] = static_cast<char>(random());
    const Parsed parsed = parse(bent, 1 + random() % 5000);
    EXPECT_TRUE(parsed.outcome.ok() || parsed.outcome.error().code == ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace salvor::archive::internal
