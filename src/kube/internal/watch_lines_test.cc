#include "kube/internal/watch_lines.h"

#include <gmock/gmock.h>

#include "kube/status.h"

namespace salvor::kube {
namespace {

TEST(LineSplitter, PutsChunksTogether) {
  LineSplitter lines;

  lines.add("{\"a\"");
  EXPECT_EQ(lines.next(), std::nullopt);
  EXPECT_EQ(lines.pending_bytes(), 4U);
  lines.add(":1}\n\n{\"b\":2}\n{");

  EXPECT_EQ(lines.next(), "{\"a\":1}");
  EXPECT_EQ(lines.next(), "{\"b\":2}");
  EXPECT_EQ(lines.next(), std::nullopt);
  EXPECT_EQ(lines.pending_bytes(), 1U);
}

TEST(WatchEvent, IsReadFromItsLine) {
  const auto event = read_watch_event(R"({"type":"MODIFIED","object":{"kind":"Pod"}})");

  ASSERT_TRUE(event.ok()) << event.error().describe();
  EXPECT_EQ(event->type, WatchEvent::Type::modified);
  EXPECT_EQ(text_at(event->object, "kind"), "Pod");
}

TEST(WatchEvent, OfAnOldVersionIsExpired) {
  const auto event = read_watch_event(
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}})");

  ASSERT_FALSE(event.ok());
  EXPECT_TRUE(is_expired(event.error()));
  EXPECT_EQ(event.error().message, "old");
}

TEST(WatchEvent, IsCorruptWhenItIsNone) {
  for (const char* line : {"{", "[]", R"({"type":"ADDED"})", R"({"type":"NEW","object":{}})"}) {
    const auto event = read_watch_event(line);
    ASSERT_FALSE(event.ok()) << line;
    EXPECT_EQ(event.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace salvor::kube
