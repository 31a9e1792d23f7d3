// What the API's resources are called on a command line and which columns show them. Everything
// that follows from the resource tables is taken from there; only short words and the choice of
// columns are declared here.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/table.h"
#include "schema/resource.h"

namespace salvor::cli {

// How a column shows its field.
enum class Show {
  text,
  state,     // coloured by tone_of_state()
  age,       // of epoch seconds or an RFC 1123 date: "5h03m"
  took,      // from start_time to end_time
  bytes,     // "1.5 GiB"
  referred,  // the name of the document that the field refers to
};

// Whether a column stands in every table or only in wide ones.
enum class Width { usual, wide };

struct KindColumn {
  std::string title;
  std::string field;  // dotted path
  Show show = Show::text;
  Width width = Width::usual;
};

struct Kind {
  const schema::Resource* resource;  // borrowed, never null
  std::vector<std::string> words;    // all that it may be called, its path first
  std::vector<KindColumn> columns;

  const std::string& path() const { return resource->path; }
  // For messages: "cluster", "backupinstance".
  const std::string& noun() const { return words.back(); }
};

class Kinds {
 public:
  // The resources are borrowed.
  explicit Kinds(const std::vector<const schema::Resource*>& resources);

  const std::vector<Kind>& all() const { return kinds_; }
  // The kind that a word means, whatever its case, or null.
  const Kind* find(const std::string& word) const;
  // The same; fails with a usage error that offers near words or all of them.
  Result<const Kind*> require(const std::string& word) const;

 private:
  std::vector<Kind> kinds_;
};

// Of this build's resources.
const Kinds& kinds();

// The embedded clause that referred columns need, or null.
Json embedded_of(const Kind& kind);
// The documents as a table. `now` is for ages.
Table table_of(const Kind& kind, const std::vector<Json>& items, Width width, EpochSeconds now);

// What stands at a dotted path of a document, or null.
const Json& at_path(const Json& document, const std::string& path);
// A value in one line: strings as they are, lists with commas, objects as JSON.
std::string one_line(const Json& value);
// Epoch seconds of a time in either of the API's forms, or 0.
EpochSeconds epoch_of(const Json& value);

}  // namespace salvor::cli
