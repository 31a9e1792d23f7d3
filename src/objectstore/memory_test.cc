#include "objectstore/memory.h"

#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

TEST(MemoryStore, LetsAReaderFinishAnObjectThatIsRemovedMeanwhile) {
  const auto store = make_memory_store();
  Context context = background();
  ASSERT_TRUE(put_all(*store, "a", std::string(300'000, 'x')).ok());
  std::size_t read_bytes = 0;

  const auto read = store->get(context, "a", [&](std::string_view bytes) {
    read_bytes += bytes.size();
    return store->remove(context, "a");
  });

  EXPECT_TRUE(read.ok());
  EXPECT_EQ(read_bytes, 300'000U);
}

}  // namespace
}  // namespace salvor::objectstore::testing
