#include "repo/index.h"

#include <gtest/gtest.h>

namespace salvor::repo {
namespace {

PackContents pack(const std::string& name, std::uint32_t blobs) {
  PackContents contents{id_of(name), {}};
  for (std::uint32_t i = 0; i < blobs; ++i) {
    const BlobType type = i % 2 == 0 ? BlobType::data : BlobType::tree;
    contents.blobs.push_back(
        {{type, id_of(name + "/" + std::to_string(i))}, {100 * i, 100, i % 3 == 0 ? 0 : 1000 + i}});
  }
  return contents;
}

std::vector<PackContents> read(const std::string& text) {
  std::vector<PackContents> packs;
  const auto done = read_index(text, [&](PackContents one) -> Result<void> {
    packs.push_back(std::move(one));
    return {};
  });
  EXPECT_TRUE(done.ok()) << done.error().message;
  return packs;
}

TEST(Index, IsReadAsItIsWritten) {
  const std::vector<PackContents> packs = {pack("a", 5), pack("b", 1)};

  const auto back = read(index_json(packs));

  ASSERT_EQ(back.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(back[i].pack, packs[i].pack);
    EXPECT_EQ(back[i].blobs, packs[i].blobs);
  }
}

TEST(Index, PassesOverWhatItDoesNotKnow) {
  const std::string id = id_of("p").hex();

  EXPECT_TRUE(read(R"({"supersedes":["x"],"packs":[],"packs_to_delete":[{"id":"y"}]})").empty());
  EXPECT_EQ(read(R"({"packs":[{"time":"t","size":5,"id":")" + id + R"(","blobs":null}]})").size(),
            1U);
}

TEST(Index, RefusesWhatIsNoIndex) {
  const std::string id = id_of("p").hex();
  const auto of_blob = [&](const std::string& blob) {
    return R"({"packs":[{"id":")" + id + R"(","blobs":[)" + blob + "]}]}";
  };
  for (const std::string& text :
       {std::string(), std::string("["), std::string("[]"), std::string("{\"packs\":{}}"),
        std::string(R"({"packs":[{"blobs":[]}]})"), std::string(R"({"packs":[{"id":"zz"}]})"),
        of_blob("{}"), of_blob("1"), of_blob(R"({"id":")" + id + R"(","type":"other"})"),
        of_blob(R"({"id":")" + id + R"(","offset":-1})"),
        of_blob(R"({"id":")" + id + R"(","offset":4294967296})"),
        of_blob(R"({"id":")" + id + R"(","length":1.5})")}) {
    const auto done = read_index(text, [](const PackContents&) { return Result<void>(); });
    EXPECT_EQ(done.error().code, ErrorCode::corrupt) << text;
  }
}

TEST(Index, FindsEachOfManyBlobs) {
  Index index;
  std::vector<PackContents> packs;
  for (int i = 0; i < 100; ++i) packs.push_back(pack("p" + std::to_string(i), 100));
  for (const PackContents& one : packs) index.add(one);

  EXPECT_EQ(index.blob_count(), 10'000U);
  for (const PackContents& one : packs) {
    for (const PackedBlob& blob : one.blobs) {
      const auto found = index.find(blob.key);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->pack, one.pack);
      EXPECT_EQ(found->place, blob.place);
    }
  }
  EXPECT_FALSE(index.contains({BlobType::data, id_of("nowhere")}));
}

TEST(Index, TellsTypesApart) {
  Index index;
  index.add({id_of("p"), {{{BlobType::data, id_of("x")}, {0, 40, 0}}}});

  EXPECT_FALSE(index.contains({BlobType::tree, id_of("x")}));
}

TEST(Index, KeepsTheFirstPlaceOfABlob) {
  Index index;
  index.add({id_of("first"), {{{BlobType::data, id_of("x")}, {0, 40, 0}}}});
  index.add({id_of("second"), {{{BlobType::data, id_of("x")}, {8, 40, 0}}}});

  EXPECT_EQ(index.find({BlobType::data, id_of("x")})->pack, id_of("first"));
  EXPECT_EQ(index.blob_count(), 1U);
}

}  // namespace
}  // namespace salvor::repo
