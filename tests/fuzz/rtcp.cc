// Any octets as an RTCP compound: never read beyond, and what is understood can be said again.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/rtcp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pbx::media;
  const auto compound = parse_rtcp(std::span(data, size));
  if (!compound) return 0;
  std::array<std::uint8_t, 1500> out;
  const std::size_t written = write_rtcp({.ssrc = compound->ssrc,
                                          .sender = compound->sender,
                                          .blocks = compound->blocks(),
                                          .cname = compound->cname,
                                          .bye = compound->bye},
                                         out);
  const auto again = parse_rtcp(std::span(out).first(written));
  if (!again || again->ssrc != compound->ssrc || again->sender != compound->sender ||
      again->cname != compound->cname || again->bye != compound->bye ||
      again->block_count != compound->block_count)
    std::abort();
  for (std::size_t i = 0; i < again->block_count; ++i)
    if (again->block_array[i] != compound->block_array[i]) std::abort();
  return 0;
}
