// A store that takes no more of the line than it is given: around any other.
#pragma once

#include <cstdint>
#include <memory>

#include "objectstore/store.h"

namespace salvor::objectstore {

// Bytes per second of all calls together; 0: no limit.
struct Bandwidth {
  std::uint64_t up_bytes = 0;
  std::uint64_t down_bytes = 0;
};

// Bytes wait before they are written, and after they were read, until the rate allows them; what
// was not used is not saved up. What an implementation gathers before it sends (a part of an upload
// to S3) still goes out at once, so the rate holds over longer times than that takes.
std::unique_ptr<Store> make_limited_store(std::unique_ptr<Store> store, const Bandwidth& bandwidth);

}  // namespace salvor::objectstore
