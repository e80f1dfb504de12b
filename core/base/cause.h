// core/base/cause.h — why a leg or a call ended, in both tongues: SIP status and Q.850 cause.
//
// Pure values and tables.  Sources: RFC 3398 7.2.4.1 and 8.2.6.1 (mapping), RFC 3326 (Reason),
// ITU-T Q.850 table 1 (texts).

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pbx::core {

struct Cause {
  std::uint16_t sip_status = 0;  // 200 for a normal end after answer; 0 if not known
  std::uint8_t q850 = 0;         // 0 if not known
  std::string text;              // for people; no secrets
  friend bool operator==(const Cause&, const Cause&) = default;
};

// Names for the causes that the exchange itself gives.
namespace causes {
[[nodiscard]] Cause normal_clearing();      // 200, 16
[[nodiscard]] Cause unallocated();          // 404, 1
[[nodiscard]] Cause busy();                 // 486, 17
[[nodiscard]] Cause no_answer();            // 480, 19: rang and nobody came
[[nodiscard]] Cause not_registered();       // 480, 20
[[nodiscard]] Cause cancelled();            // 487, 16: the caller gave up
[[nodiscard]] Cause answered_elsewhere();   // 200, 26: RFC 3326 "Call completed elsewhere"
[[nodiscard]] Cause not_acceptable();       // 488, 88: no codec in common
[[nodiscard]] Cause congestion();           // 503, 42: a bound of the exchange
[[nodiscard]] Cause no_circuit();           // 503, 34: no trunk could take the call
[[nodiscard]] Cause preempted();            // 503, 8: an emergency call needed the channel
[[nodiscard]] Cause limit_reached();        // 200, 29: the rights let it talk no longer
[[nodiscard]] Cause no_media_port();        // 503, 47
[[nodiscard]] Cause out_of_order();         // 503, 38: draining
[[nodiscard]] Cause rtp_timeout();          // 200, 41: talking stopped without a BYE
[[nodiscard]] Cause loop();                 // 482, 25
[[nodiscard]] Cause cleared_by_operator();  // 200, 31: hang-up by command
[[nodiscard]] Cause interrupted();          // 0, 41: the daemon died during the call
[[nodiscard]] Cause internal();             // 500, 41: PBX_VERIFY failed
}  // namespace causes

// The cause of a SIP final response; `reason_q850` from its Reason header wins if not 0.
[[nodiscard]] Cause from_sip(std::uint16_t status, std::uint8_t reason_q850, std::string_view text);

// The status to answer an INVITE with when its other side ended with `cause`.
[[nodiscard]] std::uint16_t invite_status(const Cause& cause);

[[nodiscard]] std::uint8_t q850_from_status(std::uint16_t status);
[[nodiscard]] std::uint16_t status_from_q850(std::uint8_t q850);
[[nodiscard]] std::string_view q850_text(std::uint8_t q850);  // "" if unknown

}  // namespace pbx::core
