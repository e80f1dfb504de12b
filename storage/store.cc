#include "storage/store.h"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <iterator>

#include "core/base/clock.h"
#include "core/base/thread_name.h"

namespace pbx::storage {
namespace {

using Level = call::Notice::Level;

constexpr core::MailboxOptions kMailbox{.capacity = Store::kBacklogMax};

Environment::Options environment_options(const StoreOptions& options) {
  Environment::Options env;
  env.directory = options.directory;
  env.map_size = options.map_size;
  env.sync = options.sync;
  return env;
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
  counter.fetch_add(count, std::memory_order_relaxed);
}

}  // namespace

core::Result<std::unique_ptr<Store>> Store::open(StoreOptions options) {
  auto database = Database::open(environment_options(options));
  if (!database) return core::forward_error(std::move(database));
  std::unique_ptr<Store> store(new Store(std::move(options), std::move(*database)));
  if (auto begun = store->begin(); !begun) return core::forward_error(begun);
  return store;
}

Store::Store(StoreOptions options, std::unique_ptr<Database> database)
    : options_(std::move(options)),
      database_(std::move(database)),
      spill_(options_.directory / "cdr-spill.jsonl"),
      mailbox_(kMailbox),
      retention_(options_.retention) {}

core::Result<> Store::begin() {
  // The spill first: a call whose record is in it must not become an interrupted one.
  replay_spill();
  auto recovered = database_->recover(options_.probe);
  if (!recovered) return core::forward_error(recovered);
  recovered_ = *recovered;
  if (recovered_.calls > 0 || recovered_.recordings > 0)
    log(Level::kWarn, fmt::format("recovered calls={} unreadable={} recordings={}",
                                  recovered_.calls, recovered_.corrupt, recovered_.recordings));
  if (auto synced = database_->sync(); !synced) return synced;
  thread_ = std::thread([this] { run(); });
  return {};
}

Store::~Store() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

void Store::run() noexcept {
  core::name_this_thread("storage");
  const auto watched = loop_.add(mailbox_.wake_fd(), EPOLLIN, [this](std::uint32_t) {
    mailbox_.acknowledge();  // one wake for all that is posted until the commit
    posted_ = true;
  });
  PBX_ASSERT(watched.has_value());
  loop_.run([this] { return next_deadline(); }, [this](core::Instant now) { on_tick(now); });
  finish();
}

// A last turn for what was posted before the end; if it fails, records go to the spill file.
void Store::finish() {
  take_posted();
  if (!backlog_.empty() || !barriers_.empty()) commit(core::monotonic_now());
  if (dirty_) (void)database_->sync();
  const auto lost = std::count_if(backlog_.begin(), backlog_.end(), is_spilled);
  if (lost > 0)
    log(Level::kError, fmt::format("records lost count={}: neither database nor spill file took "
                                   "them",
                                   lost));
}

std::optional<core::Instant> Store::next_deadline() const {
  core::Instant next = std::min(alive_due_, retention_due_);
  if (dirty_) next = std::min(next, sync_due_);
  if (has_work()) next = std::min(next, commit_due_);
  return next;
}

bool Store::has_work() const {
  return posted_ || !backlog_.empty() || !barriers_.empty() ||
         failing_.load(std::memory_order_relaxed);
}

void Store::take_posted() {
  posted_ = false;
  mailbox_.drain([this](Message&& message) {
    if (auto* item = std::get_if<Item>(&message)) {
      backlog_.push_back(std::move(*item));
      // Each at once, so that must_refuse_calls() misses none on its way from the mailbox.
      backlog_size_.store(backlog_.size(), std::memory_order_relaxed);
    } else if (auto* barrier = std::get_if<Barrier>(&message)) {
      barriers_.push_back(std::move(*barrier));
    } else if (const auto* keep = std::get_if<RetentionTimes>(&message)) {
      change_retention(*keep);
    }
  });
}

void Store::change_retention(const RetentionTimes& keep) {
  retention_ = keep;
  retention_due_ = {};
}

void Store::on_tick(core::Instant now) {
  if (has_work() && now >= commit_due_) {
    take_posted();
    if (has_work()) commit(now);
  }
  housekeep(now);
}

void Store::commit(core::Instant now) {
  if (failing_.load()) replay_spill();  // first, so that what is older is written first
  const auto written = database_->write(backlog_, core::wall_now());
  if (!written) {
    commit_due_ = now + kRetryInterval;
    on_failure(written.error());
    return;
  }
  failing_ = spill_.exists();
  commit_due_ = now + (failing_.load() ? kRetryInterval : options_.commit_interval);
  alive_due_ = now + kAliveInterval;
  on_committed(now, backlog_.size());
  backlog_.clear();
  backlog_size_.store(0, std::memory_order_relaxed);
  for (auto& barrier : std::exchange(barriers_, {})) barrier.done();
}

void Store::on_committed(core::Instant began, std::size_t count) {
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(core::monotonic_now() - began);
  const auto took_us = static_cast<std::uint64_t>(took.count());
  add(counters_.commits, 1);
  add(counters_.items, count);
  counters_.commit_last_us = took_us;
  if (took_us > counters_.commit_max_us) counters_.commit_max_us = took_us;
  if (!dirty_) sync_due_ = began + kSyncInterval;
  dirty_ = options_.sync != Sync::kFull;
}

void Store::on_failure(const core::Error& error) {
  add(counters_.failures, 1);
  if (!failing_.exchange(true))
    log(Level::kError,
        fmt::format("database takes nothing, records go to the spill file: {}", error.detail));
  spill_backlog();
  bound_backlog();
  backlog_size_.store(backlog_.size(), std::memory_order_relaxed);
}

void Store::spill_backlog() {
  const auto spilled = spill_.append(backlog_);
  if (!spilled) {
    log(Level::kError,
        fmt::format("spill file failed, records stay in memory: {}", spilled.error().detail));
    return;
  }
  add(counters_.spilled, *spilled);
  std::erase_if(backlog_, is_spilled);
}

void Store::bound_backlog() {
  if (backlog_.size() <= kBacklogMax) return;
  std::size_t excess = backlog_.size() - kBacklogMax;
  const auto dropped = std::erase_if(backlog_, [&](const Item& item) {
    if (excess == 0 || is_spilled(item)) return false;
    --excess;
    return true;
  });
  add(counters_.dropped, dropped);
  log(Level::kError, fmt::format("backlog full, dropped journal and bindings count={}", dropped));
}

void Store::replay_spill() {
  const auto replayed = spill_.replay(
      [this](std::span<const Item> items) { return database_->write(items, core::wall_now()); });
  if (!replayed) {
    if (!failing_.exchange(true))
      log(Level::kError, fmt::format("spill file not read back: {}", replayed.error().detail));
    return;
  }
  if (replayed->records + replayed->unreadable == 0) return;
  add(counters_.replayed, replayed->records);
  log(Level::kWarn, fmt::format("spill file read back records={} unreadable={}", replayed->records,
                                replayed->unreadable));
}

void Store::housekeep(core::Instant now) {
  if (dirty_ && now >= sync_due_) {
    if (const auto synced = database_->sync(); !synced)
      log(Level::kError, fmt::format("sync failed: {}", synced.error().detail));
    dirty_ = false;
  }
  if (now >= alive_due_) {
    alive_due_ = now + kAliveInterval;
    const auto alive = database_->write({}, core::wall_now());
    if (!alive && !failing_.load()) on_failure(alive.error());
  }
  if (now >= retention_due_) expire(now);
}

void Store::expire(core::Instant now) {
  retention_due_ = now + kRetentionInterval;
  warn_when_nearly_full();
  const auto expired =
      erase_expired(*database_, retention_, core::wall_now(), options_.erase_recording);
  if (!expired) {
    if (!failing_.load())
      log(Level::kError, fmt::format("retention failed: {}", expired.error().detail));
    return;
  }
  add(counters_.cdrs_expired, expired->cdrs);
  add(counters_.recordings_expired, expired->recordings);
  if (expired->stuck > 0)
    log(Level::kError, fmt::format("recordings past recording.retention could not be deleted "
                                   "count={}: may the daemon write to recording.directory?",
                                   expired->stuck));
  if (expired->more) retention_due_ = now + options_.commit_interval;
}

void Store::warn_when_nearly_full() {
  const auto usage = database_->env().usage();
  const bool nearly = usage.share() > kWarnAbove;
  if (nearly && !warned_)
    log(Level::kError, fmt::format("database nearly full used_bytes={} bound_bytes={}: raise "
                                   "storage.map_size or shorten storage.cdr_retention",
                                   usage.used_bytes, usage.map_bytes));
  warned_ = nearly;
}

StoreStats Store::stats() const {
  StoreStats stats;
  stats.commits = counters_.commits;
  stats.items = counters_.items;
  stats.failures = counters_.failures;
  stats.spilled = counters_.spilled;
  stats.replayed = counters_.replayed;
  stats.dropped = counters_.dropped;
  stats.cdrs_expired = counters_.cdrs_expired;
  stats.recordings_expired = counters_.recordings_expired;
  stats.backlog = backlog_size_;
  stats.waiting = mailbox_.size();
  stats.failing = failing_;
  stats.commit_last = std::chrono::microseconds(counters_.commit_last_us);
  stats.commit_max = std::chrono::microseconds(counters_.commit_max_us);
  stats.usage = database_->env().usage();
  return stats;
}

void Store::log(Level level, const std::string& text) const {
  if (options_.log) options_.log(level, text);
}

}  // namespace pbx::storage
