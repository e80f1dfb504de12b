// core/config/rights.h — one entry of section `rights`: what a group of extensions may do.
//
// Pure values; core/route/rights_section.h makes of them what is asked for each call.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/secret.h"

namespace pbx::config {

// 0: no bound.  Of each extension for itself, calls to outside alone.
struct RightsLimits {
  std::uint32_t concurrent = 0;
  std::uint32_t per_hour = 0;
  std::uint32_t minutes_per_day = 0;
  std::string money_per_day;  // "100.50"; "": no bound
  std::string prices;         // a name in `prices`, by which money is counted

  friend bool operator==(const RightsLimits&, const RightsLimits&) = default;
};

// Who dials the code may call what is otherwise refused; the name is for records.
struct AccountCode {
  std::string name;
  Secret sha256;  // of GROUP:CODE, 64 hexadecimal digits

  friend bool operator==(const AccountCode&, const AccountCode&) = default;
};

enum class Service : std::uint8_t {
  kPickup,             // of calls that ring elsewhere
  kIntrusion,          // listen, whisper, barge
  kRecordingControl,   // start, pause, resume
  kForwardingOutside,  // of one's own calls
  kConference,
};

struct Rights {
  std::string name;                                   // its key in `rights`
  std::vector<std::string> destinations{"internal"};  // "mobile", "international DE"
  std::vector<Service> services;
  RightsLimits limits;
  std::string schedule;  // a name in `schedules`; "": at any time
  std::vector<AccountCode> account_codes;

  friend bool operator==(const Rights&, const Rights&) = default;
};

}  // namespace pbx::config
