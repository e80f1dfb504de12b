// The SIP and SDP parsers of call_load: whatever a server sends, they end and stay inside.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/call_load/digest.h"
#include "tools/call_load/sdp.h"
#include "tools/call_load/sip_message.h"
#include "tools/call_load/token.h"

using namespace pbx::call_load;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto message = parse_sip(text);
  if (!message) return 0;
  static_cast<void>(message->from_tag());
  static_cast<void>(message->to_tag());
  static_cast<void>(parse_token(message->branch(), 1));
  static_cast<void>(address_of(uri_of((*message)[Header::kContact])));
  static_cast<void>(user_of(uri_of((*message)[Header::kFrom])));
  for (std::string_view list : message->record_route.values())
    while (take_value(list)) {
    }
  static_cast<void>(choose_challenge(message->challenges.values()));
  static_cast<void>(parse_sdp(message->body));
  return 0;
}
