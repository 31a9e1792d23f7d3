#include "repo/internal/buffer.h"

#include <sys/mman.h>

#include "base/check.h"

namespace salvor::repo::internal {

namespace {

// Less comes from the allocator: the system's calls would cost more than they save.
constexpr std::size_t kMapped = 256 << 10;

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

void Buffer::release() {
  if (size_ < kMapped) {
    delete[] bytes_;
  } else {
    ::munmap(bytes_, size_);
  }
  bytes_ = nullptr;
  size_ = 0;
}

}  // namespace salvor::repo::internal
