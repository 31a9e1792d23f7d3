// Content-defined chunks: where a file is cut depends on the bytes around the cut alone, so that an
// insertion moves few cuts and most chunks are known already.
// Source: github.com/restic/chunker. The same polynomial and bytes give the same chunks as
// restic's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace salvor::repo {

// A polynomial over the field of two elements: bit i is the coefficient of x^i.
using Polynomial = std::uint64_t;

// A random irreducible one of degree 53, for a new repository.
Polynomial random_polynomial();
bool is_irreducible(Polynomial polynomial);

// Lower-case hex without 0x, as a repository's config has it.
std::string to_hex(Polynomial polynomial);
// Nothing unless it is irreducible and of degree 53.
std::optional<Polynomial> parse_polynomial(std::string_view text);

inline constexpr std::size_t kChunkMin = 512 << 10;
inline constexpr std::size_t kChunkMax = 8 << 20;

// Any thread may call.
class Chunker {
 public:
  // Requires: the polynomial is irreducible and of degree 53.
  explicit Chunker(Polynomial polynomial);

  // The length of the first chunk. Requires: `bytes` begins where a chunk does, and either holds
  // kChunkMax bytes or goes on to the file's end.
  std::size_t cut(std::string_view bytes) const;

 private:
  friend class Cut;
  struct Lane;

  std::uint64_t slid(std::uint64_t digest, unsigned char leaves, unsigned char comes) const;
  Lane lane_at(const unsigned char* place) const;
  void step(Lane& lane, std::size_t number) const;
  std::optional<std::size_t> first_match(const unsigned char* place, std::size_t count) const;
  std::optional<std::size_t> first_match_in_lanes(const unsigned char* place,
                                                  std::size_t length) const;

  std::array<std::uint64_t, 256> out_;  // what a byte that leaves the window takes away
  std::array<std::uint64_t, 256> mod_;  // what the digest's top byte comes to
};

// Looks for the end of one chunk while its bytes are read. Borrows the chunker.
class Cut {
 public:
  explicit Cut(const Chunker& chunker) : chunker_(chunker) {}

  // The chunk's length; nothing: more bytes are needed, or the chunk ends with the file. Requires:
  // `bytes` are those of the call before, or more.
  std::optional<std::size_t> find(std::string_view bytes);

 private:
  const Chunker& chunker_;
  std::size_t at_ = kChunkMin;  // the first place that was not looked at
};

}  // namespace salvor::repo
