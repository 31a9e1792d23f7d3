#include "catalog/internal/sqlite_connection.h"

#include <gtest/gtest.h>

#include "catalog/testing/folder.h"

namespace salvor::catalog {
namespace {

class SqliteConnection : public testing::Test {
 protected:
  SqliteConnection() {
    auto opened = Connection::open(folder_.file("c"), Connection::Role::writer, 512);
    CHECK(opened.ok());
    connection_ = std::move(opened).value();
    execute("CREATE TABLE t (a, b UNIQUE)");
  }

  void execute(std::string text, std::vector<SqlValue> values = {}) {
    const auto done = connection_->execute({std::move(text), std::move(values)});
    EXPECT_TRUE(done.ok()) << done.error().describe();
  }

  Folder folder_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(SqliteConnection, GivesBackEveryKindOfValue) {
  execute("INSERT INTO t VALUES (?, ?)", {std::int64_t{5}, std::string("a\0b", 3)});

  auto rows = connection_->query({"SELECT a, b, NULL FROM t", {}});

  ASSERT_TRUE(rows.ok() && *rows->step());
  EXPECT_EQ(rows->integer(0), 5);
  EXPECT_EQ(rows->text(1), std::string("a\0b", 3));
  EXPECT_EQ(rows->text(2), "");
  EXPECT_FALSE(*rows->step());
}

TEST_F(SqliteConnection, LendsOneStatementTwiceAtATime) {
  execute("INSERT INTO t VALUES (1, 1)");
  const Sql sql{"SELECT a FROM t WHERE a = ?", {std::int64_t{1}}};

  auto outer = connection_->query(sql);
  ASSERT_TRUE(*outer->step());
  auto inner = connection_->query(sql);

  EXPECT_TRUE(*inner->step());
  EXPECT_EQ(outer->integer(0), 1);
}

TEST_F(SqliteConnection, KeepsWorkingWhenItForgetsStatements) {
  for (int i = 0; i < 300; ++i) {
    execute("INSERT INTO t VALUES (" + std::to_string(i) + ", " + std::to_string(i) + ")");
  }
  auto rows = connection_->query({"SELECT count(*) FROM t", {}});

  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->integer(0), 300);
}

TEST_F(SqliteConnection, NamesTheFieldOfABrokenConstraint) {
  execute("INSERT INTO t VALUES (1, 1)");

  const auto failed = connection_->execute({"INSERT INTO t VALUES (2, 1)", {}});

  EXPECT_EQ(failed.error().code, ErrorCode::conflict);
  EXPECT_EQ(failed.error().fact("field"), "b");
}

TEST_F(SqliteConnection, CallsBrokenSqlABug) {
  EXPECT_EQ(connection_->execute({"NOT SQL", {}}).error().code, ErrorCode::bug);
}

TEST_F(SqliteConnection, LetsReadersOnlyRead) {
  auto reader = Connection::open(folder_.file("c"), Connection::Role::reader, 512);
  ASSERT_TRUE(reader.ok());

  const auto failed = (*reader)->execute({"INSERT INTO t VALUES (1, 1)", {}});

  EXPECT_EQ(failed.error().code, ErrorCode::denied);
}

TEST_F(SqliteConnection, ForgetsATransactionThatIsRolledBack) {
  execute("BEGIN");
  execute("INSERT INTO t VALUES (1, 1)");
  connection_->roll_back();
  connection_->roll_back();

  auto rows = connection_->query({"SELECT count(*) FROM t", {}});
  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->integer(0), 0);
}

TEST_F(SqliteConnection, StopsWhenItsContextIs) {
  std::stop_source source;
  const Context context = background().stopped_by(source.get_token());
  connection_->obey(&context);
  source.request_stop();

  // Without an end of its own.
  auto rows = connection_->query(
      {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", {}});

  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->step().error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace salvor::catalog
