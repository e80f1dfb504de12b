#include "sip/sofia_overrides.h"

#include <dlfcn.h>
#include <netdb.h>
#include <openssl/ssl.h>

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

extern "C" int SSL_shutdown(SSL* ssl) {
  using Shutdown = int(SSL*);
  static auto* const real = reinterpret_cast<Shutdown*>(dlsym(RTLD_NEXT, "SSL_shutdown"));
  const int result = real(ssl);
  // tls_free() lets go of both next: in sofia's count they are its own.
  if (BIO* bio = SSL_get_rbio(ssl)) BIO_up_ref(bio);
  SSL_CTX_up_ref(SSL_get_SSL_CTX(ssl));
  SSL_free(ssl);
  return result;
}
