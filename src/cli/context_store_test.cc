#include "cli/context_store.h"

#include <gtest/gtest.h>

#include "cli/files.h"
#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

LoginContext login(const std::string& name) {
  return {
      .name = name,
      .endpoint = {.url = "https://" + name, .ca_file = "/ca.pem", .insecure_skip_verify = true},
      .key = "12345"};
}

TEST(ContextStore, IsEmptyBeforeTheFirstLogin) {
  const testing::ScratchFolder home;

  const ContextStore store = *ContextStore::load(environment_of({{"HOME", home.path("x")}}));

  EXPECT_TRUE(store.all().empty());
  EXPECT_EQ(store.current(), nullptr);
  EXPECT_EQ(store.path(), home.path("x") + "/.config/salvor/contexts.yaml");
}

TEST(ContextStore, GivesBackWhatWasSaved) {
  const testing::ScratchFolder home;
  const Environment environment = environment_of({{"HOME", home.path("")}});
  ContextStore store = *ContextStore::load(environment);
  store.put(login("a"));
  store.put(login("b"));
  ASSERT_TRUE(store.save().ok());

  const ContextStore back = *ContextStore::load(environment);

  ASSERT_EQ(back.all().size(), 2U);
  ASSERT_NE(back.current(), nullptr);
  EXPECT_EQ(back.current()->name, "b");
  EXPECT_EQ(back.current()->key, "12345");  // a key of digits stays a text
  EXPECT_EQ(back.current()->endpoint.ca_file, "/ca.pem");
  EXPECT_TRUE(back.current()->endpoint.insecure_skip_verify);
}

TEST(ContextStore, PrefersXdgConfigHomeIfAbsolute) {
  const auto path = [](const char* folder) {
    return ContextStore::load(environment_of({{"HOME", "/h"}, {"XDG_CONFIG_HOME", folder}}))
        ->path();
  };

  EXPECT_EQ(path("/x"), "/x/salvor/contexts.yaml");
  EXPECT_EQ(path("relative"), "/h/.config/salvor/contexts.yaml");
}

TEST(ContextStore, ASecondLoginOfANameReplacesTheFirst) {
  ContextStore store = *ContextStore::load(environment_of({{"HOME", "/none"}}));
  store.put(login("a"));
  store.put({.name = "a", .endpoint = {.url = "https://other"}, .key = "k"});

  ASSERT_EQ(store.all().size(), 1U);
  EXPECT_EQ(store.current()->endpoint.url, "https://other");
}

TEST(ContextStore, NamesTheContextsThereAre) {
  ContextStore store = *ContextStore::load(environment_of({{"HOME", "/none"}}));
  store.put(login("a"));
  store.put(login("b"));

  const Result<void> used = store.use("c");

  ASSERT_FALSE(used.ok());
  EXPECT_EQ(used.error().code, ErrorCode::not_found);
  EXPECT_EQ(used.error().hint, "there are: a, b");
  EXPECT_EQ(store.current_name(), "b");
}

TEST(ContextStore, RefusesAFileOfAnotherKind) {
  const testing::ScratchFolder home;
  for (const char* text : {"[", "just words", "contexts: {}", "contexts: [{name: x}]"}) {
    home.write(".config/salvor/contexts.yaml", text);
    EXPECT_EQ(ContextStore::load(environment_of({{"HOME", home.path("")}})).error().code,
              ErrorCode::invalid)
        << text;
  }
}

TEST(ContextStore, NeedsSomePlace) {
  const Result<ContextStore> store = ContextStore::load(environment_of({}));

  ASSERT_FALSE(store.ok());
  EXPECT_NE(store.error().hint.find("HOME"), std::string::npos);
}

}  // namespace
}  // namespace salvor::cli
