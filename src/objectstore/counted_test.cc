#include "objectstore/counted.h"

#include <gtest/gtest.h>

#include "objectstore/memory.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

TEST(Counted, CountsWhatGoesAndWhatComes) {
  Context context = background();
  Traffic traffic;
  const auto store = make_counted_store(make_memory_store(), traffic);

  ASSERT_TRUE(put_all(*store, "a", std::string(1000, 'x')).ok());
  EXPECT_EQ(traffic.up_bytes, 1000U);
  EXPECT_EQ(traffic.down_bytes, 0U);

  std::string part(300, ' ');
  ASSERT_TRUE(get_all(*store, "a").ok());
  ASSERT_TRUE(store->read(context, "a", 5, part).ok());
  EXPECT_EQ(traffic.down_bytes, 1300U);
}

}  // namespace
}  // namespace salvor::objectstore::testing
