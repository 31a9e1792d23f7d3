#include "cli/completion.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using testing::Shell;

// Lets a real bash complete the words, of which the last one is being typed, and returns what it
// offers. `salvor` itself is a function there that knows two clusters.
std::string offers(const std::string& words) {
  Shell shell;
  CHECK(shell.run("completion bash") == 0);
  const std::string script = shell.home.write("script.sh", shell.out() + R"(
salvor() { case "$*" in
  "get kubeclusters -o name"*|"get clusters -o name"*) printf 'kubeclusters/prod\nkubeclusters/lab\n';;
  "context list -o name") echo home;;
esac; }
COMP_WORDS=()" + words + R"()
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_salvor
echo "${COMPREPLY[*]}"
)");
  const std::unique_ptr<FILE, int (*)(FILE*)> bash(popen(("bash " + script + " 2>&1").c_str(), "r"),
                                                   pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), bash.get()) != nullptr) {
    text += buffer.data();
  }
  if (!text.empty()) text.pop_back();
  return text;
}

TEST(Completion, OffersCommands) {
  EXPECT_EQ(offers("salvor lo"), "login logs");
  EXPECT_EQ(offers("salvor backup ''"), "create drill evidence run verify");
}

TEST(Completion, OffersResourcesAndTheirShortWords) {
  EXPECT_EQ(offers("salvor get clu"), "clusters cluster");
  EXPECT_EQ(offers("salvor describe kubecluster"), "kubeclusters kubecluster");
}

TEST(Completion, OffersNamesOfObjects) {
  EXPECT_EQ(offers("salvor get clusters p"), "prod");
  EXPECT_EQ(offers("salvor delete --yes clusters ''"), "prod lab");
  EXPECT_EQ(offers("salvor backup create x --cluster l"), "lab");
  EXPECT_EQ(offers("salvor context use ''"), "home");
}

TEST(Completion, OffersFlagsAndTheirWords) {
  EXPECT_EQ(offers("salvor backup create x --names"), "--namespace");
  EXPECT_EQ(offers("salvor get clusters -o j"), "json");
  EXPECT_EQ(offers("salvor get --ser"), "--server");
}

TEST(Completion, SkipsTheValuesOfFlagsWhenItCounts) {
  EXPECT_EQ(offers("salvor get --sort name clu"), "clusters cluster");
  EXPECT_EQ(offers("salvor -o json get clu"), "clusters cluster");
}

TEST(Completion, OffersFilesWhereFilesAreWanted) {
  EXPECT_EQ(offers("salvor login s --key-file /etc/hostn"), "/etc/hostname");
}

TEST(Completion, ZshRunsTheSameTables) {
  const std::string script = zsh_completion(grammar(), {"clusters"});

  EXPECT_NE(script.find("bashcompinit"), std::string::npos);
  EXPECT_NE(script.find("complete -F _salvor salvor"), std::string::npos);
}

}  // namespace
}  // namespace salvor::cli
