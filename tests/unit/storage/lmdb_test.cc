#include "storage/lmdb.h"

#include <doctest/doctest.h>

#include "tests/unit/storage/samples.h"

namespace pbx::storage {
namespace {

struct Opened {
  test::TempDir dir;
  std::unique_ptr<Environment> env;
  Table table;
  explicit Opened(std::uint64_t map = 1 << 20) {
    env = Environment::open({dir.path(), map, 4, Sync::kOff}).value();
    table = env->open_table("t").value();
  }
  void put(std::string_view key, std::string_view value) {
    WriteTxn txn(*env);
    REQUIRE(txn.put(table, key, value).has_value());
    REQUIRE(txn.commit().has_value());
  }
};

TEST_CASE("what was committed is seen, what was not is rolled back") {
  Opened db;
  db.put("a", "1");
  {
    WriteTxn txn(*db.env);
    REQUIRE(txn.put(db.table, "b", "2").has_value());
  }
  ReadTxn txn(*db.env);
  CHECK(txn.get(db.table, "a").value().value() == "1");
  CHECK_FALSE(txn.get(db.table, "b").value().has_value());
  CHECK(txn.count(db.table).value() == 1);
}

TEST_CASE("a snapshot does not see later commits") {
  Opened db;
  db.put("a", "1");
  ReadTxn txn(*db.env);
  db.put("a", "2");
  CHECK(txn.get(db.table, "a").value().value() == "1");
}

TEST_CASE("erase tells whether there was something") {
  Opened db;
  db.put("a", "1");
  WriteTxn txn(*db.env);
  CHECK(txn.erase(db.table, "a").value());
  CHECK_FALSE(txn.erase(db.table, "a").value());
}

TEST_CASE("a cursor walks both ways and finds its place") {
  Opened db;
  for (const char* key : {"b", "d", "f"}) db.put(key, key);
  ReadTxn txn(*db.env);
  Cursor cursor(txn, db.table);
  REQUIRE(cursor.first());
  CHECK(cursor.key() == "b");
  REQUIRE(cursor.next());
  CHECK(cursor.value() == "d");
  REQUIRE(cursor.last());
  CHECK_FALSE(cursor.next());
  CHECK(cursor.status().has_value());
  REQUIRE(cursor.seek("c"));
  CHECK(cursor.key() == "d");
  REQUIRE(cursor.seek_before("d"));
  CHECK(cursor.key() == "b");
  REQUIRE(cursor.seek_before("z"));
  CHECK(cursor.key() == "f");
  CHECK_FALSE(cursor.seek_before("b"));
  CHECK_FALSE(cursor.seek("g"));
}

TEST_CASE("a cursor of an empty table finds nothing") {
  Opened db;
  ReadTxn txn(*db.env);
  Cursor cursor(txn, db.table);
  CHECK_FALSE(cursor.first());
  CHECK_FALSE(cursor.seek_before("x"));
  CHECK(cursor.status().has_value());
}

TEST_CASE("a full map is told apart from other failures, and a larger one goes on") {
  Opened db(256 << 10);
  const std::string value(100 << 10, 'x');
  const auto fill = [&] {
    WriteTxn txn(*db.env);
    for (int i = 0; i < 4; ++i)
      if (auto put = txn.put(db.table, std::to_string(i), value); !put) return put;
    return txn.commit();
  };
  const auto full = fill();
  REQUIRE_FALSE(full.has_value());
  CHECK(full.error().code == core::ErrorCode::kLimitReached);
  db.env.reset();
  db.env = Environment::open({db.dir.path(), 1 << 20, 4, Sync::kOff}).value();
  db.table = db.env->open_table("t").value();
  CHECK(fill().has_value());
  CHECK(db.env->usage().map_bytes == 1 << 20);
  CHECK(db.env->usage().used_bytes > 400 << 10);
}

TEST_CASE("a key that is too long is refused") {
  Opened db;
  WriteTxn txn(*db.env);
  const auto put = txn.put(db.table, std::string(kKeyMax + 1, 'k'), "v");
  REQUIRE_FALSE(put.has_value());
  CHECK(put.error().code == core::ErrorCode::kInvalidArgument);
}

TEST_CASE("a directory that cannot be made is an error, not an end") {
  const auto env = Environment::open({"/proc/no-such/place"});
  REQUIRE_FALSE(env.has_value());
  CHECK(env.error().code == core::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace pbx::storage
