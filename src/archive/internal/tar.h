// tar, as much of it as backups need. Written by hand because both ends of ours are push: bytes go
// from the cluster to the store and from the store to the planner as they come, while libarchive's
// reader pulls and would need a thread of its own; and because its writer spends more on an entry
// than deflate does. The tests hold both directions against libarchive.
//
// Format: POSIX ustar, with a pax header (POSIX.1-2001) where a path does not fit or is not ASCII;
// reading also takes GNU's long names. Go's archive/tar, hence Velero, writes the same.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace salvor::archive::internal {

inline constexpr std::size_t kTarBlock = 512;

// Adds one regular file of mode 0755: header, content and padding.
void append_tar_file(std::string& out, std::string_view path, std::string_view content,
                     EpochSeconds modified);
// Adds the two empty blocks that end an archive.
void append_tar_end(std::string& out);

struct TarLimits {
  std::uint64_t file_bytes;      // of one file that is wanted
  std::uint64_t unpacked_bytes;  // of everything
};

// What to do with a file, asked before its content comes.
enum class TarWish { read, skip };

// Takes a tar stream in pieces of any size and gives its regular files in order. Folders and global
// pax headers are passed over; links, devices and anything else that is no file are corrupt, as a
// backup has none and each has been a way out of the folder that one unpacks into.
class TarParser {
 public:
  struct Receiver {
    std::function<Result<TarWish>(const std::string& path)> begin;
    std::function<Result<void>(const std::string& path, std::string_view content)> file;
  };

  TarParser(TarLimits limits, Receiver receiver)
      : limits_(limits), receiver_(std::move(receiver)) {}

  // Fails with corrupt on damage and on anything over the limits, or with the receiver's error.
  Result<void> feed(std::string_view bytes);
  // Fails with corrupt when the stream ends inside a file or header.
  Result<void> finish() const;

 private:
  enum class Part { header, content, padding, trailer };
  enum class Content { skipped, wanted, pax, long_name };

  Result<void> take_header();
  Result<void> begin_entry(char type, std::uint64_t size, std::string path);
  Result<void> begin_file(std::uint64_t size, std::string path);
  Result<void> end_content();
  Result<void> read_pax();
  std::string_view take_content(std::string_view bytes);

  TarLimits limits_;
  Receiver receiver_;
  Part part_ = Part::header;
  Content content_ = Content::skipped;
  std::uint64_t seen_ = 0;      // bytes fed in all
  std::uint64_t left_ = 0;      // of the content or padding
  std::uint64_t padding_ = 0;   // after the content
  unsigned empty_blocks_ = 0;   // in a row; two end the archive
  std::string buffer_;          // of the header or of a wanted content
  std::string path_;            // of the file whose content comes
  std::string next_path_;       // from a pax header or long name, for the next file
  bool has_next_size_ = false;  // likewise
  std::uint64_t next_size_ = 0;
};

}  // namespace salvor::archive::internal
