// What a person should know of single objects before they are restored, as a table: what works only
// where it was, belongs to somebody else, or stands for something outside the cluster. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::restore {

struct Caution {
  enum class When { always, renamed };
  bool is_error = false;  // it will not work
  std::string_view check;
  std::string_view kinds;  // as Rule::kinds; one that begins with '.' is the end of a group's name
  When when = When::always;
  bool (*holds)(const Json& object) = nullptr;  // null: always
  std::string_view message;
  std::string_view hint;
  // What it is about, when that is not the object itself. Requires: it holds.
  std::string (*subject)(const Json& object) = nullptr;
};

struct FoundCaution {
  const Caution* caution = nullptr;
  std::string subject;  // "shop/web", or what else it is about: "ports 80, 443"
};

// Those that hold for an object; `is_renamed`: its namespace gets another name.
std::vector<FoundCaution> cautions_for(const std::string& group_resource, const Json& object,
                                       bool is_renamed);

// Names under which others could reach the object from outside: hosts of ingresses and routes.
std::vector<std::string> hosts_of(const Json& object);

}  // namespace salvor::restore
