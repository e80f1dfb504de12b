// The small SIP parsers: what is read can be written and read again to the same value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sip/diversion.h"
#include "sip/dtmf_info.h"
#include "sip/reason.h"
#include "sip/uri.h"

namespace {

using namespace pbx;

void check(bool condition) {
  if (!condition) std::abort();
}

void try_uri(std::string_view text) {
  const auto uri = sip::parse_uri(text);
  if (!uri) return;
  check(sip::equivalent(*uri, *uri));
  const auto written = uri->text();
  if (written.size() > sip::kUriBytesMax) return;  // escapes lengthen
  const auto again = sip::parse_uri(written);
  check(again && again->user == uri->user && again->host == uri->host);
}

void try_name_addr(std::string_view text) {
  const auto address = sip::parse_name_addr(text);
  if (!address) return;
  const auto written = address->text();
  if (written.size() > sip::kNameAddrBytesMax) return;
  const auto again = sip::parse_name_addr(written);
  check(again && again->uri == address->uri && again->params.size() == address->params.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_uri(text);
  try_name_addr(text);
  for (const auto& reason : sip::parse_reasons(text))
    check(sip::parse_reasons(sip::text(reason)).size() == 1);
  check(sip::parse_diversions(text).size() <= call::kDiversionsMax);
  check(sip::diversions_of(sip::parse_history(text)).size() <= call::kDiversionsMax);
  (void)sip::parse_dtmf_info("application/dtmf-relay", text);
  return 0;
}
