// What is locked now, for those who remove.
#pragma once

#include <string>

#include "objectstore/store.h"

namespace salvor::objectstore {

// An object that is not there is not locked.
Result<bool> is_locked(Context& context, Store& store, const std::string& name);
// Fails with denied, naming the time, while the object is locked.
Result<void> expect_unlocked(Context& context, Store& store, const std::string& name);

}  // namespace salvor::objectstore
