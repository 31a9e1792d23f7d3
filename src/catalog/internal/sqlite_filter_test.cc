// What SQL a filter becomes, and that SQLite answers the lists that clients ask for from an index.
#include "catalog/internal/sqlite_filter.h"

#include <gtest/gtest.h>

#include "catalog/internal/sqlite_migrate.h"
#include "catalog/testing/folder.h"
#include "resources/all.h"
#include "schema/testing/sample.h"

namespace salvor::catalog {
namespace {

std::string sql_of(const std::string& where) {
  const Table table = table_of(schema::sample_resource());
  const auto filter = schema::parse_filter(schema::sample_resource(), where);
  EXPECT_TRUE(filter.ok()) << where;
  return filter.ok() ? where_clause(table, *filter).text : "";
}

TEST(SqliteFilter, UsesColumnsOfIndexedFields) {
  EXPECT_EQ(sql_of(R"({"state": "READY", "size": {"$gt": 1, "$lt": 5}})"),
            R"((("size" > ? AND "size" < ?) AND "state" = ?))");
  EXPECT_EQ(sql_of(R"({"place.zone": "a"})"), R"("place.zone" = ?)");
  EXPECT_EQ(sql_of(R"({"_id": "a"})"), "_id = ?");
}

TEST(SqliteFilter, ExtractsOtherScalars) {
  EXPECT_EQ(sql_of(R"({"weight": 1})"), "json_extract(_doc, '$.weight') = ?");
  EXPECT_EQ(sql_of(R"({"place.floor": {"$gte": 1}})"), "json_extract(_doc, '$.place.floor') >= ?");
}

TEST(SqliteFilter, BindsWhatUsersWrite) {
  EXPECT_EQ(sql_of(R"({"name": "' OR 1=1 --"})"), R"("name" = ?)");
  EXPECT_EQ(sql_of(R"({"labels.x') OR 1=1 --": "a"})"), "json_extract(_doc, ?) = ?");
  EXPECT_EQ(sql_of(R"({"labels.x\"y": "a"})"), "salvor_matches(_doc, ?)");
}

TEST(SqliteFilter, KnowsWhatCanNeverMatch) {
  EXPECT_EQ(sql_of(R"({"size": "1"})"), "0");
  EXPECT_EQ(sql_of(R"({"nosuch": 1})"), "0");
  EXPECT_EQ(sql_of(R"({"nosuch": null})"), "1");
  EXPECT_EQ(sql_of(R"({"_created": 5})"), "0");
}

TEST(SqliteFilter, HasOneTextForListsOfAnyLength) {
  EXPECT_EQ(sql_of(R"({"size": {"$in": [1, 2, 3]}})"), sql_of(R"({"size": {"$in": [1]}})"));
}

TEST(SqliteFilter, AsksAnIndexForWhatIsMissing) {
  EXPECT_EQ(sql_of(R"({"owner": {"$exists": false}})"), R"("owner" IS NULL)");
  EXPECT_EQ(sql_of(R"({"note": {"$exists": false}})"), "json_type(_doc, '$.note') IS NULL");
}

// The steps of SQLite's plan for a list of a real resource.
std::string plan(const char* path, const std::string& where, std::vector<SortKey> sort) {
  const Folder folder;
  const schema::Resource& resource = *resources::find(path);
  const Table table = table_of(resource);
  auto opened = Connection::open(folder.file("c"), Connection::Role::writer, 512);
  const auto connection = std::move(opened).value();
  EXPECT_TRUE(migrate(*connection, {table}).ok());
  const auto filter = schema::parse_filter(resource, where);
  EXPECT_TRUE(filter.ok());
  Sql sql{"EXPLAIN QUERY PLAN SELECT _doc FROM " + table.name() + " WHERE ", {}};
  sql += where_clause(table, *filter);
  sql.text += " ORDER BY ";
  sql += order_clause(table, sort);
  sql += {" LIMIT ?", {std::int64_t{25}}};
  auto rows = connection->query(sql);
  std::string steps;
  while (*rows->step()) steps += rows->text(3) + "\n";
  return steps;
}

struct KnownList {
  const char* path;
  const char* where;
  const char* sort;
  const char* index;
};

const KnownList kKnownLists[] = {
    {"backupinstances", R"({"state": "READY", "start_time": {"$gt": 1, "$lt": 9}})", "start_time",
     "backupinstances by state start_time"},
    {"backupinstances", R"({"cluster": "5f80d09ff281487d59c69f5b", "state": "READY"})",
     "start_time", "backupinstances by cluster state start_time"},
    {"backupinstances", R"({"state": "READY"})", "", "backupinstances by state"},
    {"backupinstances", R"({"type": "COPY", "source_type": "kubernetes", "state": "READY"})", "",
     "backupinstances by type source_type state"},
    {"backupinstances", R"({"objectstore": "5f80d0a511556131dd9894e5"})", "",
     "backupinstances by objectstore"},
    {"kubeoffloads", R"({"offload_provider.user_objectstore": "5f80d0a511556131dd9894e5"})", "",
     "kubeoffloads by offload_provider.user_objectstore"},
    {"kubepvcprogress", R"({"job_id": "5fb37ad251ba23c69264dd99"})", "",
     "kubepvcprogress by job_id"},
    {"jobs",
     R"({"type": {"$nin": ["AGENT_UPDATE"]}, "backupdef": "5f80d0a511556131dd9894e5",
         "start_time": {"$gt": 0}})",
     "start_time", "jobs by backupdef start_time"},
    {"jobs", R"({"display_type": {"$exists": true}, "cluster": "5f80d09ff281487d59c69f5b"})",
     "start_time", "jobs by cluster start_time"},
    {"kuberestores", R"({"cluster": "5f80d09ff281487d59c69f5b"})", "_updated",
     "kuberestores by cluster _updated"},
    {"kubebackups", R"({"cluster": "5f80d09ff281487d59c69f5b"})", "_updated",
     "kubebackups by cluster _updated"},
    {"kubenamespaces", R"({"backupinst_id": "5f80d1fecea44311f78bdb63"})", "",
     "kubenamespaces by backupinst_id"},
    {"kubepvclaims", R"({"backupinst_id": "5fb37ad251ba23c69264dd99"})", "",
     "kubepvclaims by backupinst_id"},
    {"kuberestoreitems", R"({"job_id": "5fb37ad251ba23c69264dd99"})", "seq",
     "kuberestoreitems by job_id seq"},
};

TEST(SqlitePlan, AnswersTheListsOfKnownClientsFromAnIndex) {
  for (const KnownList& list : kKnownLists) {
    std::vector<SortKey> sort;
    if (*list.sort != '\0') sort.push_back({list.sort, true});

    const std::string steps = plan(list.path, list.where, sort);

    EXPECT_NE(steps.find(list.index + std::string(" (")), std::string::npos) << steps;
    // Only a sort of equal keys may be left: it stops where the page is full.
    EXPECT_EQ(steps.find("USE TEMP B-TREE FOR ORDER BY"), std::string::npos) << steps;
  }
}

}  // namespace
}  // namespace salvor::catalog
