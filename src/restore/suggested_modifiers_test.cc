#include "restore/suggested_modifiers.h"

#include <gtest/gtest.h>

#include "restore/modifiers.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

constexpr std::size_t kAnyLength = 1 << 20;

class Suggestion : public ::testing::Test {
 protected:
  Suggestion() {
    Step step;
    step.source = {"configmaps", "shop", "a.b"};
    plan_.steps.push_back(step);
    forecasts_.resize(1);
    forecasts_[0].free_texts = {{"/data/x", before_, after_}};
  }
  std::string make(const std::string& existing = "", std::size_t most = kAnyLength) {
    return suggested_modifiers(existing, plan_, forecasts_, most);
  }
  static Json applied(const std::string& modifiers, Json object) {
    EXPECT_TRUE(
        Modifiers::parse(modifiers).value().apply({"configmaps", "shop", "a.b"}, object).ok());
    return object;
  }

  // With all that YAML, JSON and Velero's reading of values could stumble over.
  const std::string before_ = "{\"a\": \"db.shop.svc\",\n\t'b': 1}\\ ü: #";
  const std::string after_ = "{\"a\": \"db.new.svc\",\n\t'b': 1}\\ ü: #";
  Plan plan_;
  std::vector<Forecast> forecasts_;
};

TEST_F(Suggestion, RewritesExactlyTheText) {
  const std::string modifiers = make();

  EXPECT_EQ(applied(modifiers, {{"data", {{"x", before_}}}})["data"]["x"], after_);
  EXPECT_EQ(applied(modifiers, {{"data", {{"x", "other"}}}})["data"]["x"], "other");
}

TEST_F(Suggestion, IsAddedToWhatIsThere) {
  for (const char* indent : {"", "  "}) {
    const std::string existing = std::string("version: v1\nresourceModifierRules:\n") + indent +
                                 "- conditions:\n" + indent + "    groupResource: configmaps\n" +
                                 indent + "  mergePatches:\n" + indent +
                                 "  - patchData: '{\"data\": {\"y\": \"1\"}}'";
    const Json made = applied(make(existing), {{"data", {{"x", before_}}}});

    EXPECT_EQ(made["data"]["x"], after_);
    EXPECT_EQ(made["data"]["y"], "1");
  }
}

TEST_F(Suggestion, IsNoneWhereItCannotBeAdded) {
  EXPECT_EQ(make("{version: v1, resourceModifierRules: []}"), "");
  EXPECT_EQ(make("", 40), "");
}

TEST_F(Suggestion, LeavesSecretsOut) {
  forecasts_[0].free_texts[0].is_encoded = true;

  EXPECT_EQ(make(), "");
}

}  // namespace
}  // namespace salvor::restore
