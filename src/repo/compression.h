// zstd frames, as blobs and unpacked files hold them. Foreign bytes: each call has a limit.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor::repo {

// One thread at a time; each thread keeps its own.
class Compressor {
 public:
  // `level`: as zstd counts them. restic reads every level.
  explicit Compressor(int level);
  ~Compressor();
  Compressor(Compressor&&) noexcept;
  Compressor& operator=(Compressor&&) = delete;

  // What a frame of so many plain bytes takes at most.
  static std::size_t bound(std::size_t plain_bytes);
  // One frame; its size. Requires: `out` has room for the bound.
  std::size_t compress(std::string_view plain, char* out);
  std::string compressed(std::string_view plain);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One thread at a time; each thread keeps its own.
class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) = delete;

  // Fails with corrupt unless the bytes are one whole frame of exactly so many bytes, which are
  // then written to `out`. Requires: out has room for them.
  Result<void> decompress(std::string_view frame, char* out, std::size_t bytes);
  // A frame that comes in pieces, and whose bytes go in pieces that `room` holds; it takes memory
  // for the frame's window alone. begin() once a frame, feed() for each piece, finish() behind the
  // last. Fail with corrupt, or with the sink's error.
  using PieceSink = std::function<Result<void>(std::string_view piece)>;
  void begin();
  Result<void> feed(std::string_view piece, std::span<char> room, const PieceSink& sink);
  Result<void> finish() const;
  // When nobody says how many. Fails with corrupt; with exhausted when there are more than `most`.
  Result<std::string> decompress_at_most(std::string_view frame, std::size_t most);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace salvor::repo
