#include "repo/internal/buffer.h"

#include <sys/mman.h>

#include "base/check.h"

namespace salvor::repo::internal {

namespace {

// Less comes from the allocator: the system's calls would cost more than they save.
constexpr std::size_t kMapped = 256 << 10;
constexpr std::size_t kPage = 64 << 10;  // at least the system's

}  // namespace

std::span<char> Buffer::of(std::size_t size) {
  if (size <= size_) return {bytes_, size};
  release();
  if (size < kMapped) {
    bytes_ = new char[size];
  } else {
    void* const mapped =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(mapped != MAP_FAILED);
    bytes_ = static_cast<char*>(mapped);
  }
  size_ = size;
  return {bytes_, size};
}

void Buffer::rest(std::size_t size) {
  const std::size_t kept = (size + kPage - 1) / kPage * kPage;
  if (size_ < kMapped || kept >= size_) return;
  CHECK(::madvise(bytes_ + kept, size_ - kept, MADV_DONTNEED) == 0);
}

void Buffer::release() {
  if (size_ < kMapped) {
    delete[] bytes_;
  } else {
    ::munmap(bytes_, size_);
  }
  bytes_ = nullptr;
  size_ = 0;
}

Buffer BufferStock::take() {
  const std::lock_guard lock(mutex_);
  if (buffers_.empty()) return {};
  Buffer buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void BufferStock::give(Buffer buffer) {
  if (buffer.size() == 0) return;
  buffer.rest(bytes_max_);
  const std::lock_guard lock(mutex_);
  if (buffers_.size() < buffers_max_) buffers_.push_back(std::move(buffer));
}

}  // namespace salvor::repo::internal
