// An index: what is read is written again as it was.
#include <cstdint>
#include <string>
#include <vector>

#include "repo/index.h"

namespace {

bool read(const std::string& text, std::vector<salvor::repo::PackContents>& packs) {
  return salvor::repo::read_index(text,
                                  [&](salvor::repo::PackContents pack) {
                                    packs.push_back(std::move(pack));
                                    return salvor::Result<void>();
                                  })
      .ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<salvor::repo::PackContents> packs;
  if (!read(std::string(reinterpret_cast<const char*>(data), size), packs)) return 0;
  salvor::repo::Index index;
  for (const auto& pack : packs) index.add(pack);
  std::vector<salvor::repo::PackContents> again;
  if (!read(salvor::repo::index_json(packs), again) || again.size() != packs.size())
    __builtin_trap();
  for (std::size_t i = 0; i < packs.size(); ++i) {
    if (again[i].pack != packs[i].pack || again[i].blobs != packs[i].blobs) __builtin_trap();
  }
  return 0;
}
