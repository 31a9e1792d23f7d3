// Whole objects at once, for tests of anything that reads from or writes to a store.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "objectstore/store.h"

namespace salvor::objectstore::testing {

using Names = std::vector<std::string>;

// Writes one object whole.
inline Result<void> put_all(Store& store, const std::string& name, const std::string& bytes) {
  Context context = background();
  TRY(const std::unique_ptr<Upload> upload, store.put(context, name));
  TRY_VOID(upload->write(context, bytes));
  return upload->finish(context);
}

// Reads one object whole.
inline Result<std::string> get_all(Store& store, const std::string& name) {
  Context context = background();
  std::string all;
  TRY_VOID(store.get(context, name, [&](std::string_view bytes) -> Result<void> {
    all += bytes;
    return {};
  }));
  return all;
}

// The names in a store; fails the running test when they cannot be listed.
inline Names names_in(Store& store, const std::string& prefix) {
  Context context = background();
  Names names;
  auto listed = store.list(context, prefix);
  EXPECT_TRUE(listed.ok());
  if (!listed.ok()) return names;
  for (const ObjectInfo& info : *listed) names.push_back(info.name);
  return names;
}

}  // namespace salvor::objectstore::testing
