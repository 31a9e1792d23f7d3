#include "kube/testing/label_selector.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::kube {
namespace {

bool matches(const std::string& text, const Json& labels) {
  const auto selector = LabelSelector::parse(text);
  EXPECT_TRUE(selector.ok()) << text;
  return selector.ok() && selector->matches(labels);
}

TEST(LabelSelector, MatchesByEquality) {
  const Json labels = {{"app", "web"}, {"tier", "front"}};

  EXPECT_TRUE(matches("", labels));
  EXPECT_TRUE(matches("app=web", labels));
  EXPECT_TRUE(matches("app==web , tier!=back", labels));
  EXPECT_FALSE(matches("app=web,tier=back", labels));
  EXPECT_FALSE(matches("app!=web", labels));
}

TEST(LabelSelector, MatchesBySetAndPresence) {
  const Json labels = {{"app", "web"}};

  EXPECT_TRUE(matches("app in (web, db)", labels));
  EXPECT_FALSE(matches("app notin (web,db)", labels));
  EXPECT_TRUE(matches("tier notin (back)", labels));
  EXPECT_TRUE(matches("app,!tier", labels));
  EXPECT_FALSE(matches("tier", labels));
}

TEST(LabelSelector, TakesAnObjectWithoutLabels) {
  EXPECT_FALSE(matches("app", Json()));
  EXPECT_TRUE(matches("!app,tier!=x", Json()));
}

TEST(LabelSelector, RefusesWhatItCannotRead) {
  for (const char* text : {"app in web", "app in (web", "=web", "app web", "app=a=b", "(a)"}) {
    EXPECT_FALSE(LabelSelector::parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace salvor::kube
