// What every store promises, as checks that a program can run: our tests do on each implementation,
// and `salvor store verify` on a user's own store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "objectstore/store.h"

namespace salvor::objectstore {

struct Promise {
  std::string name;  // "write-once"
  std::string text;  // what is promised, in a sentence
  // Works on objects below the folder alone, which must be empty, and leaves some there. Fails with
  // corrupt when the promise is broken, and with the store's error when it does not get so far.
  std::function<Result<void>(Context&, Store&, const std::string& folder)> keep;
};
const std::vector<Promise>& promises();

struct Finding {
  const Promise* promise = nullptr;
  std::optional<Error> failure{};  // none: it was kept
  Duration took{};
};
struct Verification {
  std::string folder{};  // where all of it took place
  std::vector<Finding> findings{};
  std::optional<Error> left_behind{};  // why the folder could not be emptied afterwards
  bool is_good() const;
};
using OnFinding = std::function<void(const Finding&)>;

// Tries each promise in a folder of random name, and empties it afterwards, also when it is
// stopped.
Verification verify(Context& context, Store& store, const OnFinding& on_finding);

}  // namespace salvor::objectstore
