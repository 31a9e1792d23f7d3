// The suite that every catalog passes. An implementation's test instantiates it:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogSuite, testing::Values(make_sqlite));
//
// The resource is schema/testing/sample.h's.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/testing/stepped_clock.h"
#include "schema/testing/sample.h"

namespace salvor::catalog {

// An empty catalog that knows the given resources.
using CatalogMaker =
    std::function<std::unique_ptr<Catalog>(const std::vector<const schema::Resource*>& resources)>;

class CatalogSuite : public testing::TestWithParam<CatalogMaker> {
 protected:
  static constexpr const char* kWidgets = "widgets";

  Result<std::vector<Document>> commit(std::vector<Change> changes) {
    return catalog_->commit(context_, {std::move(changes)});
  }
  // Inserts and returns the document.
  Document inserted(Json body) {
    auto written = commit({Insert{kWidgets, "", std::move(body)}});
    EXPECT_TRUE(written.ok()) << written.error().describe();
    return written.ok() ? written->at(0) : Document();
  }
  Result<Document> get(const std::string& id) { return catalog_->get(context_, kWidgets, id); }
  Page find(Query query) {
    auto page = catalog_->find(context_, kWidgets, query);
    EXPECT_TRUE(page.ok()) << page.error().describe();
    return page.ok() ? *std::move(page) : Page();
  }
  // The names of a page's documents, "a b c".
  std::string names(const Query& query) {
    std::string out;
    for (const Document& document : find(query).documents) {
      out += (out.empty() ? "" : " ") + text_at(document.body(), "name");
    }
    return out;
  }
  static Edit setting(const std::string& id, const std::string& field, Json value) {
    return {.resource = kWidgets, .id = id, .edit = [=](const Json& stored) -> Result<Json> {
              Json body = stored;
              body[field] = value;
              return body;
            }};
  }
  static std::string failed_field(const Result<std::vector<Document>>& result) {
    return result.ok() ? "" : result.error().fact("field");
  }

  SteppedClock clock_;
  Context context_{clock_, null_log(), {}, {}};
  std::unique_ptr<Catalog> catalog_ = GetParam()({&schema::sample_resource()});
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CatalogSuite);

TEST_P(CatalogSuite, ReturnsWhatWasInserted) {
  clock_.set(1602277544);
  const Document made = inserted({{"name", "a"}, {"size", 1}});

  const auto read = get(made.id);

  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->body(), (Json{{"name", "a"}, {"size", 1}}));
  EXPECT_EQ(read->text, R"({"name": "a", "size": 1})");
  EXPECT_EQ(read->etag, made.etag);
  EXPECT_EQ(read->etag.size(), 40U);
  EXPECT_EQ(read->id.size(), 24U);
  EXPECT_EQ(read->created, 1602277544);
  EXPECT_EQ(read->updated, 1602277544);
}

TEST_P(CatalogSuite, KnowsNoDocumentItWasNotGiven) {
  EXPECT_EQ(get("5f80d0a8f281487d59c69f5e").error().code, ErrorCode::not_found);
}

TEST_P(CatalogSuite, RefusesAnIdThatIsThere) {
  const Document made = inserted({{"name", "a"}});

  const auto again = commit({Insert{kWidgets, made.id, {{"name", "b"}}}});

  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(failed_field(again), "_id");
}

TEST_P(CatalogSuite, RefusesASecondValueOfAUniqueField) {
  inserted({{"name", "a"}});

  EXPECT_EQ(failed_field(commit({Insert{kWidgets, "", {{"name", "a"}}}})), "name");
}

TEST_P(CatalogSuite, RefusesAnEditToASecondValueOfAUniqueField) {
  inserted({{"name", "a"}});
  const Document other = inserted({{"name", "b"}});

  EXPECT_EQ(failed_field(commit({setting(other.id, "name", "a")})), "name");
}

TEST_P(CatalogSuite, LetsTheServerEditWithoutDisturbingClients) {
  const Document made = inserted({{"name", "a"}, {"size", 1}});
  clock_.advance(10);

  const auto written = commit({setting(made.id, "size", 2)});

  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written->at(0).etag, made.etag);
  EXPECT_EQ(get(made.id)->updated, made.updated);
  EXPECT_EQ(get(made.id)->body()["size"], 2);
}

TEST_P(CatalogSuite, MarksAnEditOfAClient) {
  const Document made = inserted({{"name", "a"}});
  clock_.advance(10);
  Edit edit = setting(made.id, "size", 2);
  edit.touch = Touch::client;

  ASSERT_TRUE(commit({edit}).ok());

  const Document read = *get(made.id);
  EXPECT_NE(read.etag, made.etag);
  EXPECT_EQ(read.updated, made.updated + 10);
  EXPECT_EQ(read.created, made.created);
}

TEST_P(CatalogSuite, RefusesAStaleEtag) {
  const Document made = inserted({{"name", "a"}});
  Edit edit = setting(made.id, "size", 2);
  edit.if_etag = std::string(40, '0');

  EXPECT_EQ(failed_field(commit({edit})), "_etag");
  EXPECT_EQ(failed_field(commit({Remove{kWidgets, made.id, std::string(40, '0')}})), "_etag");
  EXPECT_TRUE(commit({Remove{kWidgets, made.id, made.etag}}).ok());
}

TEST_P(CatalogSuite, EditsAndRemovesOnlyWhatIsThere) {
  const std::string id = "5f80d0a8f281487d59c69f5e";

  EXPECT_EQ(commit({setting(id, "size", 1)}).error().code, ErrorCode::not_found);
  EXPECT_EQ(commit({Remove{kWidgets, id, {}}}).error().code, ErrorCode::not_found);
}

TEST_P(CatalogSuite, FindsByTheNewValueAfterAnEdit) {
  const Document made = inserted({{"name", "a"}, {"size", 1}});

  ASSERT_TRUE(commit({setting(made.id, "size", 2)}).ok());

  EXPECT_EQ(names({.filter = schema::equals("size", 2)}), "a");
  EXPECT_EQ(names({.filter = schema::equals("size", 1)}), "");
}

TEST_P(CatalogSuite, ChangesAllOrNothing) {
  const Document made = inserted({{"name", "a"}});

  const auto failed = commit({setting(made.id, "size", 2), Insert{kWidgets, "", {{"name", "b"}}},
                              Insert{kWidgets, "", {{"name", "a"}}}});

  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(names({}), "a");
  EXPECT_FALSE(get(made.id)->body().contains("size"));
}

TEST_P(CatalogSuite, GivesBackTheErrorOfAnEdit) {
  const Document made = inserted({{"name", "a"}});
  const Edit refusing{.resource = kWidgets, .id = made.id, .edit = [](const Json&) -> Result<Json> {
                        return error(ErrorCode::denied, "no");
                      }};

  EXPECT_EQ(commit({Insert{kWidgets, "", {{"name", "b"}}}, refusing}).error().message, "no");
  EXPECT_EQ(names({}), "a");
}

TEST_P(CatalogSuite, ShowsAnEditWhatTheTransactionDidBefore) {
  const std::string id = "5f80d0a8f281487d59c69f5e";
  const Edit growing{
      .resource = kWidgets, .id = id, .edit = [](const Json& stored) -> Result<Json> {
        Json body = stored;
        body["size"] = stored["size"].get<int>() + 1;
        return body;
      }};

  ASSERT_TRUE(commit({Insert{kWidgets, id, {{"name", "a"}, {"size", 1}}}, growing, growing}).ok());

  EXPECT_EQ(get(id)->body()["size"], 3);
}

TEST_P(CatalogSuite, ReturnsTheDocumentsInTheOrderOfTheChanges) {
  const Document made = inserted({{"name", "a"}});

  const auto written =
      commit({Insert{kWidgets, "", {{"name", "b"}}},
              Require{kWidgets, made.id, [](const Json*) { return Result<void>(); }},
              setting(made.id, "size", 1)});

  ASSERT_TRUE(written.ok());
  ASSERT_EQ(written->size(), 2U);
  EXPECT_EQ(text_at(written->at(0).body(), "name"), "b");
  EXPECT_EQ(written->at(1).id, made.id);
}

TEST_P(CatalogSuite, RemovesAllMatches) {
  for (int i = 0; i < 5; ++i) inserted({{"name", std::to_string(i)}, {"size", i}});

  ASSERT_TRUE(commit({RemoveAll{kWidgets, schema::less("size", 3)}}).ok());
  EXPECT_EQ(names({}), "3 4");
  ASSERT_TRUE(commit({RemoveAll{kWidgets, schema::less("size", 3)}}).ok());
  ASSERT_TRUE(commit({RemoveAll{kWidgets, {}}}).ok());
  EXPECT_EQ(names({}), "");
}

TEST_P(CatalogSuite, PutsADocumentExactlyAsItIs) {
  const Document document{"5f80d0a8f281487d59c69f5e", std::string(40, 'a'), 5, 6,
                          R"({"name": "a", "size": 7})"};

  ASSERT_TRUE(commit({Put{kWidgets, document}}).ok());

  EXPECT_EQ(get(document.id)->etag, document.etag);
  EXPECT_EQ(get(document.id)->created, 5);
  EXPECT_EQ(get(document.id)->updated, 6);
  EXPECT_EQ(names({.filter = schema::equals("size", 7)}), "a");
}

TEST_P(CatalogSuite, PutsOverADocumentOfThatId) {
  Document document = inserted({{"name", "a"}, {"size", 1}});
  document.text = R"({"name": "b"})";

  ASSERT_TRUE(commit({Put{kWidgets, document}}).ok());

  EXPECT_EQ(names({}), "b");
  EXPECT_EQ(names({.filter = schema::equals("size", 1)}), "");
}

TEST_P(CatalogSuite, ReplacesTheFieldsOfADocument) {
  const Document before = inserted({{"name", "a"}, {"size", 1}});

  ASSERT_TRUE(commit({Replace{kWidgets, before.id, {{"name", "b"}}}}).ok());

  EXPECT_EQ(names({}), "b");
  EXPECT_EQ(names({.filter = schema::equals("size", 1)}), "");
  EXPECT_EQ(get(before.id)->etag, before.etag);
  EXPECT_EQ(get(before.id)->updated, before.updated);
}

TEST_P(CatalogSuite, ReplacesNothingThatIsNotThere) {
  const auto written = commit({Insert{kWidgets, "", {{"name", "a"}}},
                               Replace{kWidgets, std::string(24, 'f'), {{"name", "b"}}}});

  EXPECT_EQ(written.error().code, ErrorCode::not_found);
  EXPECT_EQ(names({}), "");
}

TEST_P(CatalogSuite, FencesATransactionByWhatItRequires) {
  const Document job = inserted({{"name", "job"}, {"lease", {{"holder", "me"}}}});
  const auto held_by = [&](const std::string& holder) {
    return Require{kWidgets, job.id, [holder](const Json* stored) -> Result<void> {
                     if (stored != nullptr && (*stored)["lease"]["holder"] == holder) return {};
                     return error(ErrorCode::cancelled, "the lease is lost");
                   }};
  };

  EXPECT_TRUE(commit({held_by("me"), Insert{kWidgets, "", {{"name", "x"}}}}).ok());
  const auto fenced = commit({held_by("you"), Insert{kWidgets, "", {{"name", "y"}}}});

  EXPECT_EQ(fenced.error().code, ErrorCode::cancelled);
  EXPECT_EQ(names({}), "job x");
}

TEST_P(CatalogSuite, TellsARequirementThatThereIsNoDocument) {
  bool was_null = false;
  const Require change{kWidgets, "5f80d0a8f281487d59c69f5e", [&](const Json* stored) {
                         was_null = stored == nullptr;
                         return Result<void>();
                       }};

  ASSERT_TRUE(commit({change}).ok());
  EXPECT_TRUE(was_null);
}

TEST_P(CatalogSuite, StopsAtADocumentThatMustNotBe) {
  const Document made = inserted({{"name", "a"}, {"state", "READY"}});
  const RequireNone none{kWidgets, schema::equals("state", "READY")};

  const auto failed = commit({none, Insert{kWidgets, "", {{"name", "b"}}}});

  EXPECT_EQ(failed.error().code, ErrorCode::conflict);
  EXPECT_EQ(failed.error().fact("document"), made.id);
  EXPECT_EQ(failed.error().fact("resource"), kWidgets);
  EXPECT_EQ(names({}), "a");
}

TEST_P(CatalogSuite, PagesInTheOrderOfInsertion) {
  for (const char* name : {"c", "a", "b"}) inserted({{"name", name}});

  EXPECT_EQ(names({}), "c a b");
  EXPECT_EQ(names({.skip = 1, .limit = 1}), "a");
  EXPECT_EQ(names({.skip = 5}), "");
}

TEST_P(CatalogSuite, CountsAllMatches) {
  for (int i = 0; i < 7; ++i) inserted({{"name", std::to_string(i)}, {"size", i % 2}});

  EXPECT_EQ(find({.limit = 2}).total, 7U);
  EXPECT_EQ(find({.skip = 6, .limit = 2}).total, 7U);
  EXPECT_EQ(find({.skip = 9, .limit = 2}).total, 7U);
  EXPECT_EQ(find({.filter = schema::equals("size", 1), .limit = 2}).total, 3U);
  EXPECT_EQ(find({.filter = schema::equals("size", 9), .limit = 2}).total, 0U);
  EXPECT_EQ(find({.limit = 0}).total, 7U);
}

TEST_P(CatalogSuite, SortsByFieldsThenByInsertion) {
  inserted({{"name", "a"}, {"size", 2}});
  inserted({{"name", "b"}, {"size", 1}});
  inserted({{"name", "c"}, {"size", 2}});

  EXPECT_EQ(names({.sort = {{"size", false}}}), "b a c");
  EXPECT_EQ(names({.sort = {{"size", true}}}), "a c b");
  EXPECT_EQ(names({.sort = {{"size", false}, {"name", true}}}), "b c a");
  EXPECT_EQ(names({.sort = {{"nosuch", true}}}), "a b c");
}

TEST_P(CatalogSuite, GivesOneWriterOfManyTheEtag) {
  const Document made = inserted({{"name", "a"}, {"size", 0}});
  std::atomic<int> winners = 0;
  {
    // Threads, because the race of the writers is what is tested.
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back([&, i] {
        Context own = context_;
        Edit edit = setting(made.id, "size", i);
        edit.if_etag = made.etag;
        edit.touch = Touch::client;
        if (catalog_->commit(own, {{edit}}).ok()) ++winners;
      });
    }
  }
  EXPECT_EQ(winners, 1);
}

TEST_P(CatalogSuite, LosesNoConcurrentWrite) {
  constexpr int kWriters = 4;
  constexpr int kWrites = 10;
  const Document made = inserted({{"name", "a"}, {"size", 0}});
  const Edit growing{
      .resource = kWidgets, .id = made.id, .edit = [](const Json& stored) -> Result<Json> {
        Json body = stored;
        body["size"] = stored["size"].get<int>() + 1;
        return body;
      }};
  {
    // Threads, because the race of the writers is what is tested.
    std::vector<std::jthread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&] {
        Context own = context_;
        for (int n = 0; n < kWrites; ++n) EXPECT_TRUE(catalog_->commit(own, {{growing}}).ok());
      });
    }
  }
  EXPECT_EQ(get(made.id)->body()["size"], kWriters * kWrites);
}

TEST_P(CatalogSuite, LetsReadersReadWhileAWriterWrites) {
  const Document made = inserted({{"name", "a"}, {"size", 1}});
  std::string seen;
  // The edit runs in the middle of the transaction; reading there would wait for ever if it waited.
  const Edit reading{
      .resource = kWidgets, .id = made.id, .edit = [&](const Json& stored) -> Result<Json> {
        seen = names({.filter = schema::equals("size", 1)});
        return stored;
      }};

  ASSERT_TRUE(commit({setting(made.id, "size", 2), reading}).ok());

  EXPECT_EQ(seen, "a");
}

TEST_P(CatalogSuite, DoesNothingForACallerThatStopped) {
  std::stop_source source;
  source.request_stop();
  Context stopped = context_.stopped_by(source.get_token());

  EXPECT_EQ(catalog_->find(stopped, kWidgets, {}).error().code, ErrorCode::cancelled);
  EXPECT_EQ(catalog_->commit(stopped, {{Insert{kWidgets, "", {{"name", "a"}}}}}).error().code,
            ErrorCode::cancelled);
  EXPECT_EQ(names({}), "");
}

}  // namespace salvor::catalog
