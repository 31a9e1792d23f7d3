// What holds of a restore whatever its backup looks like: many random examples of one sentence
// each.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "restore/testing/bench.h"
#include "restore/testing/objects.h"
#include "sim/checks.h"
#include "sim/random_world.h"

namespace salvor::sim {
namespace {

using restore::NamespaceMap;
using restore::testing::Bench;
using restore::testing::object;

kube::ObjectKey key_in_shop(std::size_t number) {
  return {"shop", "item-" + std::to_string(number)};
}

// ---- owners

constexpr std::size_t kObjects = 3000;
constexpr std::size_t kDepth = 5;

// For each object the numbers of its owners, all of them one level up.
std::vector<std::set<std::size_t>> random_owners(Chance& chance) {
  std::vector<std::set<std::size_t>> owners(kObjects);
  const std::size_t a_level = kObjects / kDepth;
  for (std::size_t i = a_level; i < kObjects; ++i) {
    const std::size_t level = i / a_level;
    for (std::size_t left = 1 + chance.below(2); left > 0; --left)
      owners[i].insert((level - 1) * a_level + chance.below(a_level));
  }
  return owners;
}

// A cluster in which these objects own each other by their real uids.
void fill(kube::FakeCluster& cluster, const std::vector<std::set<std::size_t>>& owners) {
  std::vector<std::string> uids;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    Json references = Json::array();
    for (const std::size_t owner : owners[i]) {
      references.push_back({{"apiVersion", "v1"},
                            {"kind", "ConfigMap"},
                            {"name", key_in_shop(owner).name},
                            {"uid", uids[owner]}});
    }
    Json made = {{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata", {{"name", key_in_shop(i).name}, {"namespace", "shop"}}}};
    if (!references.empty()) made["metadata"]["ownerReferences"] = references;
    uids.push_back(cluster.seed(made)["metadata"]["uid"]);
  }
}

// name -> names of its owners, by uid; an owner that is not there reads "nobody".
std::map<std::string, std::set<std::string>> owners_by_name(const kube::FakeCluster& cluster) {
  std::map<std::string, std::string> names;
  const std::vector<Json> everything = cluster.everything();
  for (const Json& each : everything) names[each["metadata"]["uid"]] = each["metadata"]["name"];
  std::map<std::string, std::set<std::string>> owners;
  for (const Json& each : everything) {
    const std::string name = each["metadata"]["name"];
    if (!name.starts_with("item-")) continue;
    owners[name];
    for (const Json& reference : member(each["metadata"], "ownerReferences")) {
      const auto found = names.find(text_at(reference, "uid"));
      owners[name].insert(found == names.end() ? "nobody" : found->second);
    }
  }
  return owners;
}

void remove_in(kube::FakeCluster& cluster, Context context, std::size_t number) {
  const auto discovery = cluster.discover(context);
  ASSERT_TRUE(
      cluster.remove(context, *discovery->find("", "configmaps"), key_in_shop(number), {}).ok());
  cluster.settle();
}

TEST(Properties, OwnersAreThoseOfTheSourceAndTakeTheSameWithThem) {
  for (const std::uint64_t seed : {1U}) {
    Chance chance(seed);
    Bench bench;
    kube::FakeCluster source(bench.clock), target(bench.clock);
    fill(source, random_owners(chance));
    std::vector<Json> backup = source.everything();
    std::erase_if(backup, [](const Json& each) {
      return !text_at(each["metadata"], "name").starts_with("item-");
    });
    chance.shuffle(backup);

    const std::string job = bench.add(backup);
    bench.run(job, target);

    ASSERT_EQ(bench.job(job)["state"], "COMPLETED") << bench.job(job)["message"];
    EXPECT_EQ(owners_by_name(target), owners_by_name(source)) << "seed " << seed;
    for (int i = 0; i < 3; ++i) {
      const std::size_t root = chance.below(kObjects / kDepth);
      if (!source.peek("configmaps", key_in_shop(root))) continue;
      remove_in(source, bench.context, root);
      remove_in(target, bench.context, root);
      EXPECT_EQ(owners_by_name(target), owners_by_name(source)) << "without item-" << root;
    }
  }
}

// ---- the archive's order

TEST(Properties, TheOrderOfTheArchiveDoesNotMatter) {
  const World world = make_world(7, Size::usual);
  Chance chance(50);
  std::vector<Json> order = world.backup;
  std::unique_ptr<kube::FakeCluster> first;
  Bench bench;
  for (int i = 0; i < 50; ++i) {
    auto target = std::make_unique<kube::FakeCluster>(bench.clock);
    for (const Json& present : world.present) target->seed(present);
    target->settle();
    Bench::Process process;
    process.seed = chance.below(1000);
    const std::string job = bench.add(order, world.restore);
    bench.run(job, *target, process);
    if (first) {
      for (const std::string& problem : differences(*first, *target))
        ADD_FAILURE() << "order " << i << ": " << problem;
    } else {
      first = std::move(target);
    }
    chance.shuffle(order);
  }
}

// ---- maps

std::string random_label(Chance& chance) {
  std::string label(1, "ab"[chance.below(2)]);
  for (std::size_t left = chance.below(3); left > 0; --left) label += "ab-"[chance.below(3)];
  return label + "ab"[chance.below(2)];
}

// Few letters, so that names meet often.
TEST(Properties, NoTwoNamespacesLandOnOneNameUnseen) {
  Chance chance(3);
  std::size_t refused = 0, taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::set<std::string> sources;
    for (std::size_t left = 1 + chance.below(5); left > 0; --left)
      sources.insert(random_label(chance));
    std::map<std::string, std::string> map;
    for (const std::string& source : sources) {
      if (chance.one_in(3)) map[source] = random_label(chance);
    }
    const NamespaceMap namespaces(map, chance.one_in(2) ? random_label(chance) : "",
                                  chance.one_in(2) ? random_label(chance) : "");
    std::set<std::string> targets;
    for (const std::string& source : sources) targets.insert(namespaces.target_of(source));
    const bool meets = targets.size() < sources.size();

    const bool is_taken = namespaces.check(sources).ok();

    EXPECT_FALSE(meets && is_taken);
    ++(is_taken ? taken : refused);
  }
  EXPECT_GT(refused, 500U);
  EXPECT_GT(taken, 500U);
}

}  // namespace
}  // namespace salvor::sim
