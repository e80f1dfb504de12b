// core/config/config.h — the whole configuration as plain structs.
//
// Pure values.  One immutable Config (shared_ptr<const Config>) is handed to every thread; a
// reload makes a new one.  What is here has passed validation (loader.h): ranges hold, references
// point at something, defaults and derived values are filled in.  docs/configuration.md describes
// each option; schema.h is where it is stated.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/net.h"
#include "core/config/domain.h"
#include "core/config/extension.h"
#include "core/config/fraud.h"
#include "core/config/media.h"
#include "core/config/numbering.h"
#include "core/config/profile.h"
#include "core/config/recording.h"
#include "core/config/rights.h"
#include "core/config/route.h"
#include "core/config/server.h"
#include "core/config/trunk.h"

namespace pbx::config {

// Feature codes: what a phone dials to reach a service.  Empty: the service cannot be dialled.
struct Services {
  std::string echo = "*43";
  std::string own_number = "*65";
  std::string account_code = "*47";  // then the code, `*` and the number

  friend bool operator==(const Services&, const Services&) = default;
};

enum class SyncPolicy : std::uint8_t {
  kFull,  // a commit is on disk before it counts
  kMeta,  // a power failure may lose the last commits, the database stays whole
  kOff,   // a power failure may destroy the database; a kill of the process loses nothing
};

struct Storage {
  std::uint64_t map_size = 8'000'000'000;  // the most that the database can grow to
  std::chrono::milliseconds commit_interval{20};
  SyncPolicy sync = SyncPolicy::kFull;
  std::chrono::milliseconds cdr_retention = std::chrono::hours(365 * 24);  // 0: for ever

  friend bool operator==(const Storage&, const Storage&) = default;
};

struct Api {
  std::filesystem::path socket;  // never empty; default: data_dir/strowger.sock
  std::uint32_t socket_mode = 0660;
  core::SocketAddress listen;  // HTTP on a loopback address; none: only the socket

  friend bool operator==(const Api&, const Api&) = default;
};

struct Metrics {
  bool enabled = true;  // GET /metrics

  friend bool operator==(const Metrics&, const Metrics&) = default;
};

// Who makes the tone that a caller hears while it rings.
enum class Ringback : std::uint8_t { kPhone, kExchange };

// What callers hear before an answer, and bounds of one call against loops and runaway growth.
struct Call {
  Ringback ringback = Ringback::kPhone;
  std::chrono::milliseconds failure_tone{0};  // 0: the final response goes at once
  std::uint32_t hops_max = 10;                // redirections and forwardings of one call
  std::uint32_t forks_max = 10;               // contacts rung at once
  std::uint32_t legs_max = 16;
  std::uint32_t segments_max = 100;

  friend bool operator==(const Call&, const Call&) = default;
};

struct Config {
  Server server;
  std::map<std::string, Profile, std::less<>> profiles;      // by name, at least one
  std::map<std::string, Extension, std::less<>> extensions;  // by id
  std::map<std::string, Domain, std::less<>> domains;        // by name
  std::vector<Passage> passages;                             // from one domain into another
  Media media;
  Recording recording;
  Services services;
  Numbering numbering;
  std::map<std::string, RewriteSet, std::less<>> rewrites;  // by name
  std::map<std::string, Trunk, std::less<>> trunks;         // by name
  // Each by name.
  std::map<std::string, HolidayCalendar, std::less<>> holidays;
  std::map<std::string, Schedule, std::less<>> schedules;
  std::map<std::string, CallerList, std::less<>> caller_lists;
  std::map<std::string, PriceList, std::less<>> prices;
  std::map<std::string, TrunkGroup, std::less<>> trunk_groups;
  std::map<std::string, Plan, std::less<>> plans;
  std::map<std::string, Rights, std::less<>> rights;
  Fraud fraud;
  Storage storage;
  Api api;
  Metrics metrics;
  Call call;

  friend bool operator==(const Config&, const Config&) = default;
};

// The domain that has `host` among its hosts; null: none.
[[nodiscard]] const Domain* find_domain_of(const Config& config, std::string_view host);
// Null: no call may go this way.  `from` and `to` are names, "" is the house.
[[nodiscard]] const Passage* find_passage(const Config& config, std::string_view from,
                                          std::string_view to);

}  // namespace pbx::config
