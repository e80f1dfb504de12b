// sip/authenticator.h — who sends a request: digest credentials against the accounts of the
// configuration.
//
// Pure (time comes in); one owner.  A telephone is always asked with 401, as a registrar asks.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "sip/digest.h"

namespace pbx::sip {

struct Verdict {
  enum class Kind : std::uint8_t {
    kAccepted,
    kNoCredentials,  // or none for us: ask
    kStale,          // right password, old nonce: ask again and say so
    kWrong,          // wrong password or unknown account
    kMalformed,      // made for another request: 400
  };
  Kind kind = Kind::kNoCredentials;
  // With kAccepted one of the two:
  std::string extension;  // its id
  std::string trunk;
};

class Authenticator {
 public:
  // `key` is secret and random, of at least 16 octets.
  Authenticator(std::shared_ptr<const config::Config> config, std::string profile,
                std::string_view key);
  // Accounts change at once; realm, algorithms and nonce life with the next start.
  void apply(std::shared_ptr<const config::Config> config) { config_ = std::move(config); }

  // `host`: in the address of who sends it; tells the domain of an extension.
  [[nodiscard]] Verdict check(core::Instant now, const Authorization& said,
                              const DigestRequest& request, std::string_view host);
  // The WWW-Authenticate values, in the order of the configuration.
  [[nodiscard]] std::vector<std::string> challenges(core::Instant now, bool stale) {
    return server_.challenges(now, stale);
  }

 private:
  struct Account {
    DigestSecret secret;
    Verdict accepted;
  };
  [[nodiscard]] std::optional<Account> find(std::string_view username, std::string_view host) const;
  [[nodiscard]] std::string extension_id_of(std::string_view username, std::string_view host) const;

  std::shared_ptr<const config::Config> config_;
  std::string profile_;
  DigestServer server_;
};

}  // namespace pbx::sip
