#include "archive/seal.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::archive {
namespace {

Json reread(const ArchiveSeal& seal) { return *parse_json(compact({{"archive", to_json(seal)}})); }

TEST(Seal, OfATarballIsReadAsItWasWritten) {
  const ArchiveSeal seal = seal_in(reread({"a", "1f", 7, 3}));
  EXPECT_EQ(seal.name, "a");
  EXPECT_EQ(seal.sha256, "1f");
  EXPECT_EQ(seal.size_bytes, 7);
  EXPECT_EQ(seal.items, 3);
  EXPECT_EQ(seal.describe(), "archive a");
}

TEST(Seal, OfASnapshotNamesNoArchive) {
  const Json json = reread({"", "", 7, 3, "0123456789abcdef"});
  EXPECT_EQ(json["archive"],
            *parse_json(R"({"snapshot": "0123456789abcdef", "size_bytes": 7, "items": 3})"));
  const ArchiveSeal seal = seal_in(json);
  EXPECT_EQ(seal.snapshot, "0123456789abcdef");
  EXPECT_EQ(seal.items, 3);
  EXPECT_EQ(seal.describe(), "snapshot 01234567");
}

TEST(Seal, OfADocumentWithoutOneSaysNothing) {
  const ArchiveSeal seal = seal_in(Json::object());
  EXPECT_FALSE(seal.is_there());
  EXPECT_EQ(seal.items, 0);
}

}  // namespace
}  // namespace salvor::archive
