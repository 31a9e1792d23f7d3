// A command as data. The parser, --help, the completion scripts and docs/cli.md are all made from
// these tables, so a flag is declared once and nowhere else.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/exit_code.h"

namespace salvor::cli {

class Session;

// Whether a flag is a switch, has a value, or may be repeated with a value each time.
enum class Takes { nothing, one, many };

// What a shell may offer where a value is expected.
enum class Offers {
  nothing,
  files,
  kinds,     // resources and their aliases
  objects,   // names of the kind that stands before it
  clusters,  // names of one kind, asked from the server
  backups,
  restores,
  copies,
  object_stores,
  jobs,
  namespaces,
  contexts,
};

struct Option {
  std::string name;         // "namespace": the flag is --namespace
  std::string letter = {};  // "n": the flag is also -n
  Takes takes = Takes::one;
  std::string value = {};  // how help calls the value: "NAME"
  std::string doc;
  Offers offers = Offers::nothing;
  std::vector<std::string> words = {};  // the only values there are; empty: any
};

enum class Presence { required, optional };

struct Positional {
  std::string name;  // "RESOURCE"
  std::string doc;
  Presence presence = Presence::required;
  Offers offers = Offers::nothing;
  std::vector<std::string> words = {};
};

// What a command line said. Flags and positionals are asked for by the names of their tables.
class Arguments {
 public:
  void set(std::string name, std::vector<std::string> values);
  // Whether it was given; the whole question for a switch.
  bool has(std::string_view name) const;
  // Its value, the first of several, or `otherwise`.
  std::string text(std::string_view name, const std::string& otherwise = {}) const;
  // All its values in the order given.
  const std::vector<std::string>& list(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

using Run = std::function<Result<ExitCode>(Session&, const Arguments&)>;

struct Command {
  std::string path;          // "backup create": its words
  std::string summary;       // one line, for lists of commands
  std::string details = {};  // what else help says: forms, examples
  std::vector<Positional> positionals = {};
  std::vector<Option> options = {};
  Run run;
};

// Words of a command's path.
std::vector<std::string> words_of(const std::string& path);

}  // namespace salvor::cli
