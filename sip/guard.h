// sip/guard.h — slows down and shuts out addresses that guess passwords, scan or send rubbish.
//
// Pure; owner: the SIP thread of the profile.  It needs no timer: every question brings the time.
//
// Offences are counted per source address (IPv6: per /64, which is what one customer owns) within
// a window that begins with the first of them.  Reaching a limit bans the address: everything from
// it is dropped unanswered.  Each further ban is twice as long, up to ban_time_max; an address that
// then stays quiet for ban_time_max starts afresh.
//
// Who is asked for a password and gives none offends only if nobody at the address answers for
// kProofTime: a hundred telephones behind one NAT may all be asked at once after a power cut, and
// every right password forgets what was asked before.
//
// The table is bounded.  When it is full, the address that would be forgotten first makes room:
// those with a few recent offences go before those with a long ban.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/net.h"
#include "core/base/time.h"

namespace pbx::sip {

enum class Offence : std::uint8_t {
  kFailure,          // a wrong password or an unknown user
  kUnauthenticated,  // a request that had to be challenged, and nobody answered
  kMalformed,        // a message that cannot be read
  kScanner,          // a program for attacks that calls itself by its name
};
inline constexpr std::size_t kOffences = 4;

inline constexpr std::chrono::seconds kProofTime{10};  // or half of the window, if that is less

struct GuardOptions {
  std::array<std::uint32_t, kOffences> limits{10, 300, 50, 1};  // within the window; 0: never
  std::chrono::milliseconds window{60'000};
  std::chrono::milliseconds ban_time{300'000};
  std::chrono::milliseconds ban_time_max{86'400'000};
  std::chrono::milliseconds answer_delay{1'000};  // for each failure so far, see kDelaysMax
  std::vector<core::IpPrefix> trusted;            // never counted
  std::size_t addresses_max = 65'536;
};

struct GuardVerdict {
  core::Duration delay{0};  // hold back the answer for so long
  bool banned = false;      // this offence began a ban: tell it once
  core::Instant until;      // of that ban
};

struct Suspect {
  core::IpAddress address;     // the first address of the /64 for IPv6
  std::uint32_t failures = 0;  // wrong passwords in the window; a ban begins it afresh
  std::optional<core::Instant> banned_until;  // missing: watched, not banned
  Offence offence = Offence::kFailure;        // that led to the last ban
  std::uint32_t bans = 0;                     // how often by now
  std::string agent;                          // its User-Agent, printable, if that led to the ban
  friend bool operator==(const Suspect&, const Suspect&) = default;
};

inline constexpr std::size_t kAgentMax = 64;  // characters of Suspect::agent; the rest is cut

// Why it was banned, for people: "wrong passwords", "scanner", "scanner friendly-scanner".
[[nodiscard]] std::string_view text_of(Offence offence);
[[nodiscard]] std::string reason_of(const Suspect& suspect);

class Guard {
 public:
  explicit Guard(GuardOptions options);

  [[nodiscard]] bool is_banned(core::Instant now, const core::IpAddress& ip) const;

  // `agent`: the User-Agent of a scanner, for list().
  GuardVerdict record(core::Instant now, const core::IpAddress& ip, Offence offence,
                      std::string_view agent = {});

  // The address proved a password: its failures and challenges are forgotten, its bans are not.
  void record_success(const core::IpAddress& ip);

  // Who is banned, and who failed of late; by address.
  [[nodiscard]] std::vector<Suspect> list(core::Instant now) const;
  bool lift(const core::IpAddress& ip);  // forgets the address; false if it was not known

  [[nodiscard]] std::size_t size() const { return addresses_.size(); }
  [[nodiscard]] bool is_trusted(const core::IpAddress& ip) const;
  void set_options(GuardOptions options) { options_ = std::move(options); }

  static constexpr int kDelaysMax = 5;  // the delay grows with the failures up to so many times

 private:
  struct Address {
    std::array<std::uint32_t, kOffences> counts{};
    core::Instant window_start;
    core::Instant asked_since;  // the first challenge that nobody answered
    core::Instant banned_until;
    core::Instant keep_until;
    std::uint32_t bans = 0;
    Offence offence = Offence::kFailure;  // of the last ban
    std::string agent;                    // likewise
  };
  using Addresses = std::unordered_map<core::IpAddress, Address>;

  [[nodiscard]] bool is_over_limit(core::Instant now, const Address& address,
                                   Offence offence) const;
  Addresses::iterator enter(core::Instant now, const core::IpAddress& key);
  void forget(Addresses::iterator address);
  void keep(Addresses::iterator address, core::Instant until);
  void ban(core::Instant now, Address& address, Offence offence) const;

  GuardOptions options_;
  Addresses addresses_;
  std::set<std::pair<core::Instant, core::IpAddress>> by_end_;  // keep_until of each
};

}  // namespace pbx::sip
