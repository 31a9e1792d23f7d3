#include "cli/reference.h"

#include <gtest/gtest.h>

#include "base/testing/snapshot.h"
#include "cli/commands.h"

namespace salvor::cli {
namespace {

TEST(Reference, DocsCliMdIsFresh) {
  testing::expect_snapshot(std::string(SALVOR_SOURCE_DIR) + "/docs/cli.md",
                           reference_markdown(grammar()));
}

TEST(Reference, BarsInACellDoNotEndIt) {
  const Grammar grammar{.summary = "",
                        .footer = "",
                        .commands = {},
                        .common = {{.name = "x", .value = "A|B", .doc = "a | b"}},
                        .groups = {},
                        .faces = {}};

  EXPECT_NE(reference_markdown(grammar).find("| `--x A\\|B` | a \\| b |"), std::string::npos);
}

}  // namespace
}  // namespace salvor::cli
