#include "archive/testing/backups.h"

#include <random>

namespace salvor::archive::testing {
namespace {

std::string api_version(const ItemName& name) {
  const std::size_t dot = name.group_resource.find('.');
  return dot == std::string::npos ? name.version
                                  : name.group_resource.substr(dot + 1) + "/" + name.version;
}

std::string random_word(std::mt19937& random, std::size_t length) {
  std::string word;
  while (word.size() < length) word += static_cast<char>('a' + random() % 26);
  return word;
}

// Time stands still, so that equal backups have equal bytes and make equal calls.
class FixedClock final : public Clock {
 public:
  EpochSeconds wall_seconds() const override { return 1'602'277'544; }
  SteadyTime steady() const override { return {}; }
  bool wait_until(SteadyTime, const std::stop_token& stop) override {
    return !stop.stop_requested();
  }
};

ItemSink into(ReadItems& found) {
  return [&found](const ItemName& name, std::string_view json) -> Result<void> {
    const bool is_new = found.emplace(name, json).second;
    if (!is_new) return error(ErrorCode::bug, "item " + name.name + " came twice");
    return {};
  };
}

}  // namespace

TestItem test_item(const ItemName& name, const std::string& kind, const std::string& more) {
  const std::string scope =
      name.namespace_name.empty() ? "" : R"(,"namespace":")" + name.namespace_name + "\"";
  return {name, kind,
          R"({"apiVersion":")" + api_version(name) + R"(","kind":")" + kind +
              R"(","metadata":{"name":")" + name.name + "\"" + scope + "}" +
              (more.empty() ? "" : "," + more) + "}"};
}

std::vector<TestItem> random_items(unsigned seed, std::size_t count) {
  struct Type {
    const char* group_resource;
    const char* version;
    const char* kind;
    bool namespaced;
  };
  const Type types[] = {
      {"configmaps", "v1", "ConfigMap", true},
      {"deployments.apps", "v1", "Deployment", true},
      {"horizontalpodautoscalers.autoscaling", "v2", "HorizontalPodAutoscaler", true},
      {"clusterroles.rbac.authorization.k8s.io", "v1", "ClusterRole", false}};
  std::mt19937 random(seed);
  std::vector<TestItem> items;
  for (const Type& type : types) {
    for (std::size_t i = 0; i < count / std::size(types); ++i) {
      ItemName name{type.group_resource, type.version, "", ""};
      if (type.namespaced) name.namespace_name = "ns-" + std::to_string(random() % 10);
      const std::size_t length = random() % 10 == 0 ? random() % 240 : random() % 20;
      name.name = std::to_string(i) + "-" + random_word(random, length);
      const std::size_t size = random() % 100 == 0 ? 200'000 : random() % 1500;
      items.push_back(
          test_item(name, type.kind, R"("data":{"k":")" + random_word(random, size) + R"("})"));
    }
  }
  return items;
}

BackupDescription describe(const std::string& name, std::uint64_t items) {
  BackupDescription description;
  description.name = name;
  description.start_time = 1'602'277'544;
  description.end_time = 1'602'277'553;
  description.items = items;
  description.source_git_version = "v1.34.4";
  return description;
}

Result<ArchiveSeal> write_backup(objectstore::Store& store, const std::string& name,
                                 const std::vector<TestItem>& items) {
  FixedClock clock;
  Context context{clock, null_log(), {}, {}};
  TRY(const std::unique_ptr<Writer> writer, Writer::create(context, store, name));
  for (const TestItem& item : items) {
    TRY_VOID(writer->add(context, item.name, item.kind, item.json));
  }
  writer->log("wrote " + std::to_string(items.size()) + " items");
  return writer->finish(context, describe(name, items.size()));
}

Result<ReadItems> read_all(objectstore::Store& store, const ArchiveSeal& seal,
                           const ReadLimits& limits) {
  Context context = background();
  ReadItems found;
  TRY_VOID(read_items(context, store, seal, {into(found)}, limits));
  return found;
}

Result<ReadItems> read_all_from(std::string_view tarball, const ReadLimits& limits) {
  ReadItems found;
  TRY_VOID(read_items_from(tarball, {into(found)}, limits));
  return found;
}

ReadItems as_read(const std::vector<TestItem>& items) {
  ReadItems all;
  for (const TestItem& item : items) all.emplace(item.name, item.json);
  return all;
}

}  // namespace salvor::archive::testing
