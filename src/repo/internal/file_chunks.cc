#include "repo/internal/file_chunks.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "repo/local_file.h"

namespace salvor::repo::internal {
namespace {

// Read at once. What is read beyond a chunk is copied to where the next one gathers.
constexpr std::size_t kPiece = 128 << 10;
constexpr std::size_t kBufferMax = kChunkMax + kPiece;
constexpr std::size_t kBufferMin = 4096;

class Reading {
 public:
  Reading(Context& context, int file, std::uint64_t size, const Chunker& chunker,
          BufferStock& stock, const ChunkSink& sink)
      : context_(context), file_(file), chunker_(chunker), stock_(stock), sink_(sink) {
    // One byte more, so that the end is seen at once.
    const bool is_small = size <= kChunkMin;
    use(is_small ? std::max(static_cast<std::size_t>(size) + 1, kBufferMin) : kBufferMax, 0);
  }
  ~Reading() { give_back(std::move(buffer_)); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  Result<void> run() {
    while (true) {
      TRY_VOID(context_.check());
      TRY_VOID(skip_hole());
      TRY(const std::size_t size, read_chunk());
      if (size == 0) return {};
      const std::string_view chunk(bytes_, size);
      position_ += size;
      Buffer memory = use(capacity_, size);
      auto taken = sink_(chunk, memory);
      give_back(std::move(memory));
      TRY_VOID(std::move(taken));
    }
  }

 private:
  void give_back(Buffer buffer) {
    if (buffer.size() == kBufferMax) stock_.give(std::move(buffer));
  }

  // Goes on in new memory, with what stands behind the first `skipped` bytes; the old memory.
  Buffer use(std::size_t capacity, std::size_t skipped) {
    Buffer fresh = capacity == kBufferMax ? stock_.take() : Buffer();
    char* const bytes = fresh.of(capacity).data();
    if (end_ > skipped) std::memcpy(bytes, bytes_ + skipped, end_ - skipped);
    bytes_ = bytes;
    capacity_ = capacity;
    end_ -= skipped;
    std::swap(buffer_, fresh);
    return fresh;
  }

  // The length of the next chunk; 0: the file ends.
  Result<std::size_t> read_chunk() {
    Cut cut(chunker_);
    while (true) {
      if (const auto found = cut.find({bytes_, end_})) return *found;
      if (is_at_end_) return end_;
      TRY_VOID(read_piece());
    }
  }

  Result<void> read_piece() {
    if (end_ == capacity_) use(kBufferMax, 0);
    const std::size_t wanted = end_ < kChunkMin ? kChunkMin - end_ : kPiece;
    const ssize_t count = ::pread(file_, bytes_ + end_, std::min(wanted, capacity_ - end_),
                                  static_cast<off_t>(position_ + end_));
    if (count < 0 && errno == EINTR) return {};
    if (count < 0) return system_error(errno, "reading");
    is_at_end_ = count == 0;
    end_ += static_cast<std::size_t>(count);
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
      Buffer none;
      TRY_VOID(sink_(hole_chunk(), none));
      position_ += kChunkMin;
    }
    end_ = 0;  // zeros of the hole
    is_at_end_ = false;
    return {};
  }

  Context& context_;
  const int file_;
  const Chunker& chunker_;
  BufferStock& stock_;
  const ChunkSink& sink_;
  Buffer buffer_;
  char* bytes_ = nullptr;  // the buffer's
  std::size_t capacity_ = 0;
  std::size_t end_ = 0;
  std::uint64_t position_ = 0;  // in the file, of the buffer's first byte
  bool is_at_end_ = false;
};

}  // namespace

std::string_view hole_chunk() {
  static const std::string zeros(kChunkMin, '\0');
  return zeros;
}

Result<void> read_chunks(Context& context, int file, std::uint64_t size, const Chunker& chunker,
                         BufferStock& stock, const ChunkSink& sink) {
  return Reading(context, file, size, chunker, stock, sink).run();
}

}  // namespace salvor::repo::internal
