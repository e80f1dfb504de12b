#include "server/control_thread.h"

#include <sys/epoll.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/random_device.h"
#include "core/base/thread_name.h"

namespace pbx::server {
namespace {

class KernelSecrets : public call::SecretSource {
 public:
  void fill(std::span<std::byte> out) override { core::secure_bytes(out); }
};

core::LogLevel level_of(call::Notice::Level level) {
  switch (level) {
    case call::Notice::Level::kError:
      return core::LogLevel::kError;
    case call::Notice::Level::kWarn:
      return core::LogLevel::kWarn;
    case call::Notice::Level::kInfo:
      return core::LogLevel::kInfo;
    case call::Notice::Level::kDebug:
      break;
  }
  return core::LogLevel::kDebug;
}

}  // namespace

ControlThread::ControlThread(const call::SwitchboardOptions& options, ControlPorts ports,
                             core::MetricsRegistry& metrics)
    : ports_(std::move(ports)),
      mailbox_({.capacity = kMailboxCapacity}),
      metrics_(metrics),
      secrets_(std::make_unique<KernelSecrets>()),
      control_(options, *secrets_) {}

ControlThread::~ControlThread() { stop(); }

void ControlThread::start() {
  last_turn_ns_ = core::monotonic_now().time_since_epoch().count();
  const auto added = loop_.add(mailbox_.wake_fd(), EPOLLIN, [](std::uint32_t) {});
  PBX_ASSERT(added.has_value());
  thread_ = std::thread([this] { run(); });
}

void ControlThread::stop() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

bool ControlThread::try_post(call::Event&& event) {
  return !ports_.must_refuse_calls() && mailbox_.try_post(std::move(event));
}

core::Duration ControlThread::silence() const {
  return core::monotonic_now().time_since_epoch() - core::Duration(last_turn_ns_.load());
}

void ControlThread::run() noexcept {
  core::name_this_thread("control");
  loop_.run([this] { return next_deadline(); },
            [this](core::Instant now) {
              pace_.begin(now);
              turn(now);
              pace_.rest();
            });
  turn(core::monotonic_now());  // what came while it rested: records of the calls that ended last
}

std::optional<core::Instant> ControlThread::next_deadline() const {
  const auto due = control_.next_deadline();
  return due && *due < heartbeat_due_ ? *due : heartbeat_due_;
}

void ControlThread::turn(core::Instant now) {
  const core::WakeBatch wakes;  // one call makes a dozen commands
  last_turn_ns_ = now.time_since_epoch().count();
  const std::size_t handled = mailbox_.drain([&](call::Event&& event) {
    metrics_.on_event(event);
    control_.apply(core::monotonic_now(), event, effects_);
    execute(effects_);
  });
  control_.expire(core::monotonic_now(), effects_);
  execute(effects_);
  if (now >= heartbeat_due_) {
    heartbeat_due_ = now + kHeartbeat;
    control_.set_wall(core::wall_anchor_now());
    metrics_.on_heartbeat(control_.status(), mailbox_);
  }
  const core::Duration took = core::monotonic_now() - now;
  metrics_.on_turn(took);
  if (took > kSlow * (1 + handled / 100))
    core::log_warn("server", "control turn slow took_us={} events={} waiting={}",
                   took.count() / 1000, handled, mailbox_.size());
}

void ControlThread::execute(call::Effects& effects) {
  for (call::Effect& effect : effects) {
    if (auto* sip = std::get_if<call::ToSip>(&effect))
      execute(std::move(*sip));
    else if (auto* media = std::get_if<call::ToMedia>(&effect))
      execute(std::move(*media));
    else if (auto* store = std::get_if<call::StoreCommand>(&effect)) {
      metrics_.on_store(*store);
      ports_.store(std::move(*store));
    } else if (auto* reply = std::get_if<call::Reply>(&effect))
      ports_.reply(std::move(*reply));
    else if (const auto* notice = std::get_if<call::Notice>(&effect))
      core::log(level_of(notice->level), "call", "{}", notice->text);
  }
  effects.clear();
}

// A command that its thread does not take is answered here as that thread would answer a failure,
// so that no leg waits for ever.
void ControlThread::execute(call::ToSip&& effect) {
  const auto* invite = std::get_if<call::SipInvite>(&effect.command);
  const core::LegId leg = invite != nullptr ? invite->leg : core::LegId{};
  if (ports_.sip(effect.profile, std::move(effect.command)) || !leg) return;
  post(call::LegEnded{leg, core::causes::congestion()});
}

void ControlThread::execute(call::ToMedia&& effect) {
  const auto* open = std::get_if<call::MediaOpen>(&effect.command);
  const core::LegId leg = open != nullptr ? open->leg : core::LegId{};
  if (ports_.media(effect.worker, std::move(effect.command)) || !leg) return;
  post(call::MediaFailed{leg, "the media worker is overloaded"});
}

}  // namespace pbx::server
