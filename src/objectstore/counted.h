// A store that counts the bytes that go to it and come from it: around any other.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "objectstore/store.h"

namespace salvor::objectstore {

// Of all calls together. Bytes that are sent again count again.
struct Traffic {
  std::atomic<std::uint64_t> up_bytes = 0;
  std::atomic<std::uint64_t> down_bytes = 0;
};

// Borrows the traffic.
std::unique_ptr<Store> make_counted_store(std::unique_ptr<Store> store, Traffic& traffic);

}  // namespace salvor::objectstore
