// The header of a pack, as its key opens it, and as bytes from a stranger.
#include <cstdint>
#include <string>

#include "repo/pack.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static salvor::repo::Cipher cipher(
      {std::string(32, 'e'), std::string(16, 'k'), std::string(16, 'r')});
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)salvor::repo::header_length(text, size + 100);
  std::string sealed = cipher.sealed(text);
  const std::uint64_t pack_size = sealed.size() + salvor::repo::kHeaderLengthBytes + 100;
  const auto blobs = salvor::repo::read_header(sealed, pack_size, cipher);
  std::string foreign = text;
  if (foreign.size() + salvor::repo::kHeaderLengthBytes <= pack_size)
    (void)salvor::repo::read_header(foreign, pack_size, cipher);
  if (!blobs.ok()) return 0;
  std::uint64_t end = 0;
  for (const auto& blob : *blobs) end += blob.place.length;
  if (end != 100) __builtin_trap();  // a header that is accepted fills its pack
  return 0;
}
