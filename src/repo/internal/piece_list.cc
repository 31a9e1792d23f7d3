#include "repo/internal/piece_list.h"

#include <algorithm>

namespace salvor::repo::internal {

void PieceList::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t at = size_ % kPieceBytes;
    if (at == 0) pieces_.emplace_back();
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
    rest.pieces_[number] = Buffer();
  }
  return {};
}

}  // namespace salvor::repo::internal
