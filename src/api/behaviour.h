// What a resource does beyond storing documents: checks that need the catalog, fields that the
// server fills in, refusals to delete, and actions. One value a resource; behaviours.cc lists them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/parts.h"
#include "base/json.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "http/message.h"

namespace salvor::api {

struct Call;

// A client's document that its schema found right, about to be stored.
struct Draft {
  const Json& document;
  const Json* stored = nullptr;  // what it replaces; null for a new one
  std::string id;                // "" for a new one
};

struct Preparation {
  Json issues = Json::object();         // what is wrong with it, as schema::add_issue() writes it
  Json fill = Json::object();           // a merge patch over what is stored
  std::vector<catalog::Change> guards;  // checked in the same transaction, before the write
  Json shown_once = Json::object();     // members that only the answer of the POST has
};

struct Removal {
  std::vector<catalog::Change> changes;  // in the same transaction, before the document goes
  bool keeps_document = false;           // the changes alone: something else removes it later
};

// An action's answer; `request` is the body, checked against the action's declared fields.
using ActionHandler = std::function<Result<http::Response>(
    Call& call, const catalog::Document& document, const Json& request)>;

// Each function may be empty. They run on threads of handlers, several at once.
struct Behaviour {
  std::function<Result<Preparation>(const Parts& parts, Context& context, const Draft& draft)>
      prepare;
  std::function<Result<Removal>(const Parts& parts, Context& context,
                                const catalog::Document& document)>
      remove;
  // After each write of a client that succeeded.
  std::function<void(const Parts& parts, const std::string& id)> written;
  // By the name that the resource declares.
  std::map<std::string, ActionHandler, std::less<>> actions;
  // Only ADMIN keys may write.
  bool is_admins = false;
};

// By resource path. Resources that are not in it store plain documents.
using Behaviours = std::map<std::string, Behaviour, std::less<>>;
Behaviours all_behaviours();

}  // namespace salvor::api
