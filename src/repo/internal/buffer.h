// Memory for chunks and parts of packs, straight from the system: megabytes that one thread takes
// and another gives back stay with an allocator for long, and a string would write each byte once
// more.
#pragma once

#include <cstddef>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace salvor::repo::internal {

class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { release(); }
  Buffer(Buffer&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }

  // So many bytes, of any value; what was in them before may be lost. Requires: there is memory.
  std::span<char> of(std::size_t size);
  const char* data() const { return bytes_; }
  std::size_t size() const { return size_; }
  // Gives back the memory behind so many bytes, whose values are lost; there may be some again.
  void rest(std::size_t size);

 private:
  void release();

  char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

// Buffers that were used, for those who would take fresh ones of the same size: memory that comes
// from the system for the first time costs more than what is done with it. Any thread may call.
class BufferStock {
 public:
  // `buffers_max`: how many are kept; `bytes_max`: the memory that each of them keeps.
  BufferStock(std::size_t buffers_max, std::size_t bytes_max)
      : buffers_max_(buffers_max), bytes_max_(bytes_max) {}

  // An empty one when there is none.
  Buffer take();
  void give(Buffer buffer);

 private:
  const std::size_t buffers_max_;
  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::vector<Buffer> buffers_;
};

}  // namespace salvor::repo::internal
