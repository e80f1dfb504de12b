// api/ports.h — what the API needs of the rest of the daemon; server/ fills it in.
//
// Threads: the functions are called on the api thread and must return at once.  Those that take a
// RequestId start something; the answer comes by Server::deliver() from any thread.  An empty
// function means that the daemon has no such part, and its requests get 503.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/wall_time.h"
#include "core/call/binding.h"
#include "core/call/effect.h"
#include "core/call/event.h"
#include "core/config/secret.h"

namespace pbx::api {

// --- asked of the SIP threads: each profile answers once ---
struct TraceQuery {
  core::RequestId request;
  std::vector<core::LegId> legs;
};
struct GuardListQuery {
  core::RequestId request;
};
struct GuardLiftQuery {
  core::RequestId request;
  core::IpAddress address;
};
using SipQuery = std::variant<TraceQuery, GuardListQuery, GuardLiftQuery>;

struct TracedMessage {
  core::WallTime at;
  bool sent = false;  // by us
  call::Transport transport = call::Transport::kUdp;
  core::SocketAddress remote;
  std::string text;  // with secrets taken out by the tracer
};
struct TraceAnswer {
  core::RequestId request;
  std::vector<TracedMessage> messages;  // oldest first
};
struct GuardEntry {
  std::string profile;
  core::IpAddress address;
  std::uint32_t failures = 0;
  std::optional<core::WallTime> banned_until;  // missing: watched, not banned
  std::string reason;                          // of the ban: "scanner friendly-scanner"
};
struct GuardAnswer {
  core::RequestId request;
  std::vector<GuardEntry> entries;
};
struct GuardLifted {
  core::RequestId request;
  bool found = false;
};

// --- asked of the main thread ---
struct ReloadAnswer {
  core::RequestId request;
  std::vector<std::string> mistakes;  // "file:line:column: text"; if any, nothing was changed
  std::vector<std::string> live;      // "media.dscp: 46 → 34"
  std::vector<std::string> restart;   // takes effect at the next start
};

using Answer = std::variant<call::Reply, TraceAnswer, GuardAnswer, GuardLifted, ReloadAnswer>;

// --- values that can be read at once ---
struct AccountView {
  std::string number;
  std::string name;
  std::string profile;  // "" for any
  bool generated = false;
  config::Secret password;  // of generated ones; shown over the Unix socket only
};
struct HealthPart {
  std::string name;  // "control", "sip.phones", "media.1", "store", "disk"
  bool ok = true;
  std::string detail;
};
struct Info {
  std::string name;  // server.name
  std::string version;
  core::WallTime started;
};

struct Ports {
  // False: the mailbox of control is above its mark; the request gets 429.
  std::function<bool(call::Event&&)> control;

  std::size_t sip_profiles = 0;  // answers to expect for each SipQuery
  std::function<void(const SipQuery&)> sip;

  std::function<void(core::RequestId)> reload;

  std::function<std::vector<AccountView>()> accounts;
  std::function<std::vector<HealthPart>()> health;
  std::function<std::optional<std::string>()> metrics;  // Prometheus text format, if switched on
  std::function<std::vector<std::pair<std::string, std::string>>()> log_levels;
  // Component "" is the general level.  Errors: kInvalidArgument names what is allowed.
  std::function<core::Result<>(const std::string& component, const std::string& level)>
      set_log_level;

  Info info;
  std::filesystem::path recording_directory;
};

}  // namespace pbx::api
