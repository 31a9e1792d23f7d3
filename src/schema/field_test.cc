#include "schema/field.h"

#include <gtest/gtest.h>

namespace salvor::schema {
namespace {

TEST(Traits, AreCombined) {
  const Traits both = required | indexed;

  EXPECT_TRUE(both.has(required));
  EXPECT_TRUE(both.has(indexed));
  EXPECT_FALSE(both.has(unique));
  EXPECT_TRUE(both.has(optional));
}

TEST(Field, KnowsWhomItBelongsTo) {
  const Field secret{"s", string(), write_only, ""};
  const Field status{"s", string(), server_owned, ""};
  const Field lease{"s", string(), internal, ""};

  EXPECT_TRUE(secret.is_hidden() && !secret.is_servers());
  EXPECT_TRUE(status.is_servers() && !status.is_hidden());
  EXPECT_TRUE(lease.is_servers() && lease.is_hidden());
}

TEST(Shape, IsRefinedStepByStep) {
  const Shape shape = list(string()).at_most(3).by_default(Json::array());

  EXPECT_EQ(shape.type, Type::list);
  EXPECT_EQ(shape.most, 3);
  EXPECT_EQ(shape.default_value, Json::array());
  EXPECT_EQ(shape.element.at(0).type, Type::string);
}

TEST(Shape, HasTheWordOfTheApisMessages) {
  EXPECT_STREQ(to_string(Type::reference), "objectid");
  EXPECT_STREQ(to_string(Type::map), "dict");
  EXPECT_STREQ(to_string(Type::boolean), "boolean");
}

TEST(Fields, AreFoundByName) {
  const std::vector<Field> fields = {{"a", string(), optional, ""}, {"b", any(), optional, ""}};

  EXPECT_EQ(find_field(fields, "b"), &fields[1]);
  EXPECT_EQ(find_field(fields, "c"), nullptr);
}

}  // namespace
}  // namespace salvor::schema
