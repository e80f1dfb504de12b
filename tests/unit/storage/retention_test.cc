#include "storage/retention.h"

#include <doctest/doctest.h>

#include "storage/reader.h"
#include "tests/unit/storage/samples.h"

namespace pbx::storage {
namespace {

using std::chrono::hours;
using test::at;

struct Opened {
  Opened() {
    Environment::Options options;
    options.directory = dir.path();
    options.map_size = 64 << 20;
    options.sync = Sync::kOff;
    db = Database::open(options).value();
  }
  void put(std::uint64_t id, core::WallTime started, bool open = false) {
    auto recording = test::sample_recording(id);
    recording.started = started;
    recording.path = std::to_string(id) + ".wav";
    if (open) {
      recording.complete = false;
      recording.sha256.clear();
    }
    REQUIRE(db->write(std::vector<Item>{call::StoreRecording{recording}}, at(0)).has_value());
  }
  Expired run(hours keep, core::WallTime now) {
    erased.clear();
    const auto expired = erase_expired(*db, {hours(0), keep}, now, [this](const std::string& path) {
      if (path == stuck) return false;
      erased += path + " ";
      return true;
    });
    return expired.value();
  }
  [[nodiscard]] Reader reader() const { return {db->env(), db->tables()}; }

  test::TempDir dir;
  std::unique_ptr<Database> db;
  std::string stuck, erased;
};

TEST_CASE("a recording goes with its file and all its indexes") {
  Opened o;
  o.put(1, at(0));
  o.put(2, at(0) + hours(30));
  const auto token = test::sample_recording(1).token;
  CHECK(o.reader().recording_by_token(token).has_value());
  CHECK(o.run(hours(24), at(0) + hours(24)).recordings == 0);  // not older yet
  CHECK(o.run(hours(24), at(1) + hours(24)).recordings == 1);
  CHECK(o.erased == "1.wav ");
  CHECK_FALSE(o.reader().recording(core::RecordingId{1}).has_value());
  CHECK_FALSE(o.reader().recording_by_token(token).has_value());
  CHECK(o.reader().recording(core::RecordingId{2}).has_value());
  const auto rows = o.reader().recordings({}).value().rows;
  CHECK(rows.size() == 1);
}

TEST_CASE("without a time, or without a way to delete files, recordings stay") {
  Opened o;
  o.put(1, at(0));
  CHECK(o.run(hours(0), at(0) + hours(9999)).recordings == 0);
  CHECK(erase_expired(*o.db, {hours(0), hours(24)}, at(0) + hours(9999), {}).value().recordings ==
        0);
  CHECK(o.reader().counts().value().recordings == 1);
}

TEST_CASE("what is being recorded stays") {
  Opened o;
  o.put(1, at(0), true);
  o.put(2, at(0));
  CHECK(o.run(hours(24), at(0) + hours(99)).recordings == 1);
  CHECK(o.erased == "2.wav ");
}

TEST_CASE("a file that cannot be deleted keeps its row and does not hold up the others") {
  Opened o;
  for (std::uint64_t id = 1; id <= 3; ++id) o.put(id, at(static_cast<std::int64_t>(id)));
  o.stuck = "1.wav";
  auto expired = o.run(hours(24), at(0) + hours(99));
  CHECK(expired.recordings == 2);
  CHECK(expired.stuck == 1);
  CHECK(o.reader().recording(core::RecordingId{1}).has_value());
  o.stuck.clear();
  expired = o.run(hours(24), at(0) + hours(99));
  CHECK(expired.recordings == 1);
  CHECK(o.reader().counts().value().recordings == 0);
}

TEST_CASE("many go in portions") {
  Opened o;
  for (std::uint64_t id = 1; id <= kRetentionRows + 5; ++id) o.put(id, at(0));
  auto expired = o.run(hours(24), at(0) + hours(99));
  CHECK(expired.recordings == kRetentionRows);
  CHECK(expired.more);
  expired = o.run(hours(24), at(0) + hours(99));
  CHECK(expired.recordings == 5);
  CHECK_FALSE(expired.more);
}

}  // namespace
}  // namespace pbx::storage
