#include "core/base/cause.h"

#include <algorithm>
#include <array>

namespace pbx::core {
namespace {

struct Pair {
  std::uint16_t status;
  std::uint8_t q850;
};

// RFC 3398 8.2.6.1: response to release cause.
constexpr std::array<Pair, 35> kFromStatus{{
    {400, 41},  {401, 21},  {402, 21},  {403, 21},  {404, 1},   {405, 63}, {406, 79},
    {407, 21},  {408, 102}, {410, 22},  {413, 127}, {414, 127}, {415, 79}, {416, 127},
    {420, 127}, {421, 127}, {423, 127}, {480, 18},  {481, 41},  {482, 25}, {483, 25},
    {484, 28},  {485, 1},   {486, 17},  {488, 88},  {500, 41},  {501, 79}, {502, 38},
    {503, 41},  {504, 102}, {505, 127}, {600, 17},  {603, 21},  {604, 1},  {606, 88},
}};

// RFC 3398 7.2.4.1: release cause to response.
constexpr std::array<Pair, 28> kFromCause{{
    {404, 1},  {404, 2},  {404, 3},  {486, 17}, {408, 18}, {480, 19},  {480, 20},
    {403, 21}, {410, 22}, {480, 25}, {404, 26}, {502, 27}, {484, 28},  {501, 29},
    {480, 31}, {503, 34}, {503, 38}, {503, 41}, {503, 42}, {503, 47},  {403, 55},
    {403, 57}, {501, 65}, {488, 70}, {501, 79}, {488, 88}, {504, 102}, {500, 127},
}};

struct Text {
  std::uint8_t q850;
  std::string_view text;
};

// ITU-T Q.850 (05/98) table 1.
constexpr std::array<Text, 37> kTexts{{
    {1, "Unallocated number"},
    {2, "No route to transit network"},
    {3, "No route to destination"},
    {16, "Normal call clearing"},
    {17, "User busy"},
    {18, "No user responding"},
    {19, "No answer from user"},
    {20, "Subscriber absent"},
    {21, "Call rejected"},
    {22, "Number changed"},
    {25, "Exchange routing error"},
    {26, "Non-selected user clearing"},
    {27, "Destination out of order"},
    {28, "Invalid number format"},
    {29, "Facility rejected"},
    {31, "Normal, unspecified"},
    {34, "No circuit available"},
    {38, "Network out of order"},
    {41, "Temporary failure"},
    {42, "Switching equipment congestion"},
    {44, "Requested circuit not available"},
    {47, "Resource unavailable"},
    {50, "Requested facility not subscribed"},
    {55, "Incoming calls barred within CUG"},
    {57, "Bearer capability not authorized"},
    {58, "Bearer capability not available"},
    {63, "Service or option not available"},
    {65, "Bearer capability not implemented"},
    {69, "Requested facility not implemented"},
    {70, "Only restricted digital information"},
    {79, "Service or option not implemented"},
    {81, "Invalid call reference value"},
    {87, "User not member of CUG"},
    {88, "Incompatible destination"},
    {97, "Message type non-existent"},
    {102, "Recovery on timer expiry"},
    {127, "Interworking, unspecified"},
}};

Cause make(std::uint16_t status, std::uint8_t q850) {
  return {status, q850, std::string(q850_text(q850))};
}

Cause make(std::uint16_t status, std::uint8_t q850, std::string_view text) {
  return {status, q850, std::string(text)};
}

}  // namespace

namespace causes {
Cause normal_clearing() { return make(200, 16); }
Cause unallocated() { return make(404, 1); }
Cause busy() { return make(486, 17); }
Cause no_answer() { return make(480, 19); }
Cause not_registered() { return make(480, 20); }
Cause cancelled() { return make(487, 16, "Caller gave up"); }
Cause answered_elsewhere() { return make(200, 26, "Call completed elsewhere"); }
Cause not_acceptable() { return make(488, 88); }
Cause congestion() { return make(503, 42); }
Cause no_circuit() { return make(503, 34, "No trunk could take the call"); }
Cause preempted() { return make(503, 8, "Preempted by an emergency call"); }
Cause limit_reached() { return make(200, 29, "Limit of rights reached"); }
Cause no_media_port() { return make(503, 47, "No media port free"); }
Cause out_of_order() { return make(503, 38, "Going out of service"); }
Cause rtp_timeout() { return make(200, 41, "No audio packets"); }
Cause loop() { return make(482, 25, "Loop detected"); }
Cause cleared_by_operator() { return make(200, 31, "Released by command"); }
Cause interrupted() { return make(0, 41, "Interrupted"); }
Cause internal() { return make(500, 41, "Internal error"); }
}  // namespace causes

Cause from_sip(std::uint16_t status, std::uint8_t reason_q850, std::string_view text) {
  const std::uint8_t q850 = reason_q850 != 0 ? reason_q850 : q850_from_status(status);
  return {status, q850, std::string(text.empty() ? q850_text(q850) : text)};
}

std::uint16_t invite_status(const Cause& cause) {
  if (cause.sip_status >= 400 && cause.sip_status < 700) return cause.sip_status;
  return status_from_q850(cause.q850);
}

std::uint8_t q850_from_status(std::uint16_t status) {
  if (status < 300) return 16;
  const auto found = std::find_if(kFromStatus.begin(), kFromStatus.end(),
                                  [status](const Pair& pair) { return pair.status == status; });
  if (found != kFromStatus.end()) return found->q850;
  if (status == 487) return 16;  // our own CANCEL; RFC 3398 has no row for it
  return status < 500 ? 31 : 41;
}

std::uint16_t status_from_q850(std::uint8_t q850) {
  const auto found = std::find_if(kFromCause.begin(), kFromCause.end(),
                                  [q850](const Pair& pair) { return pair.q850 == q850; });
  return found != kFromCause.end() ? found->status : 480;
}

std::string_view q850_text(std::uint8_t q850) {
  const auto found = std::find_if(kTexts.begin(), kTexts.end(),
                                  [q850](const Text& row) { return row.q850 == q850; });
  return found != kTexts.end() ? found->text : std::string_view{};
}

}  // namespace pbx::core
