// core/config/server.h — section `server`: what the process is called, where it keeps its data,
// what it logs, and how much it accepts.
//
// Pure values.  Sizes in bytes, times in std::chrono types.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace pbx::config {

enum class Country : std::uint8_t { kRu, kUs, kUk, kDe };
enum class Language : std::uint8_t { kEn, kRu };
enum class LogLevel : std::uint8_t { kError, kWarn, kInfo, kDebug, kTrace };

// The components whose log level can be set by itself: those of core::kLogComponents that log by
// now (a test compares).
inline constexpr std::array<std::string_view, 8> kComponents{"api",   "base",   "call", "config",
                                                             "media", "server", "sip",  "storage"};

struct Log {
  LogLevel level = LogLevel::kInfo;
  std::map<std::string, LogLevel, std::less<>> components;  // by name of kComponents
  std::filesystem::path file;                               // empty: standard error

  friend bool operator==(const Log&, const Log&) = default;
};

// New calls beyond these are refused with 503 and Retry-After; calls in progress never suffer.
struct Limits {
  std::uint32_t calls_max = 2000;
  std::uint32_t calls_per_second_max = 500;
  std::chrono::milliseconds retry_after{5000};

  friend bool operator==(const Limits&, const Limits&) = default;
};

struct Server {
  std::string name = "strowger";  // also the default of Profile::realm
  std::filesystem::path data_dir = "/var/lib/strowger";
  std::filesystem::path resolv_conf = "/etc/resolv.conf";  // names the DNS servers for trunks
  std::string user_agent = "Strowger";  // the Server and User-Agent header fields
  Country country = Country::kRu;       // tones
  Language language = Language::kEn;    // announcements
  bool mask_numbers = false;            // callers' numbers in the log
  Log log;
  std::chrono::milliseconds drain_timeout{60'000};
  Limits limits;

  friend bool operator==(const Server&, const Server&) = default;
};

}  // namespace pbx::config
