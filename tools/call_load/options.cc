#include "tools/call_load/options.h"

#include <CLI/CLI.hpp>

#include <array>
#include <fstream>
#include <sstream>

#include "core/base/text.h"

namespace pbx::call_load {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;

// What CLI11 fills and what needs a second look.
struct Raw {
  std::string server, relay, domain, callers = "100-149", callees = "150-199", password_file;
  std::string codec = "pcmu", callee_codec, hangup = "caller", answer_after = "0", rtp_ports;
  std::string bind;
  double hold_s = 10, duration_s = 0, warmup_s = 0, setup_timeout_s = 60, cancel_after_s = 0;
  double hold_every_s = 0, hold_for_s = 1;
  bool direct = false, register_only = false, options_ping = false;
};

core::Duration seconds(double value) {
  return core::Duration(static_cast<core::Duration::rep>(value * 1e9));
}

void add_load_options(CLI::App& app, Options& options, Raw& raw) {
  const auto positive = CLI::PositiveNumber;
  const auto not_negative = CLI::NonNegativeNumber;
  app.add_option("--server", raw.server, "ip:port of the server under test");
  app.add_flag("--direct", raw.direct, "no server: callers call the callees' own sockets");
  app.add_option("--relay", raw.relay, "with --direct: ip:port of a relay; leg n uses port + 2 n");
  app.add_option("--domain", raw.domain, "host part of addresses of record (default: the server)");
  app.add_option("--calls", options.calls, "how many calls (or OPTIONS) to make");
  app.add_option("--rate", options.rate, "calls a second")->check(positive);
  app.add_option("--hold", raw.hold_s, "length of a call, seconds")->check(not_negative);
  app.add_option("--duration", raw.duration_s, "stop making calls after, seconds")
      ->check(not_negative);
  app.add_option("--warmup", raw.warmup_s, "leave the first seconds out of times and CPU")
      ->check(not_negative);
  app.add_option("--concurrent", options.concurrent_max, "most calls at a time")
      ->check(CLI::Range(1u, Options::kConcurrentMax));
  app.add_flag("--register-only", raw.register_only, "registrations instead of calls");
  app.add_flag("--options-ping", raw.options_ping, "OPTIONS instead of calls");
  app.add_option("--registrations", options.registrations, "with --register-only: how many");
  app.add_option("--register-rate", options.register_rate, "registrations a second")
      ->check(positive);
  app.add_option("--expires", options.expires_s, "of registrations, seconds")
      ->check(CLI::Range(1u, 86400u));
}

void add_call_options(CLI::App& app, Options& options, Raw& raw) {
  const auto not_negative = CLI::NonNegativeNumber;
  app.add_option("--callers", raw.callers, "numbers, as 100-149,180");
  app.add_option("--callees", raw.callees, "numbers, as 150-199");
  app.add_option("--password", options.password, "of every number");
  app.add_option("--password-file", raw.password_file, "lines number:password");
  app.add_flag("--register-callers,!--no-register-callers", options.register_callers,
               "register the callers too");
  app.add_flag("--register-callees,!--no-register-callees", options.register_callees,
               "register the callees (default)");
  app.add_flag("--reuse-nonce", options.reuse_nonce, "log in at once with the last nonce");
  app.add_option("--answer-after", raw.answer_after, "seconds of ringing, as 2 or 0-3");
  app.add_option("--setup-timeout", raw.setup_timeout_s, "give up an unanswered call, seconds")
      ->check(CLI::PositiveNumber);
  app.add_option("--cancel-after", raw.cancel_after_s, "cancel each call while ringing, seconds")
      ->check(not_negative);
  app.add_option("--hold-every", raw.hold_every_s, "put on hold by re-INVITE every, seconds")
      ->check(not_negative);
  app.add_option("--hold-for", raw.hold_for_s, "and resume after, seconds")
      ->check(CLI::PositiveNumber);
  app.add_option("--hangup", raw.hangup, "caller, callee or random")
      ->check(CLI::IsMember({"caller", "callee", "random"}));
  app.add_flag("--delayed-offer", options.delayed_offer, "INVITE without SDP, offer in the answer");
  app.add_flag("--prack", options.prack, "reliable provisional responses (RFC 3262)");
  app.add_option("--session-timer", options.session_expires_s, "ask for refreshes, seconds")
      ->check(CLI::Range(90u, 86400u));
}

void add_media_options(CLI::App& app, Options& options, Raw& raw) {
  const CLI::IsMember codecs({"pcmu", "pcma", "g722"});
  app.add_flag("--rtp,!--no-rtp", options.rtp, "send and count RTP (default)");
  app.add_option("--codec", raw.codec, "pcmu, pcma or g722")->check(codecs);
  app.add_option("--callee-codec", raw.callee_codec, "another one makes the server transcode")
      ->check(codecs);
  app.add_option("--ptime", options.ptime_ms, "milliseconds of sound in a packet")
      ->check(CLI::IsMember({10u, 20u, 30u, 40u, 60u}));
  app.add_flag("--tone", options.tone, "send a tone instead of marked packets");
  app.add_option("--rtp-ports", raw.rtp_ports, "lo-hi (default 40000-59999)");
  app.add_option("--rtp-sockets", options.rtp_sockets, "share this many; 0: one for each leg")
      ->check(CLI::Range(0u, Options::kSocketsMax));
  app.add_option("--bind", raw.bind, "own address (default: loopback)");
  app.add_option("--sip-port-base", options.sip_port_base, "first own SIP port; 0: any");
  app.add_option("--sip-sockets", options.sip_sockets, "for each role")
      ->check(CLI::Range(1u, Options::kSocketsMax));
  app.add_option("--threads", options.threads, "1: SIP and RTP in one")->check(CLI::Range(1u, 2u));
  app.add_flag("--realtime", options.realtime, "run before all ordinary processes (SCHED_RR)");
  app.add_option("--drop", options.drop_percent, "throw away this percentage of own SIP datagrams")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--seed", options.seed, "of all chance; 0: another each time");
  app.add_option("--cpu-of", options.cpu_of, "process id whose CPU and memory to report");
  app.add_option("--json", options.json_file, "write the report line to this file too");
  app.add_flag("--quiet", options.quiet, "no progress on stderr");
}

Codec codec_of(std::string_view name) {
  return name == "pcma" ? Codec::kPcma : name == "g722" ? Codec::kG722 : Codec::kPcmu;
}

Result<DurationRange> parse_delay(std::string_view text) {
  std::array<std::string_view, 2> parts;
  const std::size_t count = core::split(text, '-', parts);
  std::array<double, 2> values{};
  for (std::size_t i = 0; i < count; ++i) {
    const char* const end = parts[i].data() + parts[i].size();
    const auto [stop, error] = std::from_chars(parts[i].data(), end, values[i]);
    if (error != std::errc{} || stop != end || values[i] < 0 || values[i] > 3600)
      return fail(ErrorCode::kInvalidArgument, "--answer-after wants seconds: 2 or 0-3");
  }
  const DurationRange range{seconds(values[0]), seconds(values[count - 1])};
  if (range.max < range.min)
    return fail(ErrorCode::kInvalidArgument, "--answer-after: the second number is the greater");
  return range;
}

Result<PortRange> parse_ports(std::string_view text) {
  const auto parts = core::split_once(text, '-');
  const auto low = parts ? core::parse_uint<std::uint16_t>(parts->first) : std::nullopt;
  const auto high = parts ? core::parse_uint<std::uint16_t>(parts->second) : std::nullopt;
  if (!low || !high || *low == 0 || *high <= *low)
    return fail(ErrorCode::kInvalidArgument, "--rtp-ports wants lo-hi, as 40000-59999");
  return PortRange{*low, *high};
}

Result<> read_numbers(const Raw& raw, Options& options) {
  auto callers = parse_numbers(raw.callers);
  if (!callers) return core::forward_error(callers);
  auto callees = parse_numbers(raw.callees);
  if (!callees) return core::forward_error(callees);
  options.callers = std::move(*callers);
  options.callees = std::move(*callees);
  if (raw.password_file.empty()) return {};
  std::ifstream file(raw.password_file);
  std::stringstream text;
  if (!(text << file.rdbuf()))
    return fail(ErrorCode::kInvalidArgument, "cannot read " + raw.password_file);
  auto passwords = parse_passwords(text.view());
  if (!passwords) return core::forward_error(passwords);
  options.passwords = std::move(*passwords);
  return {};
}

Result<> read_addresses(const Raw& raw, Options& options) {
  if (raw.server.empty() != raw.direct)
    return fail(ErrorCode::kInvalidArgument, "say either --server ip:port or --direct");
  if (!raw.direct) {
    const auto server = core::parse_socket_address(raw.server);
    if (!server || !*server) return fail(ErrorCode::kInvalidArgument, "--server wants ip:port");
    options.server = *server;
  }
  if (!raw.relay.empty()) {
    const auto relay = core::parse_socket_address(raw.relay);
    if (!relay || !*relay || !raw.direct)
      return fail(ErrorCode::kInvalidArgument, "--relay wants ip:port and --direct");
    options.relay = *relay;
  }
  const bool is_v6 = options.server.ip.family == core::IpFamily::kV6;
  const auto bind = core::parse_ip(raw.bind.empty() ? (is_v6 ? "::1" : "127.0.0.1") : raw.bind);
  if (!bind) return fail(ErrorCode::kInvalidArgument, "--bind wants an IP address");
  options.bind = *bind;
  if (options.server && options.server.ip.family != options.bind.family)
    return fail(ErrorCode::kInvalidArgument, "--bind and --server are of different families");
  const core::IpAddress& host = raw.direct ? options.bind : options.server.ip;
  options.domain = !raw.domain.empty()                  ? raw.domain
                   : host.family == core::IpFamily::kV6 ? "[" + host.text() + "]"
                                                        : host.text();
  if (raw.rtp_ports.empty()) return {};
  const auto ports = parse_ports(raw.rtp_ports);
  if (!ports) return core::forward_error(ports);
  options.rtp_ports = *ports;
  return {};
}

Result<> read_times(const Raw& raw, Options& options) {
  options.hold = seconds(raw.hold_s);
  options.duration = seconds(raw.duration_s);
  options.warmup = seconds(raw.warmup_s);
  options.setup_timeout = seconds(raw.setup_timeout_s);
  options.cancel_after = seconds(raw.cancel_after_s);
  options.hold_every = seconds(raw.hold_every_s);
  options.hold_for = seconds(raw.hold_for_s);
  const auto delay = parse_delay(raw.answer_after);
  if (!delay) return core::forward_error(delay);
  options.answer_after = *delay;
  return {};
}

// What must hold between options.
Result<> check(const Raw& raw, Options& options) {
  if (raw.register_only && raw.options_ping)
    return fail(ErrorCode::kInvalidArgument, "--register-only or --options-ping, not both");
  if (options.is_direct() && options.mode != Mode::kCalls)
    return fail(ErrorCode::kInvalidArgument, "--register-only and --options-ping need a --server");
  std::uint64_t& total = options.mode == Mode::kRegister ? options.registrations : options.calls;
  if (total == 0 && options.duration == core::Duration{})
    return fail(ErrorCode::kInvalidArgument, options.mode == Mode::kRegister
                                                 ? "say --registrations or --duration"
                                                 : "say --calls or --duration");
  if (total == 0) total = UINT64_MAX;
  if (options.tone && (options.codec == Codec::kG722 || options.callee_codec == Codec::kG722))
    return fail(ErrorCode::kInvalidArgument, "--tone is pcmu or pcma only");
  if (options.is_direct() && options.is_transcoded())
    return fail(ErrorCode::kInvalidArgument, "--direct has nobody to transcode");
  if (options.is_direct() && options.rtp_sockets != 0 && options.tone)
    return fail(ErrorCode::kInvalidArgument, "--direct with --rtp-sockets needs marked packets");
  return {};
}

Result<Options> finish(const Raw& raw, Options options) {
  options.mode = raw.register_only  ? Mode::kRegister
                 : raw.options_ping ? Mode::kOptions
                                    : Mode::kCalls;
  options.codec = codec_of(raw.codec);
  options.callee_codec = raw.callee_codec.empty() ? options.codec : codec_of(raw.callee_codec);
  options.hangup = raw.hangup == "callee"   ? Hangup::kCallee
                   : raw.hangup == "random" ? Hangup::kRandom
                                            : Hangup::kCaller;
  if (raw.direct) options.register_callees = options.register_callers = false;
  for (const auto step : {read_times, read_numbers, read_addresses}) {
    const auto done = step(raw, options);
    if (!done) return core::forward_error(done);
  }
  const auto checked = check(raw, options);
  if (!checked) return core::forward_error(checked);
  return options;
}

Result<> add_range(std::string_view piece, std::vector<std::string>& numbers) {
  std::array<std::string_view, 2> ends;
  const std::size_t count = core::split(piece, '-', ends);
  const std::string_view first = core::trim(ends[0]);
  const std::string_view last = count == 2 ? core::trim(ends[1]) : first;
  const auto low = core::parse_uint<std::uint64_t>(first, 999'999'999'999'999);
  const auto high = core::parse_uint<std::uint64_t>(last, 999'999'999'999'999);
  if (!low || !high || *high < *low)
    return fail(ErrorCode::kInvalidArgument, "numbers are written 100-149,180");
  if (*high - *low >= Options::kNumbersMax - numbers.size())
    return fail(ErrorCode::kLimitReached, "more than 100000 numbers");
  for (std::uint64_t number = *low; number <= *high; ++number) {
    const std::string digits = std::to_string(number);
    const std::size_t zeros = first.size() > digits.size() ? first.size() - digits.size() : 0;
    numbers.push_back(std::string(zeros, '0') + digits);
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> parse_numbers(std::string_view text) {
  std::vector<std::string> numbers;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto added = add_range(text.substr(0, comma), numbers);
    if (!added) return core::forward_error(added);
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

Result<std::unordered_map<std::string, std::string>> parse_passwords(std::string_view text) {
  std::unordered_map<std::string, std::string> passwords;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = core::trim(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    const auto parts = core::split_once(line, ':');
    if (!parts || parts->first.empty())
      return fail(ErrorCode::kInvalidArgument,
                  "password file, line " + std::to_string(line_number) + ": number:password");
    passwords.insert_or_assign(std::string(core::trim(parts->first)),
                               std::string(core::trim(parts->second)));
  }
  return passwords;
}

Result<Options> parse_options(int argc, const char* const* argv) {
  Options options;
  Raw raw;
  CLI::App app{"call_load: makes SIP calls with RTP through a server and says how they went",
               "call_load"};
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  add_load_options(app, options, raw);
  add_call_options(app, options, raw);
  add_media_options(app, options, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.help = app.help();
    return options;
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::kInvalidArgument, error.what());
  }
  return finish(raw, std::move(options));
}

}  // namespace pbx::call_load
