#include "sip/authenticator.h"

#include "core/base/assert.h"
#include "core/base/text.h"

namespace pbx::sip {
namespace {

DigestOptions options_of(const config::Config& config, const std::string& name) {
  const auto found = config.profiles.find(name);
  PBX_ASSERT(found != config.profiles.end());
  const config::Profile& profile = found->second;
  DigestOptions options;
  options.realm = profile.realm;
  options.algorithms.clear();
  for (const config::DigestAlgorithm algorithm : profile.digest.algorithms)
    options.algorithms.push_back(algorithm == config::DigestAlgorithm::kMd5
                                     ? DigestAlgorithm::kMd5
                                     : DigestAlgorithm::kSha256);
  options.require_qop = profile.digest.qop == config::Qop::kRequired;
  options.nonce.life = profile.digest.nonce_life;
  return options;
}

DigestSecret secret_of(const config::Credentials& credentials) {
  return {credentials.password.reveal(), credentials.ha1_md5.reveal(),
          credentials.ha1_sha256.reveal()};
}

}  // namespace

Authenticator::Authenticator(std::shared_ptr<const config::Config> config, std::string profile,
                             std::string_view key)
    : config_(std::move(config)),
      profile_(std::move(profile)),
      server_(options_of(*config_, profile_), key) {}

// A telephone whose user name is "101@north" or "101@north.example.com" says its domain there,
// another one by `host`.
std::string Authenticator::extension_id_of(std::string_view username, std::string_view host) const {
  const auto parts = core::split_once(username, '@');
  const std::string_view number = parts ? parts->first : username;
  if (parts) host = parts->second;
  if (const auto* domain = config::find_domain_of(*config_, host))
    return config::extension_id(number, domain->name);
  if (parts) return std::string(username);
  const auto profile = config_->profiles.find(profile_);
  return config::extension_id(number,
                              profile == config_->profiles.end() ? "" : profile->second.domain);
}

// Extensions and those trunks that must answer a challenge.
std::optional<Authenticator::Account> Authenticator::find(std::string_view username,
                                                          std::string_view host) const {
  using Kind = Verdict::Kind;
  const auto found = config_->extensions.find(extension_id_of(username, host));
  if (found != config_->extensions.end()) {
    const config::Extension& extension = found->second;
    if (!extension.profile.empty() && extension.profile != profile_) return std::nullopt;
    return Account{secret_of(extension.credentials), {Kind::kAccepted, extension.id, {}}};
  }
  for (const auto& [name, trunk] : config_->trunks) {
    const config::TrunkLogin& login = trunk.challenge;
    if (!trunk.enabled || trunk.profile != profile_ || login.is_empty()) continue;
    if (login.username == username)
      return Account{{login.password.reveal(), {}, {}}, {Kind::kAccepted, {}, name}};
  }
  return std::nullopt;
}

Verdict Authenticator::check(core::Instant now, const Authorization& said,
                             const DigestRequest& request, std::string_view host) {
  const auto account = find(said.username, host);
  switch (server_.verify(now, said, request, account ? &account->secret : nullptr)) {
    case DigestVerdict::kAccepted:
      return account->accepted;
    case DigestVerdict::kStale:
      return {Verdict::Kind::kStale, {}, {}};
    case DigestVerdict::kWrongPassword:
    case DigestVerdict::kUnknownUser:
      return {Verdict::Kind::kWrong, {}, {}};
    case DigestVerdict::kWrongUri:
      return {Verdict::Kind::kMalformed, {}, {}};
    case DigestVerdict::kWrongRealm:
    case DigestVerdict::kUnsupported:
      break;
  }
  return {};
}

}  // namespace pbx::sip
