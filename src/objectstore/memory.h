// A store in memory, for tests and for trying things out: all is gone with the process.
#pragma once

#include <memory>

#include "objectstore/store.h"

namespace salvor::objectstore {

// Uploads may outlive neither the store nor, unfinished, count as objects of it. Reads see the
// object as it was when they began.
std::unique_ptr<Store> make_memory_store();

}  // namespace salvor::objectstore
