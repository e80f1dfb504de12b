// tools/call_load/options.h — everything a run can be told on the command line.
//
// Plain values; docs/call_load.md says what each does.  Built once in main, read by all.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/net.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "tools/call_load/sdp.h"

namespace pbx::call_load {

enum class Mode : std::uint8_t { kCalls, kRegister, kOptions };
enum class Hangup : std::uint8_t { kCaller, kCallee, kRandom };

struct DurationRange {
  core::Duration min{}, max{};
};
struct PortRange {
  std::uint16_t low = 40000, high = 59999;  // even ports of it are used
};

struct Options {
  // The help text, when it was asked for: print it and run nothing.
  std::string help;

  Mode mode = Mode::kCalls;
  core::SocketAddress server;  // none: --direct, callers call the callees' own sockets
  // With --direct: SDP of leg n names port + 2 n of this address, where a relay is that sends on
  // what it hears.  None: the leg's own socket.
  core::SocketAddress relay;
  std::string domain;  // host part of all addresses of record

  std::uint64_t calls = 0;  // calls or OPTIONS to send; UINT64_MAX: until `duration` is over
  double rate = 10;         // a second
  core::Duration hold = std::chrono::seconds(10);
  core::Duration duration{};  // 0: until all calls are made
  core::Duration warmup{};
  std::uint32_t concurrent_max = kConcurrentMax;

  std::vector<std::string> callers, callees;
  std::string password;
  std::unordered_map<std::string, std::string> passwords;  // by number; before `password`
  bool register_callers = false, register_callees = true;
  std::uint64_t registrations = 0;  // in Mode::kRegister
  double register_rate = 200;
  std::uint32_t expires_s = 3600;
  bool reuse_nonce = false;

  DurationRange answer_after;
  core::Duration setup_timeout = std::chrono::seconds(60);
  core::Duration cancel_after{};  // 0: never
  core::Duration hold_every{}, hold_for = std::chrono::seconds(1);
  Hangup hangup = Hangup::kCaller;
  bool delayed_offer = false, prack = false;
  std::uint32_t session_expires_s = 0;  // 0: no session timer asked for

  Codec codec = Codec::kPcmu, callee_codec = Codec::kPcmu;
  unsigned ptime_ms = 20;
  bool rtp = true, tone = false;

  core::IpAddress bind;
  std::uint16_t sip_port_base = 0;  // 0: any free ports
  unsigned sip_sockets = 1;         // per role
  PortRange rtp_ports;
  unsigned rtp_sockets = 0;  // 0: one for each leg
  unsigned threads = 2;
  bool realtime = false;
  double drop_percent = 0;  // of own SIP datagrams, thrown away instead of sent
  std::uint64_t seed = 0;   // 0: another one each time

  int cpu_of = 0;  // process id of the server; 0: do not look
  std::string json_file;
  bool quiet = false;

  static constexpr std::uint32_t kConcurrentMax = 100'000;
  static constexpr std::size_t kNumbersMax = 100'000;
  static constexpr unsigned kSocketsMax = 1024;

  [[nodiscard]] bool is_direct() const { return !server; }
  [[nodiscard]] bool is_transcoded() const { return codec != callee_codec; }
};

// Errors: kInvalidArgument with a text for the user.
[[nodiscard]] core::Result<Options> parse_options(int argc, const char* const* argv);

// "100-102,200" -> 100 101 102 200.  Leading zeros are kept: "007-010" has four numbers of three
// digits.  Errors: kInvalidArgument; kLimitReached above kNumbersMax.
[[nodiscard]] core::Result<std::vector<std::string>> parse_numbers(std::string_view text);

// Lines "number:password"; empty lines and lines that begin with # are skipped.
// Errors: kInvalidArgument with the line number.
[[nodiscard]] core::Result<std::unordered_map<std::string, std::string>> parse_passwords(
    std::string_view text);

}  // namespace pbx::call_load
