// The RTP parser of call_load.
#include <cstddef>
#include <cstdint>

#include "tools/call_load/rtp_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto view = pbx::call_load::parse_rtp({data, size});
  if (view) static_cast<void>(pbx::call_load::parse_mark(view->payload));
  return 0;
}
