#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <deque>

namespace salvor::cli {
namespace {

// A flag, positional or switch of one command and where CLI11 puts its values.
struct Slot {
  const Command* command;  // null: common to all
  std::string name;
  CLI::Option* option;
  std::vector<std::string> values = {};
  std::string word = {};  // of a positional; CLI11 lets a list of them take what belongs to others
};

// The grammar as CLI11 wants it: an App for each word, with options that write into slots. Slots
// stand in a deque, because CLI11 keeps the addresses of their values.
class Parser {
 public:
  explicit Parser(const Grammar& grammar);
  Result<Parsed> run(const std::vector<std::string>& words);

 private:
  void add_command(const Command& command);
  void add_option(CLI::App& app, const Command* command, const Option& option);
  void add_positional(CLI::App& app, const Command& command, const Positional& positional);
  Result<Parsed> understood() const;
  std::string place(const CLI::App& app) const;

  CLI::App root_;
  std::deque<Slot> slots_;
  std::map<const CLI::App*, const Command*> leaves_;
};

std::string flags_of(const Option& option) {
  return (option.letter.empty() ? "" : "-" + option.letter + ",") + "--" + option.name;
}

Parser::Parser(const Grammar& grammar) : root_(grammar.summary, "salvor") {
  root_.footer(grammar.footer);
  root_.require_subcommand(1);
  root_.get_formatter()->column_width(34);
  for (const auto& [name, doc] : grammar.faces) root_.add_subcommand(name, doc)->silent(false);
  for (const auto& [name, doc] : grammar.groups) {
    root_.add_subcommand(name, doc)->require_subcommand(1)->fallthrough();
  }
  for (const Command& command : grammar.commands) add_command(command);
  for (const Option& option : grammar.common) add_option(root_, nullptr, option);
}

void Parser::add_command(const Command& command) {
  std::vector<std::string> words = words_of(command.path);
  CLI::App* parent = &root_;
  if (words.size() > 1) parent = root_.get_subcommand(words.front());
  CLI::App* app = parent->add_subcommand(words.back(), command.summary);
  app->fallthrough();
  app->footer(command.details);
  for (const Positional& positional : command.positionals) {
    add_positional(*app, command, positional);
  }
  for (const Option& option : command.options) add_option(*app, &command, option);
  leaves_[app] = &command;
}

void Parser::add_option(CLI::App& app, const Command* command, const Option& option) {
  Slot& slot = slots_.emplace_back(Slot{command, option.name, nullptr});
  if (option.takes == Takes::nothing) {
    slot.option = app.add_flag(flags_of(option), option.doc);
    return;
  }
  slot.option = app.add_option(flags_of(option), slot.values, option.doc);
  slot.option->allow_extra_args(false)->type_name(option.value);
  if (option.takes == Takes::one) slot.option->expected(1);
  if (!option.words.empty()) slot.option->check(CLI::IsMember(option.words));
}

void Parser::add_positional(CLI::App& app, const Command& command, const Positional& positional) {
  Slot& slot = slots_.emplace_back(Slot{&command, positional.name, nullptr});
  slot.option = app.add_option(positional.name, slot.word, positional.doc);
  slot.option->type_name("");
  slot.option->required(positional.presence == Presence::required);
  if (!positional.words.empty()) slot.option->check(CLI::IsMember(positional.words));
}

std::string Parser::place(const CLI::App& app) const {
  std::string words = app.get_name();
  for (const CLI::App* outer = app.get_parent(); outer != nullptr; outer = outer->get_parent()) {
    words = outer->get_name() + " " + words;
  }
  return words;
}

// The innermost command that the line named.
const CLI::App& innermost(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.back());
}

Result<Parsed> Parser::understood() const {
  Parsed parsed;
  const CLI::App& app = innermost(root_);
  const auto leaf = leaves_.find(&app);
  if (leaf == leaves_.end()) {
    // A face reads its own arguments, and only when it is the first word.
    return usage_error("flags of salvor cannot stand before " + app.get_name(),
                       "see " + place(app) + " --help");
  }
  parsed.command = leaf->second;
  for (const Slot& slot : slots_) {
    const bool is_ours = slot.command == nullptr || slot.command == parsed.command;
    if (!is_ours || slot.option->count() == 0) continue;
    const bool is_positional = slot.option->get_positional();
    parsed.arguments.set(slot.name,
                         is_positional ? std::vector<std::string>{slot.word} : slot.values);
  }
  return parsed;
}

Result<Parsed> Parser::run(const std::vector<std::string>& words) {
  // CLI11 tells everything but success by exceptions; this is their one net.
  try {
    root_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return understood();
  } catch (const CLI::CallForHelp&) {
    const CLI::App& app = innermost(root_);
    Parsed parsed;
    parsed.help = app.help(app.get_parent() == nullptr ? "" : place(*app.get_parent()));
    return parsed;
  } catch (const CLI::ParseError& mistake) {
    return usage_error(mistake.what(), "see " + place(innermost(root_)) + " --help");
  }
}

}  // namespace

Result<Parsed> parse(const Grammar& grammar, const std::vector<std::string>& words) {
  return Parser(grammar).run(words);
}

}  // namespace salvor::cli
