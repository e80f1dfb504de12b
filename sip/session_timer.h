// sip/session_timer.h — session timers (RFC 4028), for both roles of one dialog.
//
// Pure; the state is plain data.  One side refreshes the session by re-INVITE or UPDATE at half of
// the interval; whoever hears nothing ends the call shortly before the interval is over.
//
// | event                         | not running              | running                          |
// |-------------------------------|--------------------------|----------------------------------|
// | our request is accepted       | runs if 2xx says so, or  | same, from now on                |
// |                               | if we ask for it         |                                  |
// | their request is accepted     | runs if the answer says  | same, from now on                |
// | half of the interval (ours)   | -                        | kRefresh                         |
// | a refresh of ours failed      | -                        | again at half of the time left   |
// | a refresh of ours was refused | -                        | likewise; of a side that knows   |
// |                               |                          | no timers: accepted, it lives    |
// | interval - min(32 s, 1/3)     | -                        | kExpired, not running            |

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.h"

namespace pbx::sip {

enum class Refresher : std::uint8_t { kNone, kUac, kUas };  // of the transaction that says it

struct SessionExpires {
  std::chrono::seconds interval{0};
  Refresher refresher = Refresher::kNone;
  friend bool operator==(const SessionExpires&, const SessionExpires&) = default;
};
[[nodiscard]] std::string text(const SessionExpires& value);  // "1800;refresher=uas"

struct SessionTimerOptions {
  enum class Mode : std::uint8_t { kOff, kAccept, kRequest };
  Mode mode = Mode::kRequest;
  std::chrono::seconds expires{1800};
  std::chrono::seconds min_se{90};  // not below kMinSe
};

// What our request says besides "Supported: timer".
struct TimerRequest {
  SessionExpires session_expires;
  std::chrono::seconds min_se{0};
};

// What their request says.
struct TimerRequested {
  std::optional<SessionExpires> session_expires;
  std::chrono::seconds min_se{0};  // 0: no Min-SE header
  bool supported = false;          // Supported or Require has "timer"
};

// What our response says.
struct TimerAnswer {
  bool too_small = false;  // 422 with min_se; nothing below counts
  std::chrono::seconds min_se{0};
  std::optional<SessionExpires> session_expires;
  bool require_timer = false;  // Require: timer
};

struct SessionTimerState {
  bool running = false;
  bool we_refresh = false;
  bool refreshing = false;           // a refresh of ours is under way
  bool agreed = false;               // the other side ends the call too if it is not refreshed
  std::chrono::seconds interval{0};  // agreed, or what we would ask for
  std::chrono::seconds min_se{0};    // the highest heard of
  unsigned refused = 0;              // 422 in a row
  core::Instant refresh_at, expires_at;
};

class SessionTimer {
 public:
  enum class Due : std::uint8_t { kNothing, kRefresh, kExpired };

  static constexpr std::chrono::seconds kMinSe{90};          // RFC 4028 5
  static constexpr std::chrono::seconds kIntervalFloor{30};  // shorter ones are not believed
  static constexpr std::chrono::seconds kIntervalCeiling{86'400};
  static constexpr unsigned kRefusedMax = 3;

  explicit SessionTimer(SessionTimerOptions options);
  SessionTimer(SessionTimerOptions options, SessionTimerState state);

  // For an INVITE, re-INVITE or UPDATE of ours; nullopt: no Session-Expires.
  [[nodiscard]] std::optional<TimerRequest> request() const;

  // Ours was refused with 422.  True: send it again with the new request().
  bool on_too_small(std::chrono::seconds min_se);
  // Ours was accepted by a 2xx with this Session-Expires.
  void on_accepted(core::Instant now, const std::optional<SessionExpires>& answered);
  // Ours could not be sent now.
  void on_refresh_failed(core::Instant now);
  // Ours was refused in a way that leaves the dialog alive.
  void on_refresh_refused(core::Instant now);

  // Theirs: the answer to give; on_answered() when the 2xx with it goes out.
  [[nodiscard]] TimerAnswer answer(const TimerRequested& requested) const;
  void on_answered(core::Instant now, const TimerAnswer& answer);

  [[nodiscard]] std::optional<core::Instant> next_deadline() const;
  // What is due at `now`, once.  kRefresh: send a refresh; kExpired: end the dialog with BYE.
  Due take_due(core::Instant now);

  [[nodiscard]] const SessionTimerState& state() const { return state_; }

 private:
  [[nodiscard]] Refresher refresher_for(const TimerRequested& requested) const;
  void run(core::Instant now, std::chrono::seconds interval, bool we_refresh);
  void stop();

  SessionTimerOptions options_;
  SessionTimerState state_;
};

}  // namespace pbx::sip
