// A folder of a test's own, and what only the owner of a catalog's file could do to it.
#pragma once

#include <filesystem>
#include <string>

namespace salvor::catalog {

// Made empty, removed with all that is in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Writes another format number into an SQLite catalog.
void set_format(const std::string& path, int format);

}  // namespace salvor::catalog
