// Bytes that grow, such as a pack's: in pieces, so that none is copied as they do, and each goes as
// soon as it was used.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "repo/internal/buffer.h"

namespace salvor::repo::internal {

inline constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

class PieceList {
 public:
  PieceList() = default;
  // `stock`: where pieces come from, and go.
  explicit PieceList(BufferStock& stock) : stock_(&stock) {}
  ~PieceList();
  // What is moved from is empty, and may be filled again.
  PieceList(PieceList&& other) noexcept
      : stock_(other.stock_),
        pieces_(std::exchange(other.pieces_, {})),
        size_(std::exchange(other.size_, 0)) {}
  PieceList& operator=(PieceList&& other) noexcept {
    std::swap(stock_, other.stock_);
    std::swap(pieces_, other.pieces_);
    std::swap(size_, other.size_);
    return *this;
  }

  void append(std::string_view bytes);
  std::size_t size() const { return size_; }
  bool is_empty() const { return size_ == 0; }

  using Sink = std::function<Result<void>(std::string_view piece)>;
  // In their order, until the sink fails.
  Result<void> each(const Sink& sink) const;
  // The same; each piece goes once the sink has had it, and all when it fails.
  Result<void> drain(const Sink& sink);

 private:
  std::string_view piece(std::size_t number) const;

  void give_back(Buffer piece);

  BufferStock* stock_ = nullptr;  // null: the system
  std::vector<Buffer> pieces_;    // each of kPieceBytes
  std::size_t size_ = 0;          // of the bytes in them
};

}  // namespace salvor::repo::internal
