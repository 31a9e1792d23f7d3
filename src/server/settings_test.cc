#include "server/settings.h"

#include <gtest/gtest.h>

#include <set>

#include "base/testing/snapshot.h"

namespace salvor::server {
namespace {

TEST(Settings, HaveDefaults) {
  const Settings settings = parse_settings({}).value();

  EXPECT_EQ(settings.address, "127.0.0.1");
  EXPECT_EQ(settings.port, 8080);
}

TEST(Settings, ReadBothFormsOfAFlag) {
  const Settings settings =
      parse_settings({"--data", "d", "--listen=[::1]:0", "--cors-origin", "a", "--cors-origin=b"})
          .value();

  EXPECT_EQ(settings.data, "d");
  EXPECT_EQ(settings.address, "::1");
  EXPECT_EQ(settings.port, 0);
  EXPECT_EQ(settings.cors_origins, (std::vector<std::string>{"a", "b"}));
}

TEST(Settings, NameTheFlagThatIsWrong) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--listen", "nowhere"},
                                                {"--listen", "a:70000"},
                                                {"--jobs", "0"},
                                                {"--log-level", "loud"},
                                                {"--writes-in-flight", "x"},
                                                {"--data"},
                                                {"--what", "x"}}) {
    const auto refused = parse_settings(words);
    ASSERT_FALSE(refused.ok()) << words[0];
    EXPECT_NE(refused.error().message.find(words[0]), std::string::npos) << words[0];
  }
}

TEST(Settings, CertificateAndKeyGoTogether) {
  EXPECT_FALSE(parse_settings({"--tls-key", "k"}).ok());
  EXPECT_TRUE(parse_settings({"--tls-key", "k", "--tls-certificate", "c"}).ok());
}

TEST(Settings, EveryRowIsInTheHelp) {
  for (const SettingRow& row : setting_rows()) {
    EXPECT_NE(settings_help().find(row.flag), std::string::npos) << row.flag;
  }
}

TEST(Settings, PageIsFresh) {
  testing::expect_snapshot(std::string(SALVOR_SOURCE_DIR) + "/docs/generated/settings.md",
                           settings_page());
}

}  // namespace
}  // namespace salvor::server
