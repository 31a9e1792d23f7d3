// What a folder's tree says of one of its entries.
// Source: restic's internal/data/node.go and doc/design.rst, "Trees and Data".
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "repo/file_time.h"
#include "repo/id.h"

namespace salvor::repo {

enum class NodeType { file, folder, symlink, block_device, char_device, fifo, socket, irregular };

// As the JSON has it, such as "dir".
const char* to_string(NodeType type);

struct ExtendedAttribute {
  std::string name;
  std::string value;  // any bytes

  bool operator==(const ExtendedAttribute&) const = default;
};

struct Node {
  NodeType type = NodeType::irregular;
  std::string name;        // any bytes but '/' and NUL
  std::uint32_t mode = 0;  // permissions and set-id bits as stat(2) has them, without the type
  FileTime modified;
  FileTime accessed;
  FileTime changed;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string user;
  std::string group;
  std::uint64_t inode = 0;
  std::uint64_t device_id = 0;
  std::uint64_t size = 0;
  std::uint64_t links = 0;
  std::string link_target;  // any bytes
  std::vector<ExtendedAttribute> attributes;
  std::uint64_t device = 0;        // of devices: which
  std::vector<Id> content;         // of files
  std::optional<Id> subtree = {};  // of folders

  bool operator==(const Node&) const = default;
};

}  // namespace salvor::repo
