#include "repo/internal/file_chunks.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "repo/internal/buffer.h"
#include "repo/local_file.h"

namespace salvor::repo::internal {
namespace {

constexpr std::size_t kBufferMax = 2 * kChunkMax;
constexpr std::size_t kBufferMin = 4096;

class Reading {
 public:
  Reading(Context& context, int file, std::uint64_t size, const Chunker& chunker,
          const ChunkSink& sink)
      : context_(context), file_(file), chunker_(chunker), sink_(sink) {
    // One byte more, so that the end is seen at once.
    grow(static_cast<std::size_t>(std::clamp<std::uint64_t>(size + 1, kBufferMin, kBufferMax)));
  }

  Result<void> run() {
    while (true) {
      TRY_VOID(context_.check());
      TRY_VOID(skip_hole());
      TRY_VOID(fill());
      if (begin_ == end_) return {};
      const std::string_view rest(bytes_ + begin_, end_ - begin_);
      const std::size_t size = chunker_.cut(rest);
      TRY_VOID(sink_(rest.substr(0, size)));
      begin_ += size;
      position_ += size;
    }
  }

 private:
  void grow(std::size_t size) {
    Buffer larger;
    char* const bytes = larger.of(size).data();
    if (begin_ < end_) std::memcpy(bytes, bytes_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    buffer_ = std::move(larger);
    bytes_ = bytes;
    capacity_ = size;
  }

  // Until the buffer holds a chunk of any length, or the file ends.
  Result<void> fill() {
    if (is_at_end_ || end_ - begin_ >= kChunkMax) return {};
    std::memmove(bytes_, bytes_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    while (!is_at_end_) {
      if (end_ == capacity_) {
        if (capacity_ == kBufferMax) return {};
        grow(kBufferMax);
      }
      const ssize_t count =
          ::pread(file_, bytes_ + end_, capacity_ - end_, static_cast<off_t>(position_ + end_));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(errno, "reading");
      is_at_end_ = count == 0;
      end_ += static_cast<std::size_t>(count);
    }
    return {};
  }

  // A hole is cut where its zeros would be. What is left of it at its end is read with what
  // follows.
  Result<void> skip_hole() {
    if (capacity_ < kBufferMax) return {};  // a file that is too small to have one
    const off_t data = ::lseek(file_, static_cast<off_t>(position_), SEEK_DATA);
    const off_t end = data < 0 && errno == ENXIO ? ::lseek(file_, 0, SEEK_END) : data;
    // A file system that knows no holes says that all is data, or fails.
    if (end < 0 || position_ + kChunkMin > static_cast<std::uint64_t>(end)) return {};
    while (position_ + kChunkMin <= static_cast<std::uint64_t>(end)) {
      TRY_VOID(context_.check());
      TRY_VOID(sink_(hole_chunk()));
      position_ += kChunkMin;
    }
    begin_ = end_ = 0;  // zeros of the hole
    is_at_end_ = false;
    return {};
  }

  Context& context_;
  const int file_;
  const Chunker& chunker_;
  const ChunkSink& sink_;
  Buffer buffer_;
  char* bytes_ = nullptr;  // the buffer's
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t position_ = 0;  // in the file, of begin_
  bool is_at_end_ = false;
};

}  // namespace

std::string_view hole_chunk() {
  static const std::string zeros(kChunkMin, '\0');
  return zeros;
}

Result<void> read_chunks(Context& context, int file, std::uint64_t size, const Chunker& chunker,
                         const ChunkSink& sink) {
  return Reading(context, file, size, chunker, sink).run();
}

}  // namespace salvor::repo::internal
