#include "cli/kinds.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/exit_code.h"

namespace salvor::cli {
namespace {

const Style kPlain(Style::Colours::off);

std::string path_of(const std::string& word) {
  const Kind* kind = kinds().find(word);
  return kind == nullptr ? "" : kind->path();
}

TEST(Kinds, AreKnownByPathAndByShortWords) {
  for (const char* word : {"kubeclusters", "kubecluster", "clusters", "cluster", "Clusters"}) {
    EXPECT_EQ(path_of(word), "kubeclusters") << word;
  }
  for (const char* word : {"backupinstances", "points", "point", "recoverypoints"}) {
    EXPECT_EQ(path_of(word), "backupinstances") << word;
  }
  EXPECT_EQ(path_of("items"), "kuberestoreitems");
  EXPECT_EQ(path_of("claims"), "kubepvclaims");
  EXPECT_EQ(path_of("storageclass"), "kubestorageclasses");
  EXPECT_EQ(path_of("job"), "jobs");
}

TEST(Kinds, NoWordMeansTwoKinds) {
  std::set<std::string> seen;
  for (const Kind& kind : kinds().all()) {
    for (const std::string& word : std::set<std::string>(kind.words.begin(), kind.words.end())) {
      EXPECT_TRUE(seen.insert(word).second) << word;
    }
  }
}

TEST(Kinds, EveryColumnShowsAFieldThatExists) {
  for (const Kind& kind : kinds().all()) {
    for (const KindColumn& column : kind.columns) {
      const bool is_known = schema::is_meta_field(column.field) ||
                            schema::locate(*kind.resource, column.field).shape != nullptr;
      EXPECT_TRUE(is_known) << kind.path() << " " << column.field;
    }
  }
}

TEST(Kinds, ASlipIsMet) {
  EXPECT_EQ(kinds().require("clusers").error().hint, "did you mean clusters?");
  EXPECT_EQ(exit_code(kinds().require("nothing-like-it").error()), ExitCode::usage);
  EXPECT_NE(kinds().require("nothing-like-it").error().hint.find("kubeclusters"),
            std::string::npos);
}

TEST(Kinds, AResourceWithoutColumnsOfItsOwnShowsItsIndexedFields) {
  const schema::Resource resource{
      .path = "things",
      .title = "Thing",
      .doc = "",
      .fields = {{"name", schema::string(), schema::required, ""},
                 {"state", schema::string(), schema::optional, ""},
                 {"size_bytes", schema::integer(), schema::indexed, ""},
                 {"secret", schema::string(), schema::indexed | schema::internal, ""},
                 {"other", schema::string(), schema::optional, ""}}};
  const Kinds things({&resource});

  const Table table =
      table_of(things.all().front(), {{{"name", "a"}, {"state", "READY"}, {"size_bytes", 5}}},
               Width::usual, 0);

  EXPECT_EQ(table.text(kPlain), "NAME  STATE  SIZE BYTES  AGE\na     READY           5\n");
}

TEST(Kinds, CellsAreForPeople) {
  const Kind& jobs = *kinds().find("jobs");
  const Json job = {{"name", "j"},
                    {"type", "RESTORE"},
                    {"state", "RUNNING"},
                    {"start_time", 1000},
                    {"_created", "Thu, 01 Jan 1970 00:16:00 GMT"}};

  EXPECT_EQ(table_of(jobs, {job}, Width::usual, 1090).text(kPlain),
            "NAME  TYPE     STATE    CLUSTER  STARTED  TOOK   MESSAGE  AGE\n"
            "j     RESTORE  RUNNING           1m30s    1m30s           2m10s\n");
}

TEST(Kinds, AReferenceShowsTheNameOrWhatIsLeftOfIt) {
  const Kind& backups = *kinds().find("backups");
  const Json known = {{"name", "a"}, {"cluster", {{"name", "prod"}}}};
  const Json gone = {{"name", "b"}, {"cluster", "5f80d0a8f281487d59c6000a"}};

  const std::string text = table_of(backups, {known, gone}, Width::usual, 0).text(kPlain);

  EXPECT_NE(text.find("a     prod\n"), std::string::npos) << text;
  EXPECT_NE(text.find("b     5f80d0a8f281487d59c6000a\n"), std::string::npos) << text;
  EXPECT_EQ(embedded_of(backups), Json({{"cluster", 1}}));
}

TEST(Kinds, OddValuesDoNotBreakATable) {
  for (const Kind& kind : kinds().all()) {
    const Json odd = {{"name", 5},         {"status", "x"},         {"start_time", "never"},
                      {"_created", false}, {"restore_size", "big"}, {"cluster", Json::array()}};
    EXPECT_FALSE(table_of(kind, {odd}, Width::wide, 0).text(kPlain).empty());
  }
}

}  // namespace
}  // namespace salvor::cli
