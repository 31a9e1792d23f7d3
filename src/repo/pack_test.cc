#include "repo/pack.h"

#include <gtest/gtest.h>

namespace salvor::repo {
namespace {

class Pack : public ::testing::Test {
 protected:
  PackBuilder::Pack build() {
    PackBuilder builder;
    builder.add({BlobType::data, id_of("a")}, cipher_.sealed("a"), 1, false);
    builder.add({BlobType::data, id_of("bb")}, cipher_.sealed("bb"), 900, true);
    builder.add({BlobType::tree, id_of("c")}, cipher_.sealed("c"), 7, true);
    return builder.finish(cipher_);
  }
  static std::string bytes_of(const PackBuilder::Pack& pack) {
    std::string bytes;
    EXPECT_TRUE(pack.bytes
                    .each([&](std::string_view piece) {
                      bytes += piece;
                      return Result<void>();
                    })
                    .ok());
    return bytes;
  }
  Result<std::vector<PackedBlob>> read(std::string bytes) {
    TRY(const std::size_t length, header_length(bytes, bytes.size()));
    const std::span<char> all(bytes);
    return read_header(all.subspan(bytes.size() - kHeaderLengthBytes - length, length),
                       bytes.size(), cipher_);
  }
  // A pack with such a header over `blobs` bytes.
  std::string with_header(const std::string& header, std::size_t blobs) {
    const std::string sealed = cipher_.sealed(header);
    std::string bytes(blobs, 'x');
    bytes += sealed;
    for (int shift = 0; shift < 32; shift += 8)
      bytes += static_cast<char>((sealed.size() >> shift) & 0xff);
    return bytes;
  }

  MasterKey key_ = new_master_key();
  Cipher cipher_{key_};
};

TEST_F(Pack, SaysWhatItHolds) {
  const PackBuilder::Pack pack = build();

  EXPECT_EQ(pack.id, id_of(bytes_of(pack)));
  EXPECT_EQ(read(bytes_of(pack)).value(), pack.blobs);
  EXPECT_EQ(pack.blobs[1].place, (BlobPlace{33, 34, 900}));
  EXPECT_EQ(pack.blobs[2].place.offset, 67U);
}

TEST_F(Pack, HoldsItsBlobsWhereItSays) {
  const PackBuilder::Pack pack = build();
  const BlobPlace& place = pack.blobs[1].place;
  std::string bytes = bytes_of(pack);

  EXPECT_EQ(cipher_.open(std::span(bytes).subspan(place.offset, place.length)).value(), "bb");
}

TEST_F(Pack, FindsEachFlippedByteOfItsEnd) {
  const PackBuilder::Pack pack = build();
  const std::size_t blobs_end = pack.blobs.back().place.offset + pack.blobs.back().place.length;
  const std::string bytes = bytes_of(pack);
  for (std::size_t at = blobs_end; at < bytes.size(); ++at) {
    std::string bent = bytes;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    EXPECT_EQ(read(bent).error().code, ErrorCode::corrupt) << at;
  }
}

TEST_F(Pack, FindsATruncatedOne) {
  const std::string bytes = bytes_of(build());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read(bytes.substr(0, size)).ok()) << size;
}

TEST_F(Pack, RefusesHeadersThatLie) {
  const std::string id(32, 'i');
  const auto entry = [&](char type, const std::string& length) { return type + length + id; };
  const std::string forty("\x28\0\0\0", 4);
  ASSERT_TRUE(read(with_header(entry(0, forty), 40)).ok());

  EXPECT_FALSE(read(with_header(entry(0, forty), 41)).ok());
  EXPECT_FALSE(read(with_header(entry(0, forty), 39)).ok());
  EXPECT_FALSE(read(with_header(entry(4, forty), 40)).ok());
  EXPECT_FALSE(read(with_header(entry(2, forty), 40)).ok());
  EXPECT_FALSE(read(with_header(entry(0, std::string("\x1f\0\0\0", 4)), 31)).ok());
  EXPECT_FALSE(read(with_header(entry(0, "\xff\xff\xff\xff"), 40)).ok());
  EXPECT_FALSE(read(with_header("", 0)).ok());
  EXPECT_FALSE(header_length("\xff\xff\xff\xff", 1 << 20).ok());
  EXPECT_FALSE(header_length("\x01", 1 << 20).ok());
}

}  // namespace
}  // namespace salvor::repo
