#include "repo/internal/piece_list.h"

#include <algorithm>

namespace salvor::repo::internal {

PieceList::~PieceList() {
  for (Buffer& piece : pieces_) give_back(std::move(piece));
}

void PieceList::give_back(Buffer piece) {
  if (stock_ != nullptr) stock_->give(std::move(piece));
}

void PieceList::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t at = size_ % kPieceBytes;
    if (at == 0) pieces_.push_back(stock_ != nullptr ? stock_->take() : Buffer());
    const std::string_view part = bytes.substr(0, kPieceBytes - at);
    std::copy(part.begin(), part.end(), pieces_.back().of(kPieceBytes).begin() + at);
    size_ += part.size();
    bytes.remove_prefix(part.size());
  }
}

std::string_view PieceList::piece(std::size_t number) const {
  return {pieces_[number].data(), std::min(kPieceBytes, size_ - number * kPieceBytes)};
}

Result<void> PieceList::each(const Sink& sink) const {
  for (std::size_t number = 0; number < pieces_.size(); ++number) TRY_VOID(sink(piece(number)));
  return {};
}

Result<void> PieceList::drain(const Sink& sink) {
  PieceList rest = std::move(*this);
  for (std::size_t number = 0; number < rest.pieces_.size(); ++number) {
    TRY_VOID(sink(rest.piece(number)));
    rest.give_back(std::exchange(rest.pieces_[number], {}));
  }
  return {};
}

}  // namespace salvor::repo::internal
