// storage/store.h — the store thread: writes what the others hand over, many items per commit.
//
// Threads: post() may be called by any thread and never blocks on the disk.  The thread inside
// owns all write transactions.  reader() may be used by any thread while the Store lives.
//
// Promise: what was posted is written in order; after its commit a kill of the process loses
// nothing (power failure: docs/storage.md, sync).  A CDR is never dropped: while the database
// takes nothing (disk full, map at its bound) CDRs and finished recordings go to cdr-spill.jsonl;
// if that fails as well they stay in memory, and must_refuse_calls() asks for no new calls.
//
// Bounds: kBacklogMax items wait in memory while the database fails.  Above it the oldest that is
// neither CDR nor recording is dropped and counted: a journal entry, whose call then leaves no
// record if the daemon is killed, or a binding, which its phone renews.
//
// A full database gets room again by retention, which goes on while it is full.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "core/base/event_loop.h"
#include "core/base/mailbox.h"
#include "core/base/time.h"
#include "core/call/effect.h"
#include "storage/database.h"
#include "storage/reader.h"
#include "storage/retention.h"
#include "storage/spill.h"

namespace pbx::storage {

struct StoreOptions {
  std::filesystem::path directory;         // holds data.mdb, lock.mdb and cdr-spill.jsonl
  std::uint64_t map_size = 8'000'000'000;  // the most that data.mdb can grow to, bytes
  Sync sync = Sync::kFull;
  std::chrono::milliseconds commit_interval{20};
  RetentionTimes retention{std::chrono::hours(365 * 24), std::chrono::hours(0)};
  EraseFile erase_recording;  // without it recordings stay
  ProbeRecording probe;       // for recordings cut off by a kill; may be empty
  // Called on the store thread (and by open()) with lines for the log; may be empty.
  std::function<void(call::Notice::Level, const std::string&)> log;
};

struct StoreStats {  // since start
  std::uint64_t commits = 0, items = 0, failures = 0;
  std::uint64_t spilled = 0, replayed = 0, dropped = 0, cdrs_expired = 0, recordings_expired = 0;
  std::uint64_t backlog = 0;  // items that wait for the database now
  std::uint64_t waiting = 0;  // items not yet looked at
  bool failing = false;
  std::chrono::microseconds commit_last{0}, commit_max{0};
  Environment::Usage usage;
};

class Store {
 public:
  static constexpr std::size_t kBacklogMax = 50'000;
  static constexpr std::size_t kRefuseAbove = kBacklogMax * 3 / 4;
  static constexpr std::chrono::milliseconds kRetryInterval{1000};
  static constexpr std::chrono::milliseconds kSyncInterval{1000};  // of kMeta and kOff
  static constexpr std::chrono::milliseconds kAliveInterval{10'000};
  static constexpr std::chrono::milliseconds kRetentionInterval{60'000};
  static constexpr double kWarnAbove = 0.75;  // share of the map in use

  // Opens the database, reads the spill file back, ends what a killed daemon left (`recovered`)
  // and starts the thread.  Errors: those of Database::open and recover.
  static core::Result<std::unique_ptr<Store>> open(StoreOptions options);
  // Writes all that was posted, then ends the thread.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  void post(Item&& item) { mailbox_.post_always(std::move(item)); }
  void post(call::StoreCommand&& command) { post(to_item(std::move(command))); }
  // Runs `done` on the store thread when all that was posted before is committed.
  void post_barrier(std::function<void()> done) { mailbox_.post_always(Barrier{std::move(done)}); }
  // From a reload.
  void set_retention(const RetentionTimes& keep) { mailbox_.post_always(keep); }

  [[nodiscard]] Reader reader() const { return {database_->env(), database_->tables()}; }
  [[nodiscard]] const Recovered& recovered() const { return recovered_; }

  // Any thread.
  [[nodiscard]] bool must_refuse_calls() const {
    return backlog_size_.load(std::memory_order_relaxed) + mailbox_.size() > kRefuseAbove;
  }
  [[nodiscard]] StoreStats stats() const;

 private:
  struct Barrier {
    std::function<void()> done;
  };
  using Message = std::variant<Item, Barrier, RetentionTimes>;

  Store(StoreOptions options, std::unique_ptr<Database> database);
  core::Result<> begin();
  void run() noexcept;
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;
  [[nodiscard]] bool has_work() const;
  void take_posted();
  void change_retention(const RetentionTimes& keep);
  void on_tick(core::Instant now);
  void commit(core::Instant now);
  void on_committed(core::Instant began, std::size_t count);
  void on_failure(const core::Error& error);
  void finish();
  void spill_backlog();
  void bound_backlog();
  void replay_spill();
  void housekeep(core::Instant now);
  void expire(core::Instant now);
  void warn_when_nearly_full();
  void log(call::Notice::Level level, const std::string& text) const;

  StoreOptions options_;
  std::unique_ptr<Database> database_;
  SpillFile spill_;
  Recovered recovered_;
  core::Mailbox<Message> mailbox_;
  core::EventLoop loop_;

  // The thread's own.
  bool posted_ = false;        // something is in the mailbox; it is taken when a commit is due
  std::vector<Item> backlog_;  // taken, not yet committed; in order
  std::vector<Barrier> barriers_;
  core::Instant commit_due_{}, sync_due_{}, alive_due_{}, retention_due_{};
  bool dirty_ = false;  // commits since the last sync
  bool warned_ = false;
  RetentionTimes retention_;

  // Written by the thread, read by all.
  std::atomic<bool> failing_ = false;
  std::atomic<std::size_t> backlog_size_ = 0;
  struct Counters {
    std::atomic<std::uint64_t> commits = 0, items = 0, failures = 0, spilled = 0, replayed = 0,
                               dropped = 0, cdrs_expired = 0, recordings_expired = 0,
                               commit_last_us = 0, commit_max_us = 0;
  } counters_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pbx::storage
