#include "storage/store.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>

#include "core/base/clock.h"
#include "tests/unit/storage/samples.h"

namespace pbx::storage {
namespace {

using test::sample_cdr;

StoreOptions options_for(const std::filesystem::path& dir) {
  StoreOptions options;
  options.directory = dir;
  options.map_size = 256 << 20;
  options.sync = Sync::kOff;
  options.commit_interval = std::chrono::milliseconds(1);
  options.retention = {};
  return options;
}

call::StoreCommand end_of(std::uint64_t id) {
  return call::StoreCdr{sample_cdr(id, static_cast<std::int64_t>(id))};
}

void wait_for_commit(Store& store) {
  std::promise<void> done;
  store.post_barrier([&] { done.set_value(); });
  done.get_future().wait();
}

TEST_CASE("what was posted before a barrier is committed when it runs") {
  const test::TempDir dir;
  const auto store = Store::open(options_for(dir.path())).value();
  for (std::uint64_t id = 1; id <= 500; ++id) store->post(end_of(id));
  wait_for_commit(*store);
  CHECK(store->reader().counts().value().cdrs == 500);
  const auto stats = store->stats();
  CHECK(stats.items == 500);
  CHECK(stats.commits < 500);  // many in one transaction
  CHECK(stats.backlog == 0);
  CHECK_FALSE(store->must_refuse_calls());
}

TEST_CASE("the end of the store writes what is still waiting") {
  const test::TempDir dir;
  {
    auto options = options_for(dir.path());
    options.commit_interval = std::chrono::hours(1);
    const auto store = Store::open(std::move(options)).value();
    store->post(StoreBinding{test::sample_binding()});
    wait_for_commit(*store);
    store->post(StoreBinding{test::sample_binding(77)});
  }
  const auto store = Store::open(options_for(dir.path())).value();
  CHECK(store->reader().bindings().value().size() == 2);
}

// The child journals a call, ends every second one, and writes the id of each call to the pipe
// once it is committed; it never comes to an end of its own.
[[noreturn]] void write_calls_for_ever(const std::filesystem::path& dir, int announce) {
  const auto store = Store::open(options_for(dir)).value();
  for (std::uint64_t id = 1;; ++id) {
    store->post(call::StoreCommand(call::Journal{sample_cdr(id, static_cast<std::int64_t>(id))}));
    if (id % 2 == 0) store->post(end_of(id));
    wait_for_commit(*store);
    if (::write(announce, &id, sizeof id) != sizeof id) ::_exit(1);
  }
}

TEST_CASE("a kill loses nothing that was committed, and each call has one record") {
  const test::TempDir dir;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) write_calls_for_ever(dir.path(), ends[1]);
  ::close(ends[1]);
  std::uint64_t last = 0;
  while (last < 60 && ::read(ends[0], &last, sizeof last) == sizeof last) {
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  for (std::uint64_t id; ::read(ends[0], &id, sizeof id) == sizeof id;) last = id;
  ::close(ends[0]);

  REQUIRE(last >= 60);
  const auto store = Store::open(options_for(dir.path())).value();
  CHECK(store->recovered().calls >= 30);
  const auto reader = store->reader();
  for (std::uint64_t id = 1; id <= last; ++id) {
    CAPTURE(id);
    const auto cdr = reader.cdr(core::CallId{id});
    REQUIRE(cdr.has_value());
    CHECK((parse_cdr(*cdr)->outcome == call::Outcome::kInterrupted) == (id % 2 == 1));
  }
  const auto counts = reader.counts().value();
  CHECK(counts.journal == 0);
  CHECK(counts.cdrs >= last);
  CHECK(counts.cdrs <= last + 1);  // one more may have been under way
}

TEST_CASE("records that the database cannot take are spilled and read back") {
  const test::TempDir dir;
  constexpr std::uint64_t kCalls = 1500;
  {
    auto options = options_for(dir.path());
    options.map_size = 1 << 20;  // takes a few hundred
    std::atomic<int> errors = 0;
    options.log = [&](call::Notice::Level level, const std::string&) {
      if (level == call::Notice::Level::kError) ++errors;
    };
    const auto store = Store::open(std::move(options)).value();
    for (std::uint64_t id = 1; id <= kCalls; ++id) {
      store->post(end_of(id));
      if (id == 100) wait_for_commit(*store);
    }
    while (store->stats().spilled == 0) std::this_thread::yield();
    CHECK(store->stats().failing);
    CHECK(errors > 0);
    CHECK(store->reader().counts().value().cdrs >= 100);
  }
  CHECK(std::filesystem::exists(dir.path() / "cdr-spill.jsonl"));
  const auto store = Store::open(options_for(dir.path())).value();
  CHECK(store->reader().counts().value().cdrs == kCalls);
  CHECK(store->stats().replayed > 0);
  CHECK_FALSE(std::filesystem::exists(dir.path() / "cdr-spill.jsonl"));
}

TEST_CASE("a full database that gets room again takes what was spilled, without a restart") {
  const test::TempDir dir;
  auto options = options_for(dir.path());
  options.map_size = 4 << 20;
  const auto store = Store::open(std::move(options)).value();
  constexpr std::uint64_t kOld = 500;
  for (std::uint64_t id = 1; id <= kOld; ++id) store->post(end_of(id));  // of 2023
  wait_for_commit(*store);
  constexpr std::uint64_t kNew = 600;
  for (std::uint64_t id = 1; id <= kNew; ++id) {
    auto cdr = sample_cdr(1000 + id);
    cdr.started = core::wall_now();
    store->post(call::StoreCommand(call::StoreCdr{cdr}));
  }
  while (store->stats().spilled == 0) std::this_thread::yield();
  store->set_retention({std::chrono::hours(24), {}});
  while (store->stats().failing) std::this_thread::yield();
  CHECK(store->stats().cdrs_expired == kOld);
  CHECK(store->reader().counts().value().cdrs == kNew);
  CHECK(store->stats().usage.share() < 0.9);
}

TEST_CASE("records stay in memory when the spill file fails too, and new calls are refused") {
  const test::TempDir dir;
  auto options = options_for(dir.path());
  options.map_size = 1 << 20;
  std::string last_words;
  options.log = [&](call::Notice::Level, const std::string& text) { last_words = text; };
  auto store = Store::open(std::move(options)).value();
  const auto in_the_way = dir.path() / "cdr-spill.jsonl" / "x";  // no file can be there
  std::filesystem::create_directories(in_the_way);
  call::Cdr cdr;
  for (std::uint64_t id = 1; id <= Store::kRefuseAbove + 5000; ++id) {
    cdr.id = core::CallId{id};
    store->post(call::StoreCommand(call::StoreCdr{cdr}));
  }
  while (!store->stats().failing || !store->must_refuse_calls()) std::this_thread::yield();
  CHECK(store->stats().spilled == 0);
  CHECK(store->stats().dropped == 0);
  std::filesystem::remove_all(in_the_way.parent_path());
  while (store->must_refuse_calls()) std::this_thread::yield();  // until the next attempt
  CHECK(store->stats().spilled > 0);
  std::filesystem::remove(in_the_way.parent_path());
  std::filesystem::create_directories(in_the_way);
  for (std::uint64_t id = 1; id <= 2000; ++id) store->post(end_of(1'000'000 + id));
  store.reset();
  CHECK(last_words.starts_with("records lost count="));
}

TEST_CASE("the store shows life without work, so that an interrupted call gets its end") {
  const test::TempDir dir;
  const auto store = Store::open(options_for(dir.path())).value();
  while (!store->reader().meta("alive").value().has_value()) std::this_thread::yield();
  const auto alive = core::parse_iso8601(*store->reader().meta("alive").value());
  REQUIRE(alive.has_value());
  CHECK(core::wall_now() - *alive < std::chrono::hours(1));
}

TEST_CASE("a spilled record ends the journal of its call") {
  const test::TempDir dir;
  {
    const auto store = Store::open(options_for(dir.path())).value();
    store->post(call::StoreCommand(call::Journal{sample_cdr(1)}));
  }
  SpillFile spill(dir.path() / "cdr-spill.jsonl");
  const std::vector<Item> items{call::StoreCdr{sample_cdr(1)}};
  REQUIRE(spill.append(items).has_value());
  const auto store = Store::open(options_for(dir.path())).value();
  CHECK(store->recovered().calls == 0);
  const auto cdr = parse_cdr(store->reader().cdr(core::CallId{1}).value()).value();
  CHECK(cdr.outcome == call::Outcome::kAnswered);
}

TEST_CASE("records beyond the retention time go away by themselves") {
  const test::TempDir dir;
  {
    const auto store = Store::open(options_for(dir.path())).value();
    for (std::uint64_t id = 1; id <= 450; ++id) store->post(end_of(id));  // of 2023
  }
  auto options = options_for(dir.path());
  options.retention.cdrs = std::chrono::hours(24);
  const auto store = Store::open(std::move(options)).value();
  while (store->stats().cdrs_expired < 450) std::this_thread::yield();
  CHECK(store->reader().counts().value().cdrs == 0);
}

TEST_CASE("recordings beyond their retention time go away with their files, also after a reload") {
  const test::TempDir dir;
  auto options = options_for(dir.path());
  std::atomic<int> files = 3;
  options.erase_recording = [&](const std::string& path) { return path.empty() || --files >= 0; };
  const auto store = Store::open(std::move(options)).value();
  for (std::uint64_t id = 1; id <= 3; ++id)
    store->post(call::StoreCommand(call::StoreRecording{test::sample_recording(id)}));  // of 2023
  wait_for_commit(*store);
  CHECK(store->stats().recordings_expired == 0);  // for ever
  store->set_retention({{}, std::chrono::hours(24)});
  while (store->stats().recordings_expired < 3) std::this_thread::yield();
  CHECK(files == 0);
  CHECK(store->reader().counts().value().recordings == 0);
}

}  // namespace
}  // namespace pbx::storage
