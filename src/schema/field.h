// A field of a REST resource, declared once: validation, filters, storage, OpenAPI and the
// reference all read this table.
//
//   {"name", string(1, 128), required | unique, "Shown to people."},
//   {"state", string().one_of({"PENDING", "READY"}).by_default("PENDING"), server_owned | indexed,
//    "Only READY ones can be restored."},
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "schema/pattern.h"

namespace salvor::schema {

enum class Type {
  string,
  integer,  // 64 bit, signed
  number,
  boolean,
  reference,  // the id of a document of another resource
  list,       // of one element shape
  dict,       // of declared fields; others are refused
  map,        // free keys, one value shape; dots in keys have no meaning
  any,        // any JSON value
};

// What holds for a field beside its shape. Combined with '|'.
class Traits {
 public:
  constexpr Traits() = default;
  constexpr Traits operator|(Traits other) const { return Traits(bits_ | other.bits_); }
  constexpr bool has(Traits other) const { return (bits_ & other.bits_) == other.bits_; }
  static constexpr Traits bit(unsigned position) { return Traits(1U << position); }

 private:
  constexpr explicit Traits(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;
};

inline constexpr Traits optional;                   // none of those below
inline constexpr Traits required = Traits::bit(0);  // in POST and PUT
inline constexpr Traits nullable = Traits::bit(1);  // null is a value
inline constexpr Traits unique = Traits::bit(2);    // among all documents; top level only
inline constexpr Traits indexed = Traits::bit(3);   // the catalog keeps a column and an index
// Who owns the value. Without one of these: the client.
inline constexpr Traits server_owned =
    Traits::bit(4);                                  // shown; a client's value is dropped silently
inline constexpr Traits read_only = Traits::bit(5);  // shown; a client may only repeat it
inline constexpr Traits write_only =
    Traits::bit(6);                                 // taken, stored sealed, never shown or filtered
inline constexpr Traits internal = Traits::bit(7);  // the server's own: never shown or filtered,
                                                    // and unknown to clients
struct Field;

// What values a field, a list's element or a map's value may take. Built by the functions below and
// refined by its methods, which return the shape itself.
class Shape {
 public:
  Type type = Type::any;
  std::optional<Json> default_value;  // stored when the client gives none
  std::vector<std::string> allowed;   // strings; empty: all
  std::optional<std::int64_t> least;  // of a number its value, else its length
  std::optional<std::int64_t> most;
  Pattern pattern;
  std::string target;          // of a reference: the resource it points at
  std::vector<Shape> element;  // of a list or map: exactly one
  std::vector<Field> fields;   // of a dict

  Shape by_default(Json value) &&;
  Shape one_of(std::vector<std::string> values) &&;
  Shape matching(Pattern of) &&;
  // Of a list, map, or number without an upper bound.
  Shape at_most(std::int64_t bound) &&;
};

struct Field {
  std::string name;
  Shape shape;
  Traits traits;
  std::string doc;  // one sentence or two, for the reference

  // Neither shown to clients nor open to their filters and sorts.
  bool is_hidden() const { return traits.has(write_only) || traits.has(internal); }
  // A client's value never reaches the document.
  bool is_servers() const {
    return traits.has(server_owned) || traits.has(read_only) || traits.has(internal);
  }
};

// What any value may be at most, where its shape says nothing narrower.
inline constexpr std::int64_t kStringLengthMax = 65536;  // bytes
inline constexpr std::int64_t kListLengthMax = 10000;
inline constexpr std::int64_t kMapEntriesMax = 10000;

Shape string();
Shape string(std::int64_t length_min, std::int64_t length_max);
Shape integer();
Shape integer(std::int64_t least);
Shape integer(std::int64_t least, std::int64_t most);
Shape number();
Shape boolean();
Shape reference(std::string resource);
Shape list(Shape element);
Shape dict(std::vector<Field> fields);
Shape map(Shape value);
Shape any();

// "string", "integer", "dict" …: the word of the API's messages ("must be of dict type").
const char* to_string(Type type);

// The field of that name, or null.
const Field* find_field(const std::vector<Field>& fields, std::string_view name);

}  // namespace salvor::schema
