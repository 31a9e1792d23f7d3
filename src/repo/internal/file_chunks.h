// Reads a file and cuts it into chunks. Of folder_saver.cc alone.
#pragma once

#include <functional>
#include <string_view>

#include "base/context.h"
#include "base/result.h"
#include "repo/chunker.h"
#include "repo/internal/buffer.h"

namespace salvor::repo::internal {

// kChunkMin zeros: how a hole is cut. The chunks of holes are this very text.
std::string_view hole_chunk();

// `chunk`: until the sink returns, or as long as `memory` lives, in which it lies, and which the
// sink may take; it gives what it took to the stock. A hole's chunk lies in none.
using ChunkSink = std::function<Result<void>(std::string_view chunk, Buffer& memory)>;

// Memory for chunks that were used: each keeps what most chunks need.
inline constexpr std::size_t kChunkStock = 4;
inline constexpr std::size_t kChunkUsual = std::size_t{2} << 20;

// From the file's beginning to the end that it has then. `size`: what it is likely to have. Holes
// are not read. `stock`: memory for the chunks of large files comes from there. Fails with the
// sink's error.
Result<void> read_chunks(Context& context, int file, std::uint64_t size, const Chunker& chunker,
                         BufferStock& stock, const ChunkSink& sink);

}  // namespace salvor::repo::internal
