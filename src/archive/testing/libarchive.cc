#include "archive/testing/libarchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>

namespace salvor::archive::testing {
namespace {

using ReadHandle = std::unique_ptr<::archive, decltype(&archive_read_free)>;
using WriteHandle = std::unique_ptr<::archive, decltype(&archive_write_free)>;
using EntryHandle = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

WriteHandle open_writer(TarFormat format, std::string& out, std::size_t& used) {
  WriteHandle writer(archive_write_new(), &archive_write_free);
  archive_write_add_filter_gzip(writer.get());
  switch (format) {
    case TarFormat::ustar:
      archive_write_set_format_ustar(writer.get());
      break;
    case TarFormat::pax:
      archive_write_set_format_pax(writer.get());
      break;
    case TarFormat::gnu:
      archive_write_set_format_gnutar(writer.get());
      break;
  }
  EXPECT_EQ(archive_write_open_memory(writer.get(), out.data(), out.size(), &used), ARCHIVE_OK);
  return writer;
}

std::size_t room_for(const Files& files) {
  std::size_t bytes = 1 << 16;
  for (const auto& [path, content] : files) bytes += 4096 + path.size() + 2 * content.size();
  return bytes;
}

}  // namespace

Files files_by_libarchive(std::string_view archive) {
  const ReadHandle reader(archive_read_new(), &archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  Files files;
  if (archive_read_open_memory(reader.get(), archive.data(), archive.size()) != ARCHIVE_OK) {
    return files;
  }
  archive_entry* entry = nullptr;
  int outcome = ARCHIVE_OK;
  while ((outcome = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    const auto count = archive_read_data(reader.get(), content.data(), content.size());
    EXPECT_EQ(count, static_cast<la_ssize_t>(content.size()));
    EXPECT_EQ(archive_entry_filetype(entry), static_cast<__LA_MODE_T>(AE_IFREG));
    EXPECT_EQ(archive_entry_perm(entry), 0755U);
    files.emplace_back(archive_entry_pathname(entry), std::move(content));
  }
  EXPECT_EQ(outcome, ARCHIVE_EOF) << archive_error_string(reader.get());
  return outcome == ARCHIVE_EOF ? files : Files();
}

std::string tarball_by_libarchive(const Files& files, TarFormat format) {
  std::string out(room_for(files), '\0');
  std::size_t used = 0;
  const WriteHandle writer = open_writer(format, out, used);
  for (const auto& [path, content] : files) {
    const bool is_folder = path.back() == '/';
    const EntryHandle entry(archive_entry_new(), &archive_entry_free);
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), is_folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry.get(), 0755);
    archive_entry_set_mtime(entry.get(), 1'600'000'000, 123'456'789);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    EXPECT_EQ(archive_write_header(writer.get(), entry.get()), ARCHIVE_OK)
        << archive_error_string(writer.get());
    archive_write_data(writer.get(), content.data(), content.size());
  }
  archive_write_close(writer.get());
  return out.substr(0, used);
}

std::string link_by_libarchive(const std::string& path, const std::string& target) {
  std::string out(1 << 16, '\0');
  std::size_t used = 0;
  const WriteHandle writer = open_writer(TarFormat::ustar, out, used);
  const EntryHandle entry(archive_entry_new(), &archive_entry_free);
  archive_entry_set_pathname(entry.get(), path.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFLNK);
  archive_entry_set_symlink(entry.get(), target.c_str());
  EXPECT_EQ(archive_write_header(writer.get(), entry.get()), ARCHIVE_OK);
  archive_write_close(writer.get());
  return out.substr(0, used);
}

}  // namespace salvor::archive::testing
