// What parse_sdp() accepts, write_sdp() gives back: the second reading equals the first.
#include "sip/sdp.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = pbx::sip::parse_sdp(text);
  if (!first) return 0;
  const auto written = pbx::sip::write_sdp(*first);
  const auto second = pbx::sip::parse_sdp(written);
  if (!second) {
    // Writing can only lengthen: "\n" becomes "\r\n" and a missing t= is added.
    if (second.error().code != pbx::core::ErrorCode::kLimitReached) std::abort();
    return 0;
  }
  if (*second != *first) std::abort();
  return 0;
}
