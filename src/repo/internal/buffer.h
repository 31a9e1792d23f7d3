// Memory for chunks and parts of packs, straight from the system: megabytes that one thread takes
// and another gives back stay with an allocator for long, and a string would write each byte once
// more.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

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
  // Gives back what is larger.
  void keep_at_most(std::size_t size) {
    if (size_ > size) release();
  }

 private:
  void release();

  char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace salvor::repo::internal
