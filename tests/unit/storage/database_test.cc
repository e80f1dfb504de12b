#include "storage/database.h"

#include <doctest/doctest.h>

#include "storage/keys.h"
#include "storage/reader.h"
#include "tests/unit/storage/samples.h"

namespace pbx::storage {
namespace {

using test::at;
using test::sample_cdr;

struct Opened {
  test::TempDir dir;
  std::unique_ptr<Database> db;
  explicit Opened(std::uint64_t map = 64 << 20) { open(map); }
  void open(std::uint64_t map = 64 << 20) {
    db.reset();
    db = Database::open({dir.path(), map, 16, Sync::kOff}).value();
  }
  void write(const std::vector<Item>& items, core::WallTime now = at(50000)) {
    REQUIRE(db->write(items, now).has_value());
  }
  [[nodiscard]] Reader reader() const { return {db->env(), db->tables()}; }
  [[nodiscard]] Reader::Counts counts() const { return reader().counts().value(); }
};

TEST_CASE("the end of a call replaces its journal entry") {
  Opened o;
  o.write({call::Journal{sample_cdr(1)}});
  CHECK(o.counts().journal == 1);
  o.write({call::StoreCdr{sample_cdr(1)}});
  CHECK(o.counts().journal == 0);
  CHECK(o.counts().cdrs == 1);
  o.write({call::Journal{sample_cdr(1)}});  // late news
  CHECK(o.counts().journal == 0);
}

TEST_CASE("a second record of the same call replaces the first, indexes included") {
  Opened o;
  o.write({call::StoreCdr{sample_cdr(1, 0)}});
  auto changed = sample_cdr(1, 5000);
  changed.called.number = changed.dialed = "200";
  o.write({call::StoreCdr{changed}});
  CHECK(o.counts().cdrs == 1);
  CHECK(o.reader().cdrs({.number = "102"}).value().rows.empty());
  CHECK(o.reader().cdrs({.number = "200"}).value().rows.size() == 1);
}

TEST_CASE("a call in progress at a kill becomes one interrupted record") {
  Opened o;
  auto running = sample_cdr(1, 0);
  running.ended = {};
  running.legs[0].ended = {};
  o.write({call::Journal{running}}, at(9000));
  o.open();
  const auto recovered = o.db->recover({}).value();
  CHECK(recovered.calls == 1);
  const auto cdr = parse_cdr(o.reader().cdr(core::CallId{1}).value()).value();
  CHECK(cdr.outcome == call::Outcome::kInterrupted);
  CHECK(cdr.cause.text == "interrupted");
  CHECK(cdr.ended == at(9000));  // when the store was last alive
  CHECK(cdr.legs[0].ended == at(9000));
  CHECK(cdr.legs[1].ended == at(32000));  // had ended before
  CHECK(cdr.segments.back().until == at(9000));
  CHECK(o.db->recover({}).value().calls == 0);
  CHECK(o.counts().cdrs == 1);
}

TEST_CASE("a journal entry that cannot be read still leaves a record") {
  Opened o;
  o.write({}, at(9000));
  {
    WriteTxn txn(o.db->env());
    REQUIRE(txn.put(o.db->tables().journal, keys::u64(0xabc), "{rubbish").has_value());
    REQUIRE(txn.commit().has_value());
  }
  CHECK(o.db->recover({}).value().corrupt == 1);
  const auto cdr = parse_cdr(o.reader().cdr(core::CallId{0xabc}).value()).value();
  CHECK(cdr.outcome == call::Outcome::kInterrupted);
  CHECK(cdr.chain == core::CallId{0xabc});
}

TEST_CASE("a recording cut off by a kill is completed from its file") {
  Opened o;
  auto first = test::sample_recording(1), second = test::sample_recording(2);
  for (auto* recording : {&first, &second}) {
    recording->complete = false;
    recording->sha256.clear();
    recording->size_bytes = 0;
  }
  second.path = "gone.wav";
  o.write({call::StoreRecording{first}, call::StoreRecording{second},
           call::StoreRecording{test::sample_recording(3)}});
  const auto probe = [](const std::string& path) -> std::optional<RecordingFile> {
    if (path == "gone.wav") return std::nullopt;
    return RecordingFile{std::chrono::milliseconds(7000), 224044, "beef"};
  };
  CHECK(o.db->recover(probe).value().recordings == 2);
  const auto row = parse_recording(o.reader().recording(core::RecordingId{1}).value()).value();
  CHECK_FALSE(row.complete);
  CHECK(row.problem == "interrupted");
  CHECK(row.size_bytes == 224044);
  CHECK(row.duration == std::chrono::milliseconds(7000));
  const auto lost = parse_recording(o.reader().recording(core::RecordingId{2}).value()).value();
  CHECK(lost.problem == "interrupted, no file");
  const auto whole = parse_recording(o.reader().recording(core::RecordingId{3}).value()).value();
  CHECK(whole.complete);
  CHECK(o.db->recover(probe).value().recordings == 0);
}

TEST_CASE("bindings and accounts survive") {
  Opened o;
  auto binding = test::sample_binding(9);
  o.write({StoreBinding{binding}, StoreBinding{test::sample_binding(10)},
           StoreAccount{{"101", config::Secret("x")}}, StoreAccount{{"101", config::Secret("y")}},
           StoreMeta{"node", "7"}});
  binding.cseq = 18;
  o.write({StoreBinding{binding}, EraseBinding{core::BindingId{10}},
           EraseBinding{core::BindingId{11}}});
  o.open();
  CHECK((o.reader().bindings().value() == std::vector{binding}));
  CHECK((o.reader().accounts().value() == std::vector<Account>{{"101", config::Secret("y")}}));
  CHECK(o.reader().meta("node").value().value() == "7");
  CHECK_FALSE(o.reader().meta("other").value().has_value());
}

TEST_CASE("at its bound the database refuses a batch whole, and takes it after a larger one") {
  Opened o(2 << 20);
  std::uint64_t id = 0;
  const auto batch = [&] {
    std::vector<Item> items;
    for (int i = 0; i < 100; ++i) {
      ++id;
      items.push_back(call::StoreCdr{sample_cdr(id, 10 * static_cast<std::int64_t>(id))});
    }
    return o.db->write(items, at(0));
  };
  core::Result<> written;
  while ((written = batch())) {
  }
  CHECK(written.error().code == core::ErrorCode::kLimitReached);
  CHECK(o.counts().cdrs == id - 100);
  o.open(4 << 20);
  CHECK(batch().has_value());
}

TEST_CASE("old records are erased with their indexes, newer ones stay") {
  Opened o;
  std::vector<Item> items;
  for (std::uint64_t id = 1; id <= 10; ++id)
    items.push_back(call::StoreCdr{sample_cdr(id, static_cast<std::int64_t>(id) * 1000)});
  o.write(items);
  CHECK(o.db->erase_cdrs_before(at(5000), 3).value() == 3);
  CHECK(o.db->erase_cdrs_before(at(5000), 3).value() == 1);
  CHECK(o.db->erase_cdrs_before(at(5000), 3).value() == 0);
  CHECK(o.counts().cdrs == 6);
  CHECK(o.reader().cdrs({.number = "101"}).value().rows.size() == 6);
  CHECK_FALSE(o.reader().cdr(core::CallId{4}).has_value());
  CHECK(o.reader().cdr(core::CallId{5}).has_value());
}

TEST_CASE("a database of a newer program is refused") {
  Opened o;
  o.write({StoreMeta{"schema", "99"}});
  o.db.reset();
  const auto db = Database::open({o.dir.path(), 64 << 20, 16, Sync::kOff});
  REQUIRE_FALSE(db.has_value());
  CHECK(db.error().code == core::ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace pbx::storage
