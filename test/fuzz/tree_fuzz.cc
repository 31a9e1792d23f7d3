// A folder's tree: what is read is written again as it was, and no name leads out of its folder.
#include <cstdint>
#include <string>
#include <vector>

#include "repo/tree.h"

namespace {

bool read(const std::string& text, std::vector<salvor::repo::Node>& nodes) {
  return salvor::repo::read_tree(text,
                                 [&](salvor::repo::Node node) {
                                   nodes.push_back(std::move(node));
                                   return salvor::Result<void>();
                                 })
      .ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<salvor::repo::Node> nodes;
  if (!read(std::string(reinterpret_cast<const char*>(data), size), nodes)) return 0;
  salvor::repo::TreeWriter writer;
  for (const auto& node : nodes) {
    if (node.name.empty() || node.name == "." || node.name == ".." ||
        node.name.find('/') != std::string::npos)
      __builtin_trap();
    writer.add(node);
  }
  std::vector<salvor::repo::Node> again;
  if (!read(writer.finish(), again) || again.size() != nodes.size()) __builtin_trap();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (again[i].name != nodes[i].name || again[i].type != nodes[i].type ||
        again[i].mode != nodes[i].mode || again[i].link_target != nodes[i].link_target ||
        again[i].attributes != nodes[i].attributes)
      __builtin_trap();
  }
  return 0;
}
