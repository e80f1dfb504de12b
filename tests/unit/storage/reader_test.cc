#include "storage/reader.h"

#include <doctest/doctest.h>

#include "tests/unit/storage/samples.h"

namespace pbx::storage {
namespace {

using test::at;
using test::sample_cdr;

// Calls a second apart; those with odd ids were busy and went to 200.
struct Filled {
  test::TempDir dir;
  std::unique_ptr<Database> db = Database::open({dir.path(), 512 << 20, 16, Sync::kOff}).value();
  Reader reader{db->env(), db->tables()};

  explicit Filled(std::uint64_t calls = 10) {
    std::vector<Item> items;
    for (std::uint64_t id = 1; id <= calls; ++id) {
      auto cdr = sample_cdr(id, static_cast<std::int64_t>(id) * 1000);
      if (calls > 1000) cdr.legs.clear();
      if (id % 2 == 1) {
        cdr.outcome = call::Outcome::kBusy;
        cdr.dialed = cdr.called.number = "200";
      }
      items.push_back(call::StoreCdr{std::move(cdr)});
      if (items.size() < 5000 && id < calls) continue;
      REQUIRE(db->write(items, at(0)).has_value());
      items.clear();
    }
  }
};

using Ids = std::vector<std::uint64_t>;

Ids ids(const Page& page) {
  Ids all;
  for (const auto& row : page.rows) all.push_back(parse_cdr(row).value().id.value);
  return all;
}

TEST_CASE("records come newest first, page by page, without repeats") {
  const Filled f;
  auto page = f.reader.cdrs({.limit = 4}).value();
  CHECK(ids(page) == Ids{10, 9, 8, 7});
  page = f.reader.cdrs({.limit = 4, .after = page.next}).value();
  CHECK(ids(page) == Ids{6, 5, 4, 3});
  page = f.reader.cdrs({.limit = 4, .after = page.next}).value();
  CHECK(ids(page) == Ids{2, 1});
  CHECK(page.next.empty());
}

TEST_CASE("filters by time include the first moment and exclude the last") {
  const Filled f;
  CHECK(ids(f.reader.cdrs({.from = at(3000), .until = at(6000)}).value()) == Ids{5, 4, 3});
  CHECK(ids(f.reader.cdrs({.from = at(9500)}).value()) == Ids{10});
  CHECK(ids(f.reader.cdrs({.until = at(2000)}).value()) == Ids{1});
  CHECK(f.reader.cdrs({.from = at(20000)}).value().rows.empty());
}

TEST_CASE("filters by number, outcome and time combine") {
  const Filled f;
  CHECK(ids(f.reader.cdrs({.number = "200"}).value()) == Ids{9, 7, 5, 3, 1});
  CHECK(ids(f.reader.cdrs({.from = at(4000), .number = "200"}).value()) == Ids{9, 7, 5});
  CHECK(ids(f.reader.cdrs({.until = at(4000), .outcome = call::Outcome::kBusy}).value()) ==
        Ids{3, 1});
  CHECK(f.reader.cdrs({.number = "200", .outcome = call::Outcome::kAnswered}).value().rows.empty());
  CHECK(f.reader.cdrs({.number = "20"}).value().rows.empty());
}

TEST_CASE("pages by number go on where they ended") {
  const Filled f;
  const auto first = f.reader.cdrs({.number = "200", .limit = 2}).value();
  CHECK(ids(first) == Ids{9, 7});
  CHECK(ids(f.reader.cdrs({.number = "200", .limit = 9, .after = first.next}).value()) ==
        Ids{5, 3, 1});
}

TEST_CASE("an `after` that no page gave is refused") {
  const Filled f;
  for (const char* after : {"x", "00", "zz"}) {
    const auto page = f.reader.cdrs({.after = after});
    REQUIRE_FALSE(page.has_value());
    CHECK(page.error().code == core::ErrorCode::kInvalidArgument);
  }
}

TEST_CASE("a query among many records costs what its range holds") {
  const Filled f(100'000);
  const auto page =
      f.reader.cdrs({.from = at(50'000'000), .until = at(50'010'000), .limit = 1000}).value();
  CHECK(page.rows.size() == 10);
  CHECK(page.scanned == 10);
  const auto none = f.reader.cdrs({.outcome = call::Outcome::kInterrupted}).value();
  CHECK(none.rows.empty());
  CHECK(none.scanned == kScanMax);
  CHECK_FALSE(none.next.empty());  // more to look at
  CHECK(f.reader.cdrs({.limit = 1'000'000}).value().rows.size() == kPageMax);
}

TEST_CASE("recordings are found by id, call, token and time") {
  const Filled f(0);
  auto first = test::sample_recording(1, 0xa), second = test::sample_recording(2, 0xa),
       third = test::sample_recording(3, 0xb);
  third.started = at(9000);
  const std::vector<Item> items{call::StoreRecording{first}, call::StoreRecording{second},
                                call::StoreRecording{third}};
  REQUIRE(f.db->write(items, at(0)).has_value());
  CHECK(f.reader.recording(core::RecordingId{2}).value() == to_json(second));
  CHECK(f.reader.recording_by_token(third.token).value() == to_json(third));
  CHECK(f.reader.recording_by_token("").error().code == core::ErrorCode::kNotFound);
  CHECK(f.reader.recording_by_token(std::string(600, 'x')).error().code ==
        core::ErrorCode::kNotFound);
  const auto of_call = f.reader.recordings({.call = core::CallId{0xa}}).value();
  CHECK((of_call.rows == std::vector{to_json(second), to_json(first)}));
  const auto newest = f.reader.recordings({.limit = 1}).value();
  CHECK((newest.rows == std::vector{to_json(third)}));
  const auto rest = f.reader.recordings({.after = newest.next}).value();
  CHECK(rest.rows.size() == 2);
  CHECK(f.reader.recordings({.from = at(8000)}).value().rows.size() == 1);
}

}  // namespace
}  // namespace pbx::storage
