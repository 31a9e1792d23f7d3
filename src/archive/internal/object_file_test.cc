#include "archive/internal/object_file.h"

#include <gtest/gtest.h>

#include <random>

#include "objectstore/memory.h"
#include "objectstore/testing/whole.h"

namespace salvor::archive::internal {
namespace {

TEST(GzipFile, SealsTheBytesAsStored) {
  const auto store = objectstore::make_memory_store();
  Context context = background();
  GzipFile file = GzipFile::create(context, *store, "a").value();
  std::mt19937 random(1);
  std::string all;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece = std::to_string(random());
    all += piece + std::string(100, 'x');
    file.pending() += piece + std::string(100, 'x');
    ASSERT_TRUE(file.flush(context).ok());
  }
  ASSERT_TRUE(file.finish(context).ok());

  const std::string stored = objectstore::testing::get_all(*store, "a").value();
  Sha256 hash;
  hash.update(stored);
  EXPECT_EQ(file.sha256(), hash.finish());
  EXPECT_EQ(file.size_bytes(), stored.size());
  EXPECT_EQ(gunzipped(stored, 1 << 30).value(), all);
}

}  // namespace
}  // namespace salvor::archive::internal
