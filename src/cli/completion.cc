#include "cli/completion.h"

#include <set>

namespace salvor::cli {
namespace {

// The script's frame. It finds the command by the words before the cursor, then asks the tables
// below: _salvor_flags, _salvor_value and _salvor_positional, one case a command.
constexpr const char* kFrame = R"SCRIPT(
# What `salvor get KIND -o name` lists, without the kind; silent when no server answers.
_salvor_names() {
  salvor get "$1" -o name --limit 1000 2>/dev/null | sed 's,^[^/]*/,,'
}

_salvor() {
  local word=${COMP_WORDS[COMP_CWORD]} command="" positionals=() skip="" offers i w
  for ((i = 1; i < COMP_CWORD; i++)); do
    w=${COMP_WORDS[i]}
    if [[ -n $skip ]]; then skip=""; continue; fi
    if [[ $w == -* ]]; then
      [[ " $(_salvor_valued "$command") " == *" $w "* ]] && skip=1
    elif [[ -n $(_salvor_is_command "${command:+$command }$w") ]]; then
      command="${command:+$command }$w"
    else
      positionals+=("$w")
    fi
  done
  if [[ -n $skip ]]; then
    offers=$(_salvor_value "$command" "${COMP_WORDS[COMP_CWORD-1]}")
  elif [[ $word == -* ]]; then
    offers=$(_salvor_flags "$command")
  else
    offers=$(_salvor_commands "$command"
             _salvor_positional "$command" "${#positionals[@]}" "${positionals[0]}")
  fi
  if [[ $offers == FILES ]]; then
    COMPREPLY=($(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -W "$offers" -- "$word"))
  fi
}
complete -F _salvor salvor
)SCRIPT";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Shell words that print what a place offers.
std::string offered(Offers offers, const std::vector<std::string>& words,
                    const std::vector<std::string>& kind_words) {
  if (!words.empty()) return "echo '" + joined(words) + "'";
  switch (offers) {
    case Offers::nothing:
      return ":";
    case Offers::files:
      return "echo FILES";
    case Offers::kinds:
      return "echo '" + joined(kind_words) + "'";
    case Offers::objects:
      return "_salvor_names \"$3\"";
    case Offers::clusters:
      return "_salvor_names kubeclusters";
    case Offers::backups:
      return "_salvor_names kubebackups";
    case Offers::restores:
      return "_salvor_names kuberestores";
    case Offers::copies:
      return "_salvor_names kubeoffloads";
    case Offers::object_stores:
      return "_salvor_names objectstores";
    case Offers::jobs:
      return "_salvor_names jobs";
    case Offers::namespaces:
      return "_salvor_names kubenamespaces";
    case Offers::contexts:
      return "salvor context list -o name 2>/dev/null";
  }
  check_failed("a known offer", __FILE__, __LINE__);
}

std::vector<std::string> spellings(const Option& option) {
  std::vector<std::string> all = {"--" + option.name};
  if (!option.letter.empty()) all.push_back("-" + option.letter);
  return all;
}

std::string function(const std::string& name, const std::string& cases) {
  return name + "() {\n  case \"$1\" in\n" + cases + "  esac\n}\n";
}

class BashTables {
 public:
  BashTables(const Grammar& grammar, const std::vector<std::string>& kind_words)
      : grammar_(grammar),
        kind_words_(kind_words),
        places_{{.path = "", .summary = "", .run = {}}} {
    places_.insert(places_.end(), grammar.commands.begin(), grammar.commands.end());
  }

  std::string text() const {
    return commands() + is_command() + flags() + valued() + values() + positionals();
  }

 private:
  // What may follow each beginning of a command.
  std::string commands() const {
    std::set<std::string> first;
    for (const auto& [name, doc] : grammar_.faces) first.insert(name);
    std::string cases;
    for (const auto& [group, doc] : grammar_.groups) {
      std::set<std::string> second;
      for (const Command& command : grammar_.commands) {
        const std::vector<std::string> words = words_of(command.path);
        if (words.size() > 1 && words.front() == group) second.insert(words.back());
      }
      cases += "    '" + group + "') echo '" + joined({second.begin(), second.end()}) + "' ;;\n";
    }
    for (const Command& command : grammar_.commands) first.insert(words_of(command.path).front());
    cases += "    '') echo '" + joined({first.begin(), first.end()}) + "' ;;\n";
    return function("_salvor_commands", cases);
  }

  // Whether words are a command or the beginning of one.
  std::string is_command() const {
    std::string cases;
    const auto add = [&](const std::string& words) { cases += "    '" + words + "') echo 1 ;;\n"; };
    for (const auto& [group, doc] : grammar_.groups) add(group);
    for (const auto& [face, doc] : grammar_.faces) add(face);
    for (const Command& command : grammar_.commands) add(command.path);
    return function("_salvor_is_command", cases);
  }

  template <typename Visit>
  void each_option(const Command& command, const Visit& visit) const {
    for (const Option& option : command.options) visit(option);
    for (const Option& option : grammar_.common) visit(option);
  }

  std::string flags() const {
    std::string cases;
    for (const Command& command : places_) {
      std::vector<std::string> all = {"--help"};
      each_option(command, [&](const Option& option) { all.push_back("--" + option.name); });
      cases += "    '" + command.path + "') echo '" + joined(all) + "' ;;\n";
    }
    return function("_salvor_flags", cases + "    *) echo '--help' ;;\n");
  }

  // Flags after which a value comes.
  std::string valued() const {
    std::string cases;
    for (const Command& command : places_) {
      std::vector<std::string> all;
      each_option(command, [&](const Option& option) {
        if (option.takes == Takes::nothing) return;
        for (const std::string& spelling : spellings(option)) all.push_back(spelling);
      });
      cases += "    '" + command.path + "') echo '" + joined(all) + "' ;;\n";
    }
    return function("_salvor_valued", cases);
  }

  std::string values() const {
    std::string cases;
    for (const Command& command : places_) {
      each_option(command, [&](const Option& option) {
        if (option.takes == Takes::nothing) return;
        const std::string offer = offered(option.offers, option.words, kind_words_);
        if (offer == ":") return;
        for (const std::string& spelling : spellings(option)) {
          cases += "    '" + command.path + " " + spelling + "') " + offer + " ;;\n";
        }
      });
    }
    return "_salvor_value() {\n  case \"$1 $2\" in\n" + cases + "  esac\n}\n";
  }

  std::string positionals() const {
    std::string cases;
    for (const Command& command : grammar_.commands) {
      for (std::size_t i = 0; i < command.positionals.size(); ++i) {
        const Positional& positional = command.positionals[i];
        const std::string offer = offered(positional.offers, positional.words, kind_words_);
        if (offer == ":") continue;
        cases += "    '" + command.path + " " + std::to_string(i) + "') " + offer + " ;;\n";
      }
    }
    return "_salvor_positional() {\n  case \"$1 $2\" in\n" + cases + "  esac\n}\n";
  }

  const Grammar& grammar_;
  const std::vector<std::string>& kind_words_;
  std::vector<Command> places_;  // where flags may stand: before any command, and after each
};

}  // namespace

std::string bash_completion(const Grammar& grammar, const std::vector<std::string>& kind_words) {
  return "# Completion of salvor for bash:  source <(salvor completion bash)\n" +
         BashTables(grammar, kind_words).text() + kFrame;
}

std::string zsh_completion(const Grammar& grammar, const std::vector<std::string>& kind_words) {
  return "# Completion of salvor for zsh:  source <(salvor completion zsh)\n"
         "autoload -U +X compinit && compinit\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         BashTables(grammar, kind_words).text() + kFrame;
}

}  // namespace salvor::cli
