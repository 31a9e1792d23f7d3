#include "api/methods.h"

#include <algorithm>

namespace salvor::api {
namespace {

using Methods = std::vector<std::string>;

const Methods kReading{"GET", "HEAD", "OPTIONS"};
const Methods kActing{"POST", "OPTIONS"};

Methods of_collection(const schema::Resource& resource) {
  Methods methods{"GET", "HEAD"};
  if (resource.methods.create) methods.emplace_back("POST");
  methods.emplace_back("OPTIONS");
  return methods;
}

Methods of_item(const schema::Resource& resource) {
  Methods methods{"GET", "HEAD"};
  const bool changes = resource.methods.change || resource.methods.remove;
  if (changes) methods.emplace_back("POST");  // for the override
  methods.emplace_back("OPTIONS");
  if (resource.methods.change) methods.insert(methods.end(), {"PATCH", "PUT"});
  if (resource.methods.remove) methods.emplace_back("DELETE");
  return methods;
}

bool has_action(const schema::Resource& resource, const std::string& name, bool is_query) {
  return std::any_of(resource.actions.begin(), resource.actions.end(),
                     [&](const schema::Action& action) {
                       return action.name == name && action.is_query == is_query;
                     });
}

Methods of_exchange(const std::string& name) {
  if (name == "export") return kReading;
  if (name == "import") return kActing;
  return {};
}

}  // namespace

std::vector<std::string> allowed_methods(const Route& route, const schema::Resource* resource) {
  switch (route.place) {
    case Place::none:
      return {};
    case Place::home:
    case Place::documents:
      return kReading;
    case Place::collection:
      return resource ? of_collection(*resource) : Methods{};
    case Place::item:
      return resource ? of_item(*resource) : Methods{};
    case Place::action:
      return resource && has_action(*resource, route.name, false) ? kActing : Methods{};
    case Place::part:
      return resource && has_action(*resource, route.name, true) ? kReading : Methods{};
    case Place::exchange:
      return of_exchange(route.name);
  }
  return {};
}

bool is_allowed(const Route& route, const std::vector<std::string>& methods,
                const std::string& effective_method) {
  if (route.place == Place::item && effective_method == "POST") return false;
  return std::find(methods.begin(), methods.end(), effective_method) != methods.end();
}

std::string allow_header(const std::vector<std::string>& methods) {
  std::string header;
  for (const std::string& method : methods) header += (header.empty() ? "" : ", ") + method;
  return header;
}

std::string effective_method(const std::string& method, const std::string& override_header) {
  if (method != "POST") return method;
  std::string wanted = override_header;
  std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const bool is_taken = wanted == "PATCH" || wanted == "PUT" || wanted == "DELETE";
  return is_taken ? wanted : method;
}

}  // namespace salvor::api
