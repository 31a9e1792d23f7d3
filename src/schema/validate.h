// What a client sends, made into the document to store, or all that is wrong with it at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "schema/resource.h"

namespace salvor::schema {

enum class Mode {
  create,   // POST
  replace,  // PUT: absent fields are gone, except the server's own and the write_only ones
  patch,    // PATCH: objects are merged at every depth, null takes a key out of a free map
};

struct Validated {
  Json document;                      // the whole document to store; only when ok()
  Json issues = Json::object();       // Eve's `_issues`: {"field": "text" | ["text", …] | {…}}
  std::vector<Reference> references;  // in `document`; the caller checks that each exists
  std::optional<std::string> id;      // the body's own `_id`, which is never part of `document`

  bool ok() const { return issues.empty(); }
};

// Pure. Coerces as Eve does ("true" and 1 for booleans, numeric strings for integers), splits keys
// with dots inside declared dicts, keeps them in free maps, and puts defaults, also inside dicts
// that are present. `body` is any JSON value; one that is no object is an issue, too. Requires:
// stored is given for replace and patch; it is the stored document with hidden fields.
Validated validate(const Resource& resource, const Json& body, Mode mode,
                   const Json* stored = nullptr);

// The same for the body of an action; null stands for {}.
Validated validate_request(const Action& action, const Json& body);

// Adds one issue at a dotted path ("source.namespaces.1"), as Eve nests them: a second text for the
// same field makes an array.
void add_issue(Json& issues, std::string_view path, const std::string& text);

// Eve's texts of rules that only a caller with a catalog can check.
std::string not_unique_text(const Json& value);
std::string missing_reference_text(const Reference& reference);

}  // namespace salvor::schema
