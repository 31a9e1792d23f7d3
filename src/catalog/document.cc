#include "base/check.h"
#include "catalog/catalog.h"

namespace salvor::catalog {

Json Document::body() const {
  Result<Json> parsed = parse_json(text);
  // The text was written by wire_json; a broken one means that memory or disk lied.
  CHECK(parsed.ok());
  return std::move(parsed).value();
}

}  // namespace salvor::catalog
