#include "core/base/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <regex>
#include <sstream>
#include <thread>

#include "core/base/clock.h"
#include "core/base/ids.h"

using namespace pbx::core;

namespace {

// Runs the log into a string for one test.
class Captured {
 public:
  explicit Captured(LogOptions options = {}) {
    options.to_stderr = false;
    options.listener = [this](std::string_view lines) { text_ += lines; };
    REQUIRE(log_init(options));
  }
  ~Captured() { log_shutdown(); }
  // All lines so far; the log thread is idle after the flush.
  std::vector<std::string> lines() {
    REQUIRE(log_flush(std::chrono::seconds(20)));
    std::vector<std::string> out;
    std::istringstream stream(text_);
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
  }

 private:
  std::string text_;
};

std::string body(const std::string& line) { return line.substr(line.find('Z') + 2); }

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string temp_path(const char* name) {
  return "/tmp/pbx_log_test_" + std::to_string(getpid()) + "_" + name;
}

// A listener that holds the log thread until opened.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return held_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false, open_ = false;
};

struct Costly {  // tells how often it was formatted
  int* times;
};

}  // namespace

template <>
struct fmt::formatter<Costly> : fmt::formatter<int> {
  template <typename Context>
  auto format(Costly value, Context& context) const {
    return fmt::format_to(context.out(), "{}", ++*value.times);
  }
};

TEST_CASE("a line is time, level, component and text") {
  Captured log;
  log_info("acd", "call={} leg={} offer rona wait_ms={}", CallId{0x7f3a91}, LegId{2}, 20012);
  log_warn("media", "call={} stream silent", CallId{1});
  log_error("storage", "disk full");
  const auto lines = log.lines();
  REQUIRE(lines.size() == 3);
  const std::regex format(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info acd )"
                          "call=7f3a91 leg=2 offer rona wait_ms=20012");
  CHECK(std::regex_match(lines[0], format));
  CHECK(body(lines[1]) == "warn media call=1 stream silent");
  CHECK(body(lines[2]) == "error storage disk full");
}

TEST_CASE("a component's level is changed while the log runs, others keep theirs") {
  Captured log;
  log_debug("sip", "hidden");
  CHECK(log_set_level("sip", LogLevel::kTrace));
  log_trace("sip", "shown");
  log_debug("acd", "hidden");
  CHECK(log_set_level("*", LogLevel::kError));
  log_warn("sip", "hidden");
  log_error("acd", "shown too");
  CHECK(log_set_level("nobody", LogLevel::kInfo).error().code == ErrorCode::kNotFound);
  const auto lines = log.lines();
  REQUIRE(lines.size() == 2);
  CHECK(body(lines[0]) == "trace sip shown");
  CHECK(body(lines[1]) == "error acd shown too");
  for (const auto& [component, level] : log_levels()) CHECK(level == LogLevel::kError);
}

TEST_CASE("nothing is formatted below the level") {
  int times = 0;
  Captured log({.level = LogLevel::kWarn});
  CHECK_FALSE(log_enabled(LogLevel::kInfo, "sip"));
  log_info("sip", "value={}", Costly{&times});
  CHECK(times == 0);
  log_warn("sip", "value={}", Costly{&times});
  CHECK(times == 1);
  CHECK(log.lines().size() == 1);
  CHECK(log_stats().posted == 1);
}

TEST_CASE("levels have names both ways") {
  for (const auto level : {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn,
                           LogLevel::kError, LogLevel::kOff})
    CHECK(parse_log_level(to_text(level)) == level);
  CHECK_FALSE(parse_log_level("warning"));
  CHECK_FALSE(parse_log_level(""));
}

TEST_CASE("callers' numbers are masked when the configuration says so, and only then") {
  Captured log({.mask_numbers = true});
  log_info("call", "from={} to={}", masked("+79101232212"), masked("100"));
  log_set_mask_numbers(false);
  log_info("call", "from={} name={}", masked("+79101232212"), masked("Two words"));
  const auto lines = log.lines();
  REQUIRE(lines.size() == 2);
  CHECK(body(lines[0]) == "info call from=+7910***2212 to=100");
  CHECK(body(lines[1]) == "info call from=+79101232212 name=\"Two words\"");
}

TEST_CASE("one call makes one line, whatever its values hold") {
  Captured log;
  log_info("sip", "ua={} raw={}", quoted("Phone 1.0 \"x\"\n"), "a\nforged info sip line");
  log_info("sip", "long={}", std::string(2 * kLogLineMax, 'x'));
  const auto lines = log.lines();
  REQUIRE(lines.size() == 2);
  CHECK(body(lines[0]) == R"(info sip ua="Phone 1.0 \"x\"\n" raw=a\nforged info sip line)");
  CHECK(lines[1].ends_with("xxx..."));
  CHECK(lines[1].size() < kLogLineMax + 64);
}

TEST_CASE("a full ring drops the oldest lines, counts them and marks the gap") {
  Gate gate;
  std::string text;
  LogOptions options;
  options.to_stderr = false;
  options.ring_lines = 16;
  options.listener = [&](std::string_view lines) {
    if (text.empty()) gate.wait();
    text += lines;
  };
  REQUIRE(log_init(options));
  log_info("test", "first");
  gate.wait_until_held();  // the ring is empty, and nobody takes from it
  for (int i = 0; i < 40; ++i) log_info("test", "number={}", i);
  CHECK(log_stats().dropped == 24);
  gate.open();
  CHECK(log_flush(std::chrono::seconds(20)));
  CHECK(log_stats().posted == 41);
  log_shutdown();
  CHECK(text.find("warn log dropped lines=24\n") != std::string::npos);
  CHECK(text.find("number=23\n") == std::string::npos);
  CHECK(text.find("dropped lines=24\n") < text.find("number=24\n"));
  CHECK(text.find("number=39\n") != std::string::npos);
}

TEST_CASE("the file is appended to, and opened anew after it was rotated away") {
  const std::string path = temp_path("rotate");
  const std::string rotated = path + ".1";
  LogOptions options;
  options.to_stderr = false;
  options.file = path;
  for (const char* run : {"one", "two"}) {
    REQUIRE(log_init(options));
    log_info("test", "run {}", run);
    log_shutdown();
  }
  REQUIRE(log_init(options));
  REQUIRE(std::rename(path.c_str(), rotated.c_str()) == 0);
  log_info("test", "still the old file");
  REQUIRE(log_flush());
  log_reopen();
  log_info("test", "the new file");
  log_shutdown();
  const std::string old_text = read_file(rotated);
  const std::string new_text = read_file(path);
  CHECK(old_text.find("run one\n") != std::string::npos);
  CHECK(old_text.find("run two\n") != std::string::npos);
  CHECK(old_text.find("still the old file\n") != std::string::npos);
  CHECK(old_text.find("the new file") == std::string::npos);
  CHECK(new_text.find("info log reopened\n") != std::string::npos);
  CHECK(new_text.find("the new file\n") != std::string::npos);
  std::remove(path.c_str());
  std::remove(rotated.c_str());
}

TEST_CASE("a log that cannot be opened or runs already is refused") {
  LogOptions options;
  options.to_stderr = false;
  options.file = "/nonexistent/folder/log";
  const auto failed = log_init(options);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::kUnavailable);
  Captured log;
  CHECK(log_init({.to_stderr = false}).error().code == ErrorCode::kAlreadyExists);
}

TEST_CASE("writes that fail are counted and the log goes on") {
  LogOptions options;
  options.to_stderr = false;
  options.file = "/dev/full";
  REQUIRE(log_init(options));
  log_info("test", "to a full disk");
  CHECK(log_flush(std::chrono::seconds(20)));
  CHECK(log_stats().write_failures == 1);
  log_shutdown();
}

TEST_CASE("lines of several threads arrive whole, each thread's in order") {
  Captured log({.ring_lines = 8192});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 500; ++i) log_info("test", "thread={} number={}", t, i);
    });
  for (auto& thread : threads) thread.join();
  const auto lines = log.lines();
  REQUIRE(lines.size() == 2000);
  std::array<int, 4> next{};
  for (const auto& line : lines) {
    int t = -1, i = -1;
    REQUIRE(std::sscanf(body(line).c_str(), "info test thread=%d number=%d", &t, &i) == 2);
    CHECK(next.at(static_cast<std::size_t>(t))++ == i);
  }
}

TEST_CASE("without a log, flush and reopen do nothing") {
  CHECK(log_flush());
  log_reopen();
  CHECK(log_stats().posted == 0);
}

// Run by hand: unit_core_base --no-skip -tc="cost of a log call".
TEST_CASE("cost of a log call" * doctest::skip()) {
  constexpr int kCalls = 200000;
  Captured log({.ring_lines = kCalls});
  const auto measure = [](LogLevel level) {
    const Instant start = monotonic_now();
    for (int i = 0; i < kCalls; ++i)
      pbx::core::log(level, "test", "call={} leg={} offer rona wait_ms={}", CallId{0x7f3a91},
                     LegId{2}, i);
    return static_cast<double>((monotonic_now() - start).count()) / kCalls;
  };
  const double off = measure(LogLevel::kDebug);
  const double on = measure(LogLevel::kInfo);
  MESSAGE("ns per call: below the level ", off, ", into the ring ", on);
}
