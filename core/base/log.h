// core/base/log.h — the log of the whole process: one line a fact, `noun verb key=value`.
//
//   log_info("acd", "call={} leg={} offer rona wait_ms={}", call, leg, wait_ms);
//   2026-11-22T01:15:13.204Z info acd call=7f3a91 leg=2 offer rona wait_ms=20012
//
// Any thread.  The level is checked before anything is formatted; then the line is formatted and
// pushed into a bounded ring (spdlog's: one short mutex, no other wait and no I/O).  The log
// thread adds the time's text and writes.  When the ring is full the oldest line is dropped and
// counted, and a line "log dropped lines=N" marks the gap.  The component and the format are
// checked at compile time.
//
// Cost to the caller, measured by the skipped test "cost of a log call" (release build, two virtual
// cores shared with other work): below the level 0.6 ns, into the ring 0.5 to 0.6 us.
//
// The log is the one global of the project: a line may come from anywhere, and passing a logger
// through every pure function would cost more clarity than it brings.  Nothing ever reads it back.

#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/base/log_text.h"
#include "core/base/result.h"

namespace pbx::core {

// error: someone must act; warn: one call suffered; info: the life of a call; debug: transitions;
// trace: messages.
enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };
[[nodiscard]] std::string_view to_text(LogLevel level);
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view text);

// One per folder, and "log" for the log's own lines.
inline constexpr std::array<std::string_view, 16> kLogComponents = {
    "base", "config", "call", "sip",     "media",  "acd",  "ivr",  "storage",
    "api",  "server", "desk", "cluster", "speech", "tool", "test", "log"};

class LogComponent {
 public:
  consteval LogComponent(const char* name)
      : index_(index_of(name)) {}  // NOLINT: implicit on purpose
  [[nodiscard]] constexpr std::size_t index() const { return index_; }
  [[nodiscard]] constexpr std::string_view name() const { return kLogComponents[index_]; }

 private:
  static consteval std::size_t index_of(std::string_view name) {
    for (std::size_t i = 0; i < kLogComponents.size(); ++i)
      if (kLogComponents[i] == name) return i;
    throw "not a log component: see kLogComponents";  // a compile error
  }
  std::size_t index_;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;  // of every component at the start
  bool to_stderr = true;
  std::string file;               // "" for none; appended to, reopened by log_reopen()
  std::size_t ring_lines = 8192;  // older lines are dropped when the log thread falls behind
  bool mask_numbers = false;      // what masked() shows
  // Also gets what is written, whole lines, on the log thread; must not log.
  std::function<void(std::string_view lines)> listener;
};

struct LogStats {
  std::uint64_t posted = 0;
  std::uint64_t dropped = 0;         // oldest lines pushed out of the full ring
  std::uint64_t write_failures = 0;  // writes to the file or stderr that failed
};

inline constexpr std::size_t kLogLineMax = 8192;  // bytes; a longer line is cut and ends in "..."

// Starts the log thread.  Before it and after log_shutdown() lines of warn and error go straight
// to stderr.  Errors: kAlreadyExists, kUnavailable (the file cannot be opened).
[[nodiscard]] Result<void> log_init(const LogOptions& options);
// Writes what is in the ring and ends the log thread.  REQUIRES: other threads log no more.
void log_shutdown();
// Waits until what was posted before is written, `longest` at most; false if that was not enough.
// For the end of the process and for tests.
bool log_flush(std::chrono::milliseconds longest = std::chrono::seconds(2));
// The log thread opens the file anew (after rotation), before it writes its next line.
void log_reopen();
[[nodiscard]] LogStats log_stats();

// At run time, from any thread; "*" means all components.  Errors: kNotFound.
Result<void> log_set_level(std::string_view component, LogLevel level);
[[nodiscard]] std::vector<std::pair<std::string_view, LogLevel>> log_levels();
void log_set_mask_numbers(bool mask);

// Formats a number or caller's name, masked if the configuration says so: from={} , masked(from).
struct Masked {
  std::string_view number;
};
[[nodiscard]] inline Masked masked(std::string_view number) { return {number}; }

// Formats a value that may hold spaces or quotes: name={} , quoted(name).
struct Quoted {
  std::string_view value;
};
[[nodiscard]] inline Quoted quoted(std::string_view value) { return {value}; }

namespace log_detail {
struct LevelCell {
  std::atomic<LogLevel> level = LogLevel::kInfo;
};
extern std::array<LevelCell, kLogComponents.size()> levels;
extern std::atomic<bool> mask_numbers;
void write(LogLevel level, LogComponent component, fmt::string_view format,
           fmt::format_args args) noexcept;
}  // namespace log_detail

[[nodiscard]] inline bool log_enabled(LogLevel level, LogComponent component) {
  return level >= log_detail::levels[component.index()].level.load(std::memory_order_relaxed);
}

template <typename... Args>
void log(LogLevel level, LogComponent component, fmt::format_string<Args...> format,
         Args&&... args) {
  if (log_enabled(level, component))
    log_detail::write(level, component, format, fmt::make_format_args(args...));
}
template <typename... Args>
void log_error(LogComponent component, fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::kError, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_warn(LogComponent component, fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::kWarn, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_info(LogComponent component, fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::kInfo, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_debug(LogComponent component, fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::kDebug, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_trace(LogComponent component, fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::kTrace, component, format, std::forward<Args>(args)...);
}

}  // namespace pbx::core

template <>
struct fmt::formatter<pbx::core::Masked> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(pbx::core::Masked value, Context& context) const {
    const bool mask = pbx::core::log_detail::mask_numbers.load(std::memory_order_relaxed);
    return fmt::format_to(context.out(), "{}",
                          pbx::core::quote_value(mask ? pbx::core::mask_number(value.number)
                                                      : std::string(value.number)));
  }
};
template <>
struct fmt::formatter<pbx::core::Quoted> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(pbx::core::Quoted value, Context& context) const {
    return fmt::format_to(context.out(), "{}", pbx::core::quote_value(value.value));
  }
};
