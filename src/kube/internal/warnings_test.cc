#include "kube/internal/warnings.h"

#include <gtest/gtest.h>

namespace salvor::kube {
namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const std::string& value) { return warnings_in({{"Warning", value}}); }

TEST(Warnings, AreReadFromTheirHeader) {
  EXPECT_EQ(texts_of(R"(299 - "unknown field \"spec.foo\"")"),
            Texts{R"(unknown field "spec.foo")"});
}

TEST(Warnings, KeepTheirOrder) {
  EXPECT_EQ(warnings_in({{"warning", R"(299 - "a")"}, {"Other", "x"}, {"Warning", R"(299 - "b")"}}),
            (Texts{"a", "b"}));
  EXPECT_EQ(texts_of(R"(299 - "a, b", 299 - "c")"), (Texts{"a, b", "c"}));
  EXPECT_EQ(texts_of(R"(299 - "a" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "c")").back(), "c");
}

TEST(Warnings, LeaveOutWhatCannotBeRead) {
  for (const char* value : {"", "299", "299 - text", R"(299 - ")", R"(299 - "text)", R"(299 - "\)"})
    EXPECT_EQ(texts_of(value), Texts()) << value;
}

}  // namespace
}  // namespace salvor::kube
