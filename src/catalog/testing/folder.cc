#include "catalog/testing/folder.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "catalog/internal/sqlite_connection.h"

namespace salvor::catalog {

Folder::Folder()
    : path_(std::filesystem::temp_directory_path() / ("salvor-catalog-" + hex(random_bytes(8)))) {
  std::filesystem::create_directory(path_);
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

void set_format(const std::string& path, int format) {
  auto connection = Connection::open(path, Connection::Role::writer, 512);
  ASSERT_TRUE(connection.ok());
  ASSERT_TRUE(
      (*connection)->execute({"UPDATE _catalog SET format = ?", {std::int64_t{format}}}).ok());
}

}  // namespace salvor::catalog
