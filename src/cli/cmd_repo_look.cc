#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/repository_flags.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/work_line.h"
#include "repo/blob_loader.h"
#include "repo/check.h"
#include "repo/tree.h"

namespace salvor::cli {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

Result<ExitCode> list_snapshots(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(const auto snapshots, repo::load_snapshots(session.context(), opened.repository));
  Json items = Json::array();
  Table table({{"ID"}, {"TIME"}, {"HOST"}, {"PATHS"}, {"TAGS"}});
  for (const repo::Snapshot& snapshot : snapshots) {
    table.add({{snapshot.id().brief()},
               {snapshot.time().substr(0, 19)},
               {snapshot.hostname()},
               {joined(snapshot.paths())},
               {joined(snapshot.tags())}});
    items.push_back(snapshot.json());
    items.back()["id"] = snapshot.id().hex();
  }
  std::ostream& out = session.io().out;
  if (is_for_programs(session.format())) {
    out << document_text({{"items", std::move(items)}}, session.format());
    return ExitCode::ok;
  }
  if (table.empty()) session.io().err << "no snapshots yet\n";
  out << table.text(session.out_style(), session.table_width());
  return ExitCode::ok;
}

// A small hostile repository could hold one folder millions of times, each in another.
constexpr std::uint64_t kEntriesMax = 1'000'000'000;
constexpr std::size_t kDepthMax = 5000;

// Walks over a snapshot, depth first, in the order of names. Fails with exhausted when it has no
// end that is worth waiting for.
class Listing {
 public:
  using Sink = std::function<void(const std::string& path, const repo::Node& node)>;

  Listing(const repo::Repository& repository, const repo::Index& index)
      : index_(index), loader_(repository) {}

  Result<void> walk(Context& context, const repo::Id& tree, const std::string& path,
                    const Sink& sink, std::size_t depth = 1) {
    const repo::BlobKey key{repo::BlobType::tree, tree};
    TRY(std::string text, loader_.load(context, key, index_.find(key)));
    return repo::read_tree(std::move(text), [&](const repo::Node& node) -> Result<void> {
      TRY_VOID(context.check());
      if (++entries_ > kEntriesMax || depth > kDepthMax)
        return error(ErrorCode::exhausted, "the snapshot has too many entries, or too deep ones");
      const std::string at = path + "/" + node.name;
      sink(at, node);
      return node.subtree ? walk(context, *node.subtree, at, sink, depth + 1) : Result<void>();
    });
  }

 private:
  const repo::Index& index_;
  repo::BlobLoader loader_;
  std::uint64_t entries_ = 0;
};

Json json_of(const std::string& path, const repo::Node& node) {
  return {{"path", path},
          {"type", repo::to_string(node.type)},
          {"size", node.size},
          {"mtime", repo::to_text(node.modified)}};
}

Result<ExitCode> list_files(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  Context& context = session.context();
  TRY(const repo::Snapshot snapshot, chosen_snapshot(context, opened.repository, arguments));
  TRY(const repo::Index index, opened.repository.load_index(context));
  std::ostream& out = session.io().out;
  const bool is_json = is_for_programs(session.format());
  Json items = Json::array();
  TRY_VOID(
      Listing(opened.repository, index)
          .walk(context, snapshot.tree(), "", [&](const std::string& path, const repo::Node& node) {
            if (is_json) {
              items.push_back(json_of(path, node));
            } else {
              out << visible(path) << "\n";
            }
          }));
  if (is_json) out << document_text({{"items", std::move(items)}}, session.format());
  return ExitCode::ok;
}

const char* to_string(repo::Severity severity) {
  return severity == repo::Severity::error ? "error" : "hint";
}

void print_findings(Session& session, const repo::CheckReport& report) {
  std::ostream& out = session.io().out;
  for (const repo::Finding& finding : report.findings) {
    out << to_string(finding.severity) << ": " << visible(finding.object) << ": "
        << visible(finding.message) << "\n";
  }
  const auto number = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  out << "looked at " << counted(number(report.snapshots), "snapshot") << ", "
      << counted(number(report.packs), "pack") << ", " << counted(number(report.blobs), "blob")
      << ": " << (report.is_good() ? "no errors" : "not all can be restored") << "\n";
}

Result<repo::CheckReport> checked_repository(Session& session, Context& context,
                                             const repo::Repository& repository,
                                             repo::CheckDepth depth) {
  WorkLine line(session, "checking");
  return repo::check(context, repository, depth, &line.progress());
}

Result<ExitCode> check(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(repo::Lock held, lock_repository(session, opened.repository, repo::LockKind::shared));
  const repo::CheckDepth depth =
      arguments.has("read-data") ? repo::CheckDepth::data : repo::CheckDepth::structure;
  TRY(const repo::CheckReport report,
      checked_repository(session, held.context(), opened.repository, depth));
  if (is_for_programs(session.format())) {
    Json findings = Json::array();
    for (const repo::Finding& finding : report.findings) {
      findings.push_back({{"severity", to_string(finding.severity)},
                          {"object", finding.object},
                          {"message", finding.message}});
    }
    session.io().out << document_text({{"snapshots", report.snapshots},
                                       {"packs", report.packs},
                                       {"blobs", report.blobs},
                                       {"findings", std::move(findings)}},
                                      session.format());
  } else {
    print_findings(session, report);
  }
  return report.is_good() ? ExitCode::ok : ExitCode::general;
}

}  // namespace

std::vector<Command> repo_look_commands() {
  return {
      repo_command({.path = "repo snapshots",
                    .summary = "List the snapshots of a repository",
                    .run = list_snapshots}),
      repo_command({.path = "repo files",
                    .summary = "List what a snapshot holds",
                    .positionals = {snapshot_positional()},
                    .run = list_files}),
      repo_command({.path = "repo check",
                    .summary = "Look whether all snapshots can be restored",
                    .options = {{.name = "read-data",
                                 .takes = Takes::nothing,
                                 .doc = "Read and open every byte, too"}},
                    .run = check}),
  };
}

}  // namespace salvor::cli
