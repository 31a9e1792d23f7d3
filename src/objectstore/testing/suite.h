// The conformance suite of objectstore::Store, whose tests are in store_test.cc: each runs once for
// every store in stores_under_test(). An implementation adds itself there.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "objectstore/testing/folder.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {

// An empty store, and what it stands on.
struct Opened {
  std::unique_ptr<ScratchFolder> folder{};
  std::unique_ptr<Store> inner{};
  std::unique_ptr<Store> store{};
  bool can_lock = false;
};

struct StoreUnderTest {
  std::string name;  // "Directory"
  std::function<Opened()> open;
};

inline void PrintTo(const StoreUnderTest& store, std::ostream* output) { *output << store.name; }

// All implementations, and those that go around another one. A bucket is among them when tests run
// beside a server (see s3_server.h).
std::vector<StoreUnderTest> stores_under_test();

class StoreSuite : public ::testing::TestWithParam<StoreUnderTest> {
 protected:
  Opened opened_ = GetParam().open();
  Store& store_ = *opened_.store;
  Context context_ = background();
};

}  // namespace salvor::objectstore::testing
