#include "core/base/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <thread>

#include "core/base/assert.h"
#include "core/base/clock.h"
#include "core/base/fd.h"
#include "core/base/thread_name.h"

namespace pbx::core {

namespace log_detail {
constinit std::array<LevelCell, kLogComponents.size()> levels;
constinit std::atomic<bool> mask_numbers = false;
}  // namespace log_detail

namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"trace", "debug", "info",
                                                         "warn",  "error", "off"};

constexpr std::size_t kWriteChunk = 32 * 1024;  // bytes gathered before a write while lines wait
// After a write, lines gather this long: threads that log then need not wake this one for each.
constexpr std::chrono::milliseconds kGather{5};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  constexpr std::array kLevels = {spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                                  spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};
  return kLevels[static_cast<std::size_t>(level)];
}

LogLevel from_spdlog(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return LogLevel::kTrace;
    case spdlog::level::debug:
      return LogLevel::kDebug;
    case spdlog::level::info:
      return LogLevel::kInfo;
    case spdlog::level::warn:
      return LogLevel::kWarn;
    default:
      return LogLevel::kError;
  }
}

// `body` is "component text".
void append_line(std::string& out, WallTime time, LogLevel level, std::string_view body) {
  fmt::format_to(std::back_inserter(out), "{} {} {}\n", iso8601(time), to_text(level), body);
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<UniqueFd> open_file(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
  if (!fd) return fail(ErrorCode::kUnavailable, path + ": " + std::strerror(errno));
  return fd;
}

// The writing half.  All of it runs on the log thread but reopen(), done() and failures().
class Writer final : public spdlog::sinks::sink {
 public:
  Writer(const LogOptions& options, UniqueFd file)
      : to_stderr_(options.to_stderr),
        path_(options.file),
        file_(std::move(file)),
        listener_(options.listener) {}
  ~Writer() override { write_out(); }

  void set_pool(spdlog::details::thread_pool* pool) { pool_ = pool; }
  void reopen() { reopen_.store(true, std::memory_order_release); }
  [[nodiscard]] std::uint64_t done() const { return done_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

  void log(const spdlog::details::log_msg& message) override {
    if (reopen_.exchange(false, std::memory_order_acq_rel)) open_again(message.time);
    mark_gap(message.time);
    append_line(pending_, message.time, from_spdlog(message.level),
                {message.payload.data(), message.payload.size()});
    ++pending_lines_;
    // Lines that wait behind this one will be written with it: one system call for many.
    const bool is_last = pool_->queue_size() == 0;
    if (is_last || pending_.size() >= kWriteChunk) write_out();
    if (is_last) std::this_thread::sleep_for(kGather);
  }
  void flush() override { write_out(); }
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  void mark_gap(WallTime time) {
    const std::uint64_t dropped = pool_->overrun_counter();
    if (dropped == dropped_) return;
    append_line(pending_, time, LogLevel::kWarn,
                fmt::format("log dropped lines={}", dropped - dropped_));
    dropped_ = dropped;
  }

  void open_again(WallTime time) {
    if (path_.empty()) return;
    write_out();
    auto fresh = open_file(path_);
    if (fresh) {
      file_ = std::move(*fresh);
      return;
    }
    failures_.fetch_add(1, std::memory_order_relaxed);
    append_line(pending_, time, LogLevel::kError,
                fmt::format("log reopen-failed error={}", quote_value(fresh.error().detail)));
  }

  void write_out() {
    if (pending_.empty()) return;
    if (to_stderr_ && !write_all(STDERR_FILENO, pending_))
      failures_.fetch_add(1, std::memory_order_relaxed);
    if (file_ && !write_all(file_.get(), pending_))
      failures_.fetch_add(1, std::memory_order_relaxed);
    if (listener_) listener_(pending_);
    pending_.clear();
    done_.fetch_add(std::exchange(pending_lines_, 0), std::memory_order_release);
  }

  const bool to_stderr_;
  const std::string path_;
  UniqueFd file_;
  const std::function<void(std::string_view)> listener_;
  spdlog::details::thread_pool* pool_ = nullptr;
  std::string pending_;
  std::uint64_t pending_lines_ = 0;
  std::uint64_t dropped_ = 0;
  std::atomic<bool> reopen_ = false;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::uint64_t> failures_ = 0;
};

// Signals belong to the main thread.
void on_log_thread_start() {
  name_this_thread("log");
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

struct Backend {
  Backend(const LogOptions& options, UniqueFd file)
      : writer(std::make_shared<Writer>(options, std::move(file))),
        pool(std::make_shared<spdlog::details::thread_pool>(options.ring_lines, 1,
                                                            on_log_thread_start)),
        logger(std::make_shared<spdlog::async_logger>(
            "", writer, pool, spdlog::async_overflow_policy::overrun_oldest)) {
    writer->set_pool(pool.get());
    logger->set_level(spdlog::level::trace);
  }

  // Destroyed last to first: the pool writes what it holds, then the writer is let go.
  std::shared_ptr<Writer> writer;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<std::uint64_t> posted = 0;
};

std::atomic<Backend*> g_backend = nullptr;

void write_to_stderr(LogLevel level, std::string_view body) {
  if (level < LogLevel::kWarn) return;
  std::string line;
  append_line(line, wall_now(), level, body);
  write_all(STDERR_FILENO, line);
}

void post(LogLevel level, std::string_view body) {
  Backend* const backend = g_backend.load(std::memory_order_acquire);
  if (backend == nullptr) return write_to_stderr(level, body);
  backend->posted.fetch_add(1, std::memory_order_relaxed);
  backend->logger->log(to_spdlog(level), spdlog::string_view_t(body.data(), body.size()));
}

}  // namespace

std::string_view to_text(LogLevel level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i)
    if (kLevelNames[i] == text) return static_cast<LogLevel>(i);
  return std::nullopt;
}

Result<void> log_init(const LogOptions& options) {
  if (g_backend.load() != nullptr) return fail(ErrorCode::kAlreadyExists, "the log runs already");
  UniqueFd file;
  if (!options.file.empty()) {
    auto opened = open_file(options.file);
    if (!opened) return forward_error(opened);
    file = std::move(*opened);
  }
  for (auto& cell : log_detail::levels) cell.level.store(options.level, std::memory_order_relaxed);
  log_set_mask_numbers(options.mask_numbers);
  g_backend.store(std::make_unique<Backend>(options, std::move(file)).release());
  return {};
}

void log_shutdown() { const std::unique_ptr<Backend> backend(g_backend.exchange(nullptr)); }

bool log_flush(std::chrono::milliseconds longest) {
  const Backend* const backend = g_backend.load(std::memory_order_acquire);
  if (backend == nullptr) return true;
  const std::uint64_t wanted = backend->posted.load(std::memory_order_relaxed);
  const Instant deadline = monotonic_now() + longest;
  while (backend->writer->done() + backend->pool->overrun_counter() < wanted) {
    if (monotonic_now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void log_reopen() {
  Backend* const backend = g_backend.load(std::memory_order_acquire);
  if (backend == nullptr) return;
  backend->writer->reopen();
  post(LogLevel::kInfo, "log reopened");  // so that there is a next line
}

LogStats log_stats() {
  const Backend* const backend = g_backend.load(std::memory_order_acquire);
  if (backend == nullptr) return {};
  return {backend->posted.load(std::memory_order_relaxed), backend->pool->overrun_counter(),
          backend->writer->failures()};
}

Result<void> log_set_level(std::string_view component, LogLevel level) {
  bool found = false;
  for (std::size_t i = 0; i < kLogComponents.size(); ++i) {
    if (component != "*" && component != kLogComponents[i]) continue;
    log_detail::levels[i].level.store(level, std::memory_order_relaxed);
    found = true;
  }
  if (!found) return fail(ErrorCode::kNotFound, "no log component " + quote_value(component));
  return {};
}

std::vector<std::pair<std::string_view, LogLevel>> log_levels() {
  std::vector<std::pair<std::string_view, LogLevel>> out;
  for (std::size_t i = 0; i < kLogComponents.size(); ++i)
    out.emplace_back(kLogComponents[i],
                     log_detail::levels[i].level.load(std::memory_order_relaxed));
  return out;
}

void log_set_mask_numbers(bool mask) {
  log_detail::mask_numbers.store(mask, std::memory_order_relaxed);
}

void log_detail::write(LogLevel level, LogComponent component, fmt::string_view format,
                       fmt::format_args args) noexcept {
  try {
    fmt::memory_buffer body;
    fmt::format_to(std::back_inserter(body), "{} ", component.name());
    fmt::vformat_to(std::back_inserter(body), format, args);
    std::string_view text(body.data(), body.size());
    std::string escaped;
    if (has_controls(text)) text = escaped = escape_controls(text);
    if (text.size() > kLogLineMax) {
      escaped.assign(text.substr(0, kLogLineMax)).append("...");
      text = escaped;
    }
    post(level, text);
  } catch (...) {  // out of memory or a formatter of a type that throws: a lost line, no more
    post(LogLevel::kError, "log format-failed");
  }
}

}  // namespace pbx::core
