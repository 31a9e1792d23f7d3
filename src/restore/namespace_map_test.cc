#include "restore/namespace_map.h"

#include <gtest/gtest.h>

#include <random>

namespace salvor::restore {
namespace {

TEST(DnsLabel, HasUpTo63LettersDigitsAndInnerDashes) {
  EXPECT_TRUE(is_dns_label("a"));
  EXPECT_TRUE(is_dns_label("7-eleven"));
  EXPECT_TRUE(is_dns_label(std::string(63, 'x')));

  for (const std::string text : {"", "-a", "a-", "A", "a.b", "a_b", "ä", "a b"}) {
    EXPECT_FALSE(is_dns_label(text)) << text;
  }
  EXPECT_FALSE(is_dns_label(std::string(64, 'x')));
}

TEST(NamespaceMap, PutsPrefixAndSuffixAroundWhatTheMapDoesNotName) {
  const NamespaceMap namespaces({{"kube-system", "new-kube-system"}}, "abc-", "-def");

  EXPECT_EQ(namespaces.target_of("kube-system"), "new-kube-system");
  EXPECT_EQ(namespaces.target_of("shop"), "abc-shop-def");
}

TEST(NamespaceMap, LeavesClusterScopeAlone) {
  EXPECT_EQ(NamespaceMap({}, "abc-", "-def").target_of(""), "");
}

TEST(NamespaceMap, RestrictedRenamesOnlyWhatIsRestored) {
  const NamespaceMap restricted =
      NamespaceMap({{"stays", "stays"}}, "abc-", "").restricted_to({"shop", "abc"});

  EXPECT_EQ(restricted.target_of("shop"), "abc-shop");
  EXPECT_EQ(restricted.target_of("monitoring"), "monitoring");
  EXPECT_FALSE(restricted.renames("monitoring"));
}

TEST(NamespaceMap, RestrictedToNamesThatStayIsTheIdentity) {
  EXPECT_TRUE(NamespaceMap({{"shop", "shop"}}, "", "").restricted_to({"shop"}).is_identity());
  EXPECT_FALSE(NamespaceMap({}, "", "-2").restricted_to({"shop"}).is_identity());
}

TEST(NamespaceMap, RefusesATargetThatIsNoLabelAndNamesBoth) {
  const auto checked = NamespaceMap({}, "", std::string(60, 'x')).check({"shop"});

  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, ErrorCode::invalid);
  EXPECT_NE(checked.error().message.find("namespace shop would become 'shopxxx"),
            std::string::npos);
}

TEST(NamespaceMap, RefusesTwoNamespacesOnOneTarget) {
  const auto checked = NamespaceMap({{"a", "c"}, {"b", "c"}}, "", "").check({"a", "b"});

  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().message, "namespaces a and b would both become c");
}

TEST(NamespaceMap, DoesNotMindCollisionsOfNamespacesThatAreNotRestored) {
  EXPECT_TRUE(NamespaceMap({{"a", "c"}, {"b", "c"}}, "", "").check({"a"}).ok());
}

// Property: what passes the check has as many targets as sources, each a label; what does not has
// fewer or bad ones. Short names over two letters make collisions common.
TEST(NamespaceMap, NeverCollidesSilently) {
  std::mt19937 random(1);
  const auto word = [&](unsigned length_max) {
    std::string text;
    for (std::size_t i = random() % (length_max + 1); i > 0; --i) text += random() % 2 ? 'a' : '-';
    return text;
  };
  unsigned passed = 0;
  for (int round = 0; round < 5000; ++round) {
    std::set<std::string> sources;
    std::map<std::string, std::string> map;
    for (int i = 0; i < 4; ++i) sources.insert("a" + word(2) + "a");
    for (const std::string& source : sources) {
      if (random() % 2) map[source] = word(4);
    }
    const NamespaceMap namespaces(map, word(1), word(1));

    std::set<std::string> targets;
    bool all_labels = true;
    for (const std::string& source : sources) {
      targets.insert(namespaces.target_of(source));
      all_labels = all_labels && is_dns_label(namespaces.target_of(source));
    }
    const bool is_fine = all_labels && targets.size() == sources.size();
    EXPECT_EQ(namespaces.check(sources).ok(), is_fine) << "round " << round;
    passed += is_fine ? 1 : 0;
  }
  EXPECT_GT(passed, 100U);
}

}  // namespace
}  // namespace salvor::restore
