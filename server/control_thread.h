// server/control_thread.h — the thread that owns all calls: events in by mailbox, effects out.
//
// Any thread may post().  The Control object lives inside the thread and is seen by no other.
// A batch of events that takes longer than kSlow is told in the log: the thread's handlers are
// meant to take microseconds.

#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "core/base/event_loop.h"
#include "core/base/mailbox.h"
#include "core/base/metrics.h"
#include "core/base/turn_pace.h"
#include "core/call/control.h"
#include "server/control_metrics.h"

namespace pbx::server {

// Who executes the effects.  Called on the control thread: post on and return.
struct ControlPorts {
  std::function<bool(core::ProfileId, call::SipCommand&&)> sip;     // false: could not be posted
  std::function<bool(core::WorkerId, call::MediaCommand&&)> media;  // false: could not be posted
  std::function<void(call::StoreCommand&&)> store;
  std::function<void(call::Reply&&)> reply;
  std::function<bool()> must_refuse_calls;  // the store is behind: no new calls
};

class ControlThread {
 public:
  static constexpr std::size_t kMailboxCapacity = 65'536;
  static constexpr std::chrono::milliseconds kSlow{5};
  static constexpr std::chrono::seconds kHeartbeat{1};
  static constexpr std::chrono::milliseconds kTurnInterval{2};  // while there is much to do

  ControlThread(const call::SwitchboardOptions& options, ControlPorts ports,
                core::MetricsRegistry& metrics);
  ~ControlThread();
  ControlThread(const ControlThread&) = delete;
  ControlThread& operator=(const ControlThread&) = delete;

  void start();
  void stop();  // returns when the thread is over; what is posted later is never read

  // New work (an incoming leg, a command): refused when the mailbox is above its mark.
  [[nodiscard]] bool try_post(call::Event&& event);
  // All else belongs to calls in progress and always gets in.
  void post(call::Event&& event) { mailbox_.post_always(std::move(event)); }

  [[nodiscard]] bool is_busy() const {
    return mailbox_.is_above_mark() || ports_.must_refuse_calls();
  }
  // Time since the last turn; the watchdog's measure.
  [[nodiscard]] core::Duration silence() const;

 private:
  void run() noexcept;
  void turn(core::Instant now);
  void execute(call::Effects& effects);
  void execute(call::ToSip&& effect);
  void execute(call::ToMedia&& effect);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

  ControlPorts ports_;
  core::Mailbox<call::Event> mailbox_;
  core::EventLoop loop_;
  core::TurnPace pace_{kTurnInterval};
  ControlMetrics metrics_;

  // The thread's own.
  std::unique_ptr<call::SecretSource> secrets_;
  call::Control control_;
  call::Effects effects_;
  core::Instant heartbeat_due_{};

  std::atomic<core::Duration::rep> last_turn_ns_ = 0;
  std::thread thread_;
};

}  // namespace pbx::server
