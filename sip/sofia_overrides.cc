#include "sip/sofia_overrides.h"

#include <netdb.h>

#include <algorithm>
#include <limits>

#include "sip/sofia.h"

namespace pbx::sip {

void link_sofia_overrides() {}

}  // namespace pbx::sip

extern "C" su_duration_t su_duration(su_time_t const t1, su_time_t const t2) {
  constexpr long long kMax = std::numeric_limits<int>::max();
  const long long us =
      (static_cast<long long>(t1.tv_sec) - static_cast<long long>(t2.tv_sec)) * 1'000'000 +
      static_cast<long long>(t1.tv_usec) - static_cast<long long>(t2.tv_usec);
  const long long ms = us > 0 ? (us + 999) / 1000 : us / 1000;
  return static_cast<su_duration_t>(std::clamp(ms, -kMax, kMax));
}

extern "C" int su_getaddrinfo(char const* node, char const* service, su_addrinfo_t const* hints,
                              su_addrinfo_t** result) {
  addrinfo numeric{};
  if (hints) numeric = *hints;
  numeric.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
  const char* port = service && *service ? service : "0";
  const int failed = getaddrinfo(node, port, &numeric, result);
  if (failed) return failed;
  for (su_addrinfo_t* found = *result; found; found = found->ai_next)
    if (found->ai_protocol == 0) found->ai_protocol = numeric.ai_protocol;
  return 0;
}
