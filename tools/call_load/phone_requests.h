// tools/call_load/phone_requests.h — requests outside calls: REGISTER and OPTIONS, one per phone.
//
// Pure: the same rules as call_engine.h.  A phone has at most one request under way; its REGISTERs
// share a Call-ID and count CSeq up (RFC 3261 10.2), as a telephone's do.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "tools/call_load/call_stats.h"
#include "tools/call_load/deadlines.h"
#include "tools/call_load/exchange.h"
#include "tools/call_load/phone.h"
#include "tools/call_load/sip_port.h"
#include "tools/call_load/token.h"

namespace pbx::call_load {

class PhoneRequests {
 public:
  // All outlive it.
  struct Parts {
    const Options& options;
    Phonebook& phones;
    SipPort& sip;
    Authenticator& logins;
    SipCounters& counters;
    std::uint32_t run;
  };
  explicit PhoneRequests(const Parts& parts);

  [[nodiscard]] bool is_busy(const Phone& phone) const;
  [[nodiscard]] std::uint32_t active() const { return active_; }

  // REGISTER for `expires_s` seconds; 0 takes the registration back.  `is_measured`: counted in
  // stats(); refreshes are not.  REQUIRES: the phone is not busy.
  void register_phone(core::Instant now, Phone& phone, std::uint32_t expires_s, bool is_measured);
  // REQUIRES: the phone is not busy.
  void ping(core::Instant now, Phone& phone);

  void on_response(core::Instant now, const SipMessage& response, const Token& token);
  void on_time(core::Instant now);
  [[nodiscard]] core::Instant next_deadline() const { return timers_.next(); }
  // From here on nothing is refreshed any more.
  void stop_refreshing();

  [[nodiscard]] const RequestStats& stats() const { return stats_; }

 private:
  struct Slot {
    Exchange exchange;
    std::uint32_t cseq = 0, serial = 0;
    std::uint32_t expires_s = 0;
    bool is_measured = false;
    core::Instant begun{};
  };
  // Deadlines: 2 * phone for the repeat, 2 * phone + 1 for the refresh.

  void begin(core::Instant now, Phone& phone, Method method, bool is_measured);
  void send_new(core::Instant now, Phone& phone, Slot& slot, std::string_view login_line);
  void finish(core::Instant now, Phone& phone, Slot& slot, const std::string& failure);
  void on_registered(core::Instant now, Phone& phone, Slot& slot, const SipMessage& response);

  const Parts parts_;
  std::string request_uri_;
  std::vector<Slot> slots_;
  Deadlines timers_;
  RequestStats stats_;
  std::uint32_t active_ = 0;
  bool is_refreshing_ = true;
};

}  // namespace pbx::call_load
