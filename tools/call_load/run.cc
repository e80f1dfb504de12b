#include "tools/call_load/run.h"

#include <fmt/format.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

#include "core/base/clock.h"
#include "core/base/random_device.h"
#include "core/base/text.h"
#include "tools/call_load/call_engine.h"
#include "tools/call_load/media_link.h"
#include "tools/call_load/scenario.h"
#include "tools/call_load/sip_sockets.h"

namespace pbx::call_load {
namespace {

constexpr core::Duration kIdleMax = std::chrono::milliseconds(20);
constexpr core::Duration kStopCheck = std::chrono::milliseconds(50);
constexpr core::Duration kProgress = std::chrono::seconds(1);

void sleep_until(core::Instant when) {
  const auto ns = when.time_since_epoch().count();
  const timespec until{static_cast<time_t>(ns / 1'000'000'000),
                       static_cast<long>(ns % 1'000'000'000)};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

class Run {
 public:
  Run(const Options& options, std::uint64_t seed)
      : options_(options),
        random_(seed),
        run_id_(static_cast<std::uint32_t>(random_.next())),
        phones_(options),
        logins_(options.reuse_nonce, random_.split("cnonce")),
        sockets_(options, counters_, random_.split("drop")),
        media_(options),
        meter_(options),
        calls_({options, phones_, sockets_, media_, logins_, counters_, random_.split("calls"),
                run_id_}),
        requests_({options, phones_, sockets_, logins_, counters_, run_id_}) {}

  core::Result<RunResult> run(const std::function<bool()>& is_stop_asked);

 private:
  void loop(RtpEngine& rtp, Scenario& scenario, const std::function<bool()>& is_stop_asked);
  void do_work(core::Instant now, RtpEngine& rtp, Scenario& scenario);
  void receive(const Incoming& datagram);
  void show_progress(core::Instant now);
  [[nodiscard]] LoadSample load(core::Instant now) const;
  [[nodiscard]] core::Duration idle_time(core::Instant now, const RtpEngine& rtp,
                                         const Scenario& scenario) const;
  [[nodiscard]] bool has_rtp_thread() const {
    return options_.rtp && options_.mode == Mode::kCalls && options_.threads == 2;
  }
  RunResult result(const RtpEngine& rtp, const Scenario& scenario) const;

  const Options& options_;
  core::Random random_;
  std::uint32_t run_id_;
  SipCounters counters_;
  Phonebook phones_;
  Authenticator logins_;
  SipSockets sockets_;
  MediaLink media_;
  Meter meter_;
  CallEngine calls_;
  PhoneRequests requests_;
  bool is_stopped_ = false;
  double sip_cpu_s_ = 0, rtp_cpu_s_ = 0;  // the latter written by the RTP thread before it ends
  core::Instant next_stop_check_{}, next_progress_{};
};

void Run::receive(const Incoming& datagram) {
  if (core::trim(datagram.bytes).empty()) return;  // keep-alive, RFC 5626 3.5.1
  const auto message = parse_sip(datagram.bytes);
  if (!message) {
    ++counters_.malformed;
    return;
  }
  const core::Instant now = core::monotonic_now();
  media_.set_now(now);
  if (message->is_request()) return calls_.on_request(now, *message, datagram);
  const auto token = parse_token(message->branch(), run_id_);
  if (!token)
    ++counters_.unexpected;
  else if (token->kind == Token::Kind::kPhone)
    requests_.on_response(now, *message, *token);
  else
    calls_.on_response(now, *message, *token);
}

LoadSample Run::load(core::Instant now) const {
  LoadSample sample;
  sample.at = now;
  sample.started =
      options_.mode == Mode::kCalls ? calls_.stats().attempted : requests_.stats().attempted;
  sample.talk_seconds = calls_.talk_seconds(now);
  return sample;
}

core::Duration Run::idle_time(core::Instant now, const RtpEngine& rtp,
                              const Scenario& scenario) const {
  core::Instant next = std::min({now + kIdleMax, calls_.next_deadline(), requests_.next_deadline(),
                                 scenario.next_deadline()});
  if (options_.rtp && !has_rtp_thread()) next = std::min(next, rtp.next_tick());
  return std::max(next - now, core::Duration{});
}

void Run::do_work(core::Instant now, RtpEngine& rtp, Scenario& scenario) {
  media_.set_now(now);
  while (const auto report = media_.poll()) calls_.on_media_report(now, *report);
  calls_.on_time(now);
  requests_.on_time(now);
  const bool was_begun = scenario.traffic_began().has_value();
  scenario.on_time(now);
  if (!was_begun && scenario.traffic_began()) meter_.begin_traffic(load(now));
  if (scenario.traffic_began() && now >= *scenario.traffic_began() + options_.warmup)
    rtp.begin_measuring();
  meter_.on_time(load(now));
  if (scenario.traffic_ended() && !meter_.whole().end) meter_.end_traffic(load(now));
  sockets_.flush();
  if (options_.rtp && !has_rtp_thread()) rtp.step(now);
}

void Run::loop(RtpEngine& rtp, Scenario& scenario, const std::function<bool()>& is_stop_asked) {
  if (scenario.traffic_began()) meter_.begin_traffic(load(core::monotonic_now()));
  while (scenario.stage() != Scenario::Stage::kOver) {
    const core::Instant now = core::monotonic_now();
    if (now >= next_stop_check_) {
      next_stop_check_ = now + kStopCheck;
      if (!is_stopped_ && is_stop_asked()) {
        is_stopped_ = true;
        scenario.stop(now);
      }
    }
    if (now >= next_progress_) show_progress(now);
    do_work(now, rtp, scenario);
    sockets_.receive(idle_time(core::monotonic_now(), rtp, scenario),
                     [this](const Incoming& datagram) { receive(datagram); });
  }
  sockets_.flush();
}

void Run::show_progress(core::Instant now) {
  next_progress_ = now + kProgress;
  if (options_.quiet) return;
  const CallStats& calls = calls_.stats();
  fmt::print(stderr,
             "calls: {} made, {} active, {} talking, {} ok, {} failed; requests: {} ok, {} failed; "
             "sip: {} sent, {} received, {} repeated\n",
             calls.attempted, calls_.active(), calls_.talking(), calls.ok, calls.failed,
             requests_.stats().ok, requests_.stats().failed, counters_.sent, counters_.received,
             counters_.repeated);
}

RunResult Run::result(const RtpEngine& rtp, const Scenario& scenario) const {
  RunResult result;
  result.calls = calls_.stats();
  result.requests = requests_.stats();
  result.sip = counters_;
  result.media = rtp.times();
  result.steady = meter_.steady();
  result.whole = meter_.whole();
  result.rss_before_kb = meter_.rss_before_kb();
  result.rss_peak_kb = meter_.rss_peak_kb();
  result.held_back = scenario.held_back();
  result.placing = scenario.last_start() - scenario.traffic_began().value_or(core::Instant{});
  result.sip_cpu_s = sip_cpu_s_;
  result.rtp_cpu_s = rtp_cpu_s_;
  if (const auto own = sample_process(::getpid())) result.own_rss_kb = own->rss_kb;
  result.is_stopped = is_stopped_;
  return result;
}

core::Result<RunResult> Run::run(const std::function<bool()>& is_stop_asked) {
  const auto opened = sockets_.open(Phonebook::sockets(options_));
  if (!opened) return core::forward_error(opened);
  media_.set_now(core::monotonic_now());
  const auto started = media_.start();
  if (!started) return core::forward_error(started);
  RtpEngine rtp(options_, media_.shared_fds(), media_.commands(), media_.reports());
  Scenario scenario(options_, phones_, calls_, requests_, core::monotonic_now());
  const double cpu_before = thread_cpu_s();
  std::atomic<bool> is_over{false};
  std::thread rtp_thread;
  if (has_rtp_thread())
    rtp_thread = std::thread([&]() noexcept {
      while (!is_over.load(std::memory_order_relaxed)) {
        rtp.step(core::monotonic_now());
        sleep_until(rtp.next_tick());
      }
      rtp_cpu_s_ = thread_cpu_s();
    });
  loop(rtp, scenario, is_stop_asked);
  is_over = true;
  if (rtp_thread.joinable()) rtp_thread.join();
  sip_cpu_s_ = thread_cpu_s() - cpu_before;
  if (scenario.has_nobody()) {
    std::string why = "no callee could register:";
    for (const auto& [cause, count] : requests_.stats().failures)
      why += fmt::format(" {} ({} times)", cause, count);
    return core::fail(core::ErrorCode::kUnavailable, why);
  }
  return result(rtp, scenario);
}

}  // namespace

core::Result<RunResult> run(const Options& options, const std::function<bool()>& is_stop_asked) {
  const std::size_t legs = options.rtp ? 2 * static_cast<std::size_t>(options.concurrent_max) : 0;
  allow_descriptors(legs + 2 * options.sip_sockets + 64);
  if (options.realtime) {
    const sched_param priority{1};  // the RTP thread inherits it
    if (::sched_setscheduler(0, SCHED_RR, &priority) != 0)
      return core::fail(core::ErrorCode::kUnavailable, "--realtime needs root or CAP_SYS_NICE");
  }
  if (options.cpu_of != 0) {
    const auto server = sample_process(options.cpu_of);
    if (!server) return core::forward_error(server);
  }
  return std::make_unique<Run>(options, options.seed != 0 ? options.seed : core::entropy_seed())
      ->run(is_stop_asked);
}

}  // namespace pbx::call_load
