// The servers that a user has logged in to, in ~/.config/salvor/contexts.yaml (or under
// $XDG_CONFIG_HOME), readable by the user only because the keys stand in it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/io.h"

namespace salvor::cli {

// One login: where the server is and what key it knows us by.
struct LoginContext {
  std::string name;
  Endpoint endpoint;
  std::string key;
};

// A value; what is changed is lost unless save() is called.
class ContextStore {
 public:
  // Fails with invalid when the file is not what save() writes; a missing file is an empty store.
  static Result<ContextStore> load(const Environment& environment);

  const std::vector<LoginContext>& all() const { return contexts_; }
  const std::string& current_name() const { return current_; }
  // The chosen one, or null when there is none.
  const LoginContext* current() const { return find(current_); }
  const LoginContext* find(const std::string& name) const;

  // Adds the context, over any of its name, and makes it the current one.
  void put(LoginContext context);
  // Fails with not_found, naming those that there are.
  Result<void> use(const std::string& name);
  Result<void> save() const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string current_;
  std::vector<LoginContext> contexts_;
};

}  // namespace salvor::cli
