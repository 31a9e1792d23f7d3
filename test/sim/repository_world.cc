#include "sim/repository_world.h"

#include <algorithm>

#include "objectstore/memory.h"
#include "repo/check.h"
#include "repo/prune.h"
#include "repo/root_folder.h"
#include "repo/snapshot_saver.h"

namespace salvor::sim {
namespace {

using repo::LockKind;

// Calls are slow, and retried for minutes, but end long before a lock counts for nothing.
constexpr std::chrono::minutes kSlowest{3};
// So slow that most work outlasts a lock that nobody keeps.
constexpr std::chrono::minutes kSlowestUnkept{10};
constexpr std::chrono::minutes kPauseMost{40};
constexpr repo::LockTiming kPatient{.most = std::chrono::hours(6)};
constexpr std::size_t kStepsMax = 50'000;
constexpr std::size_t kContents = 10;
constexpr std::size_t kFilesMost = 6;
constexpr std::size_t kPaths = 3;

Disturbance disturbance_of(Chance& chance, Flaw flaw) {
  Disturbance disturbance{.flaw = flaw};
  if (chance.one_in(2)) disturbance.dies_one_in = 20 + chance.below(100);
  if (chance.one_in(4)) disturbance.fails_one_in = 20 + chance.below(200);
  return disturbance;
}

}  // namespace

Folders::Folders() : files_(kCount) {
  Chance chance(1);
  for (std::size_t number = 0; number < kCount; ++number) {
    for (std::size_t file = 0; file < kFilesMost; ++file) {
      const auto content = static_cast<unsigned>(chance.below(kContents));
      const std::string path = "folder" + std::to_string(file % 2) + "/" + std::to_string(file);
      const std::string bytes = repo::testing::noise(100 + 1500 * content, content);
      files_[number][path] = bytes;
      root_.write(std::to_string(number) + "/" + path, bytes);
    }
  }
}

std::string Folders::difference(std::size_t number, const std::string& restored) const {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(restored))
    seen += entry.is_regular_file() ? 1 : 0;
  if (seen != files_[number].size()) return std::to_string(seen) + " files came back";
  for (const auto& [path, bytes] : files_[number]) {
    std::ifstream in(restored + "/" + path, std::ios::binary);
    if (std::string(std::istreambuf_iterator<char>(in), {}) != bytes) return path + " differs";
  }
  return "";
}

void History::add(const History& other) {
  problems.insert(problems.end(), other.problems.begin(), other.problems.end());
  for (const auto& [name, count] : other.counts) counts[name] += count;
}

RepositoryWorld::RepositoryWorld(std::uint64_t seed, Flaw flaw, const Folders& folders)
    : folders_(folders),
      turns_(seed, flaw == Flaw::unkept_locks ? kSlowestUnkept : kSlowest),
      store_(objectstore::make_memory_store()) {
  repo::testing::make_repository(*store_);
  const std::size_t count = 2 + turns_.chance().below(4);
  for (std::size_t i = 0; i < count; ++i) {
    const Disturbance disturbance = disturbance_of(turns_.chance(), flaw);
    workers_.push_back(std::make_unique<Worker>(*this, "machine" + std::to_string(i), disturbance));
  }
}

History RepositoryWorld::play() {
  for (const auto& worker : workers_)
    worker->program.start([this, of = worker.get()] { live(*of); });
  if (!turns_.run(kStepsMax)) problem("there was no end");
  workers_.clear();
  const auto looked = look_at_the_end();
  if (!looked.ok()) problem("at the end: " + looked.error().message);
  return std::move(history_);
}

const std::vector<RepositoryWorld::Task>& RepositoryWorld::tasks() {
  static const std::vector<Task> all = {
      {"backup", 8, LockKind::shared, &RepositoryWorld::back_up},
      {"restore", 3, LockKind::shared, &RepositoryWorld::restore},
      {"forget", 2, LockKind::exclusive, &RepositoryWorld::forget},
      // As the server does, and leaves it to prune to wait.
      {"forget beside others", 2, {}, &RepositoryWorld::forget},
      {"prune", 5, LockKind::exclusive, &RepositoryWorld::prune},
  };
  return all;
}

const RepositoryWorld::Task& RepositoryWorld::choose_task() {
  std::size_t all = 0;
  for (const Task& task : tasks()) all += task.weight;
  std::size_t ticket = turns_.chance().below(all);
  const auto chosen = std::find_if(tasks().begin(), tasks().end(), [&ticket](const Task& task) {
    if (ticket < task.weight) return true;
    ticket -= task.weight;
    return false;
  });
  return *chosen;
}

void RepositoryWorld::live(Worker& worker) {
  Chance& chance = turns_.chance();
  for (std::size_t left = 1 + chance.below(4); left > 0 && !turns_.is_over(); --left) {
    if (chance.one_in(3)) {
      const auto pause =
          std::chrono::seconds(chance.below(std::chrono::seconds(kPauseMost).count()));
      (void)worker.program.context().wait(pause);
    }
    const Task& task = choose_task();
    judge(worker, task, run(worker, task));
    history_.counts["call to keep a lock"] += worker.program.start_again();
  }
}

Result<void> RepositoryWorld::run(Worker& worker, const Task& task) {
  Context context = worker.program.context();
  TRY(const repo::Repository repository,
      repo::Repository::open(context, {worker.program.store(), ""}, repo::testing::kPassword));
  if (!task.lock) return (this->*task.work)(context, repository);
  TRY(repo::Lock held,
      repo::Lock::acquire(context, repository, *task.lock, {worker.hostname, "u"}, kPatient));
  const Program::Guest keeper(worker.program);
  return (this->*task.work)(held.context(), repository);
}

void RepositoryWorld::judge(const Worker& worker, const Task& task, const Result<void>& done) {
  const std::string name = task.name;
  if (done.ok()) {
    ++history_.counts[name];
  } else if (worker.program.is_disturbed()) {
    ++history_.counts[worker.program.is_dead() ? "death" : "failure"];
  } else if (done.error().code == ErrorCode::conflict) {
    ++history_.counts["waited in vain"];
  } else if (done.error().code == ErrorCode::cancelled) {
    ++history_.counts["lock lost"];
  } else {
    problem(name + ": " + done.error().message);
  }
}

Result<void> RepositoryWorld::back_up(Context& context, const repo::Repository& repository) {
  const std::size_t number = turns_.chance().below(folders_.count());
  const repo::SnapshotFacts facts{.path = "/folder" + std::to_string(number % kPaths),
                                  .hostname = "cluster",
                                  .username = "u",
                                  .tags = {std::to_string(number)}};
  TRY(const auto saved,
      repo::save_snapshot(context, repository, folders_.path(number), facts, {.threads = 1}));
  if (saved.folder.problem_count != 0) problem("a file could not be saved");
  finished_.insert(saved.snapshot.id());
  return {};
}

Result<void> RepositoryWorld::restore(Context& context, const repo::Repository& repository) {
  TRY(const auto snapshots, repo::load_snapshots(context, repository));
  if (snapshots.empty()) return {};
  return expect_restored(context, repository, turns_.chance().of(snapshots));
}

Result<void> RepositoryWorld::forget(Context& context, const repo::Repository& repository) {
  TRY(const auto snapshots, repo::load_snapshots(context, repository));
  if (snapshots.empty()) return {};
  const repo::Id id = turns_.chance().of(snapshots).id();
  maybe_forgotten_.insert(id);
  return repository.remove(context, repo::FileKind::snapshot, id);
}

Result<void> RepositoryWorld::prune(Context& context, const repo::Repository& repository) {
  const double max_unused = turns_.chance().one_in(2) ? 0 : 0.3;
  TRY(const repo::Pruned pruned, repo::prune(context, repository, {.max_unused = max_unused}));
  history_.counts["pack removed"] += pruned.packs_removed;
  history_.counts["pack rewritten"] += pruned.packs_rewritten;
  return {};
}

Result<void> RepositoryWorld::expect_restored(Context& context, const repo::Repository& repository,
                                              const repo::Snapshot& snapshot) {
  const repo::testing::Folder target;
  TRY(const repo::Index index, repository.load_index(context));
  TRY(const auto root, repo::root_folder(context, repository, index, snapshot));
  TRY(const auto restored,
      repo::restore_folder(context, repository, index, root.tree, target.path(), {.threads = 1}));
  if (restored.problem_count != 0) {
    const repo::EntryProblem& first = restored.problems.front();
    return error(ErrorCode::corrupt, "restoring " + first.path + ": " + first.failure.message);
  }
  const std::size_t number = std::stoul(snapshot.tags().at(0));
  const std::string difference = folders_.difference(number, target.path());
  if (!difference.empty()) problem("snapshot " + snapshot.id().brief() + ": " + difference);
  return {};
}

Result<void> RepositoryWorld::look_at_the_end() {
  Context context = background();
  TRY(const repo::Repository repository,
      repo::Repository::open(context, {*store_, ""}, repo::testing::kPassword));
  TRY(const auto report, repo::check(context, repository, repo::CheckDepth::data));
  for (const repo::Finding& finding : report.findings) {
    if (finding.severity == repo::Severity::error)
      problem("check: " + finding.object + ": " + finding.message);
  }
  TRY_VOID(repo::prune(context, repository, {.max_unused = 0}));
  std::set<repo::Id> there;
  TRY(const auto snapshots, repo::load_snapshots(context, repository));
  for (const repo::Snapshot& snapshot : snapshots) {
    there.insert(snapshot.id());
    TRY_VOID(expect_restored(context, repository, snapshot).within(snapshot.id().brief()));
    ++history_.counts["snapshot restored at the end"];
  }
  for (const repo::Id& id : finished_) {
    if (!there.contains(id) && !maybe_forgotten_.contains(id))
      problem("snapshot " + id.brief() + " is lost");
  }
  return {};
}

}  // namespace salvor::sim
