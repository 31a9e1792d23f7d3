#include "schema/filter.h"

namespace salvor::schema {
namespace {

Filter test(std::string path, Test test, Json operand) {
  Filter filter;
  filter.kind = Filter::Kind::test;
  filter.path = std::move(path);
  filter.test = test;
  filter.operand = std::move(operand);
  return filter;
}

Filter group(Filter::Kind kind, std::vector<Filter> parts) {
  Filter filter;
  filter.kind = kind;
  filter.parts = std::move(parts);
  return filter;
}

}  // namespace

Filter equals(std::string path, Json operand) {
  return test(std::move(path), Test::equal, std::move(operand));
}

Filter differs(std::string path, Json operand) {
  return none_of({equals(std::move(path), std::move(operand))});
}

Filter in(std::string path, std::vector<Json> operands) {
  return test(std::move(path), Test::in, Json(std::move(operands)));
}

Filter less(std::string path, Json operand) {
  return test(std::move(path), Test::less, std::move(operand));
}

Filter less_equal(std::string path, Json operand) {
  return test(std::move(path), Test::less_equal, std::move(operand));
}

Filter greater(std::string path, Json operand) {
  return test(std::move(path), Test::greater, std::move(operand));
}

Filter greater_equal(std::string path, Json operand) {
  return test(std::move(path), Test::greater_equal, std::move(operand));
}

Filter exists(std::string path) { return test(std::move(path), Test::exists, true); }

Filter all_of(std::vector<Filter> parts) {
  if (parts.empty()) return {};
  if (parts.size() == 1) return std::move(parts.front());
  return group(Filter::Kind::all_of, std::move(parts));
}

Filter any_of(std::vector<Filter> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return group(Filter::Kind::any_of, std::move(parts));
}

Filter none_of(std::vector<Filter> parts) { return group(Filter::Kind::none_of, std::move(parts)); }

}  // namespace salvor::schema
