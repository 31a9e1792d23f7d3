// Random documents of schema/testing/sample.h and random filters over them, from few values, so
// that filters match often.
#pragma once

#include <random>
#include <string>

#include "base/json.h"
#include "schema/filter.h"

namespace salvor::catalog {

class RandomWidgets {
 public:
  explicit RandomWidgets(unsigned seed) : random_(seed) {}

  // Valid but for `name`, which is the caller's.
  Json document(const std::string& name);
  // As a client would write it.
  Json where(int depth = 3);

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  bool chance(unsigned percent) { return below(100) < percent; }
  Json number();
  Json text();
  Json id();
  Json operand();
  Json operands();
  Json condition();
  std::string path();

  std::mt19937 random_;
};

}  // namespace salvor::catalog
