#include "repo/testing/scene.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "base/json.h"
#include "repo/snapshot.h"

namespace salvor::repo::testing {

std::string noise(std::size_t bytes, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string text(bytes, '\0');
  for (std::size_t at = 0; at < bytes; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random();
    std::memcpy(text.data() + at, &word, std::min(sizeof word, bytes - at));
  }
  return text;
}

Id Scene::snapshot() {
  const auto saved = save();
  EXPECT_TRUE(saved.ok()) << saved.error().message;
  const SnapshotFacts facts{
      .path = "/d", .hostname = "h", .username = "u", .tags = {}, .tree = saved->tree};
  const std::string json = compact(snapshot_json(facts, {++last_snapshot, 0}));
  return repository.save(context, FileKind::snapshot, json).value();
}

}  // namespace salvor::repo::testing
