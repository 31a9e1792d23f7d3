#include "repo/id.h"

#include <gtest/gtest.h>

namespace salvor::repo {
namespace {

TEST(Id, IsTheHashOfTheBytes) {
  EXPECT_EQ(id_of("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(id_of("abc").brief(), "ba7816bf");
}

TEST(Id, IsTheSameOfBytesThatComeInPieces) {
  Hasher hasher;
  hasher.add("a");
  hasher.add("bc");

  EXPECT_EQ(hasher.finish(), id_of("abc"));
  EXPECT_EQ(hasher.finish(), id_of(""));
}

TEST(Id, ReadsWhatItWrites) {
  const Id id = id_of("abc");

  EXPECT_EQ(parse_id(id.hex()), id);
}

TEST(Id, RefusesWhatIsNoId) {
  const std::string good = id_of("abc").hex();
  for (const std::string& text :
       {std::string(), good.substr(1), good + "0", std::string(64, 'g'), std::string(64, 'A')})
    EXPECT_FALSE(parse_id(text)) << text;
}

}  // namespace
}  // namespace salvor::repo
