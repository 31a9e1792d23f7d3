// Entries of a local file system: what a node says of one, read from it and given back to it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "repo/node.h"

namespace salvor::repo {

// An open file or folder, closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

// Folders that are walked deeper: each level takes an open descriptor.
inline constexpr std::size_t kFolderDepthMax = 400;

// The error of a failed system call: its code by errno, so that a full disk is exhausted.
Error system_error(int number, const std::string& doing);

// What is in an open folder, in the order of the names' bytes, without "." and "..".
Result<std::vector<std::string>> names_in(int folder);

// The entry `name` of a folder, without content or subtree. Symbolic links are not followed. Fails
// with not_found when it is not there.
Result<Node> read_node(int folder, const std::string& name);

// Gives an open file or folder its owner, mode, attributes and times, in an order in which none
// takes back another.
Result<void> apply_metadata(int descriptor, const Node& node);
// The same for what cannot be opened: links, devices, pipes.
Result<void> apply_metadata_at(int folder, const std::string& name, const Node& node);

}  // namespace salvor::repo
