#include "tools/call_load/digest.h"

#include <openssl/evp.h>

#include <array>
#include <optional>
#include <utility>

#include "core/base/assert.h"
#include "core/base/text.h"
#include "tools/call_load/append.h"

namespace pbx::call_load {
namespace {

using core::equals_nocase;
using core::ErrorCode;
using core::fail;
using core::trim;

std::string_view algorithm_name(const Challenge& challenge) {
  if (challenge.algorithm == DigestAlgorithm::kMd5)
    return challenge.is_session ? "MD5-sess" : "MD5";
  return challenge.is_session ? "SHA-256-sess" : "SHA-256";
}

bool read_algorithm(std::string_view name, Challenge& challenge) {
  for (const auto algorithm : {DigestAlgorithm::kMd5, DigestAlgorithm::kSha256}) {
    for (const bool is_session : {false, true}) {
      challenge.algorithm = algorithm;
      challenge.is_session = is_session;
      if (equals_nocase(name, algorithm_name(challenge))) return true;
    }
  }
  return false;
}

bool offers_auth(std::string_view qops) {
  std::array<std::string_view, 4> parts;
  const std::size_t count = core::split(qops, ',', parts);
  for (std::size_t i = 0; i < count; ++i)
    if (equals_nocase(trim(parts[i]), "auth")) return true;
  return false;
}

// Takes one `name=value` or `name="value"` off `rest`, the comma included; nullopt at the end.
std::optional<std::pair<std::string_view, std::string_view>> take_param(std::string_view& rest) {
  const std::size_t equals = rest.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = trim(rest.substr(0, equals));
  rest = trim(rest.substr(equals + 1));
  std::size_t end = 0;
  std::string_view value;
  if (!rest.empty() && rest.front() == '"') {
    end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    if (end >= rest.size()) return std::nullopt;
    value = rest.substr(1, end - 1);
  } else {
    value = trim(rest.substr(0, rest.find(',')));
  }
  const std::size_t comma = rest.find(',', end);
  rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  return std::pair{name, value};
}

// Errors: kUnavailable, as parse_challenge.
core::Result<> keep_param(std::string_view name, std::string_view value, Challenge& challenge) {
  if (equals_nocase(name, "realm")) challenge.realm = value;
  if (equals_nocase(name, "nonce")) challenge.nonce = value;
  if (equals_nocase(name, "opaque")) challenge.opaque = value;
  if (equals_nocase(name, "stale")) challenge.is_stale = equals_nocase(value, "true");
  if (equals_nocase(name, "algorithm") && !read_algorithm(value, challenge))
    return fail(ErrorCode::kUnavailable, "digest algorithm");
  if (equals_nocase(name, "qop")) {
    if (!offers_auth(value)) return fail(ErrorCode::kUnavailable, "digest qop");
    challenge.has_qop = true;
  }
  return {};
}

std::string count_text(std::uint32_t count) {  // exactly eight hex digits
  std::string digits;
  append(digits, Hex{count});
  return std::string(8 - digits.size(), '0') + digits;
}

}  // namespace

core::Result<Challenge> parse_challenge(std::string_view value) {
  value = trim(value);
  if (!core::starts_with_nocase(value, "Digest "))
    return fail(ErrorCode::kCorrupt, "not a digest challenge");
  value.remove_prefix(7);
  Challenge challenge;
  while (const auto param = take_param(value)) {
    const auto kept = keep_param(param->first, param->second, challenge);
    if (!kept) return core::forward_error(kept);
  }
  if (challenge.nonce.empty()) return fail(ErrorCode::kCorrupt, "a challenge without a nonce");
  return challenge;
}

core::Result<Challenge> choose_challenge(std::span<const std::string_view> values) {
  core::Result<Challenge> chosen = fail(ErrorCode::kNotFound, "no challenge");
  for (const std::string_view value : values) {
    chosen = parse_challenge(value);
    if (chosen) break;
  }
  return chosen;
}

void Digester::Release::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }
void Digester::Release::operator()(evp_md_st* algorithm) const { EVP_MD_free(algorithm); }

// Fetched once: an implicit fetch per hash costs more than the hash.
Digester::Digester()
    : context_(EVP_MD_CTX_new()),
      md5_(EVP_MD_fetch(nullptr, "MD5", nullptr)),
      sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
  PBX_ASSERT(context_ && md5_ && sha256_);
}
Digester::~Digester() = default;

std::string Digester::hash(DigestAlgorithm algorithm,
                           std::initializer_list<std::string_view> parts) {
  const EVP_MD* md = algorithm == DigestAlgorithm::kMd5 ? md5_.get() : sha256_.get();
  EVP_DigestInit_ex2(context_.get(), md, nullptr);
  bool is_first = true;
  for (const std::string_view part : parts) {
    if (!std::exchange(is_first, false)) EVP_DigestUpdate(context_.get(), ":", 1);
    EVP_DigestUpdate(context_.get(), part.data(), part.size());
  }
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), bytes, &size);
  return core::hex_encode({reinterpret_cast<const char*>(bytes), size});
}

std::string Digester::response(const Challenge& challenge, const DigestRequest& request) {
  const auto algorithm = challenge.algorithm;
  std::string ha1 = hash(algorithm, {request.user, challenge.realm, request.password});
  if (challenge.is_session) ha1 = hash(algorithm, {ha1, challenge.nonce, request.cnonce});
  const std::string ha2 = hash(algorithm, {request.method, request.uri});
  if (!challenge.has_qop) return hash(algorithm, {ha1, challenge.nonce, ha2});
  return hash(algorithm,
              {ha1, challenge.nonce, count_text(request.nonce_count), request.cnonce, "auth", ha2});
}

std::string Digester::authorization(const Challenge& challenge, const DigestRequest& request) {
  std::string out;
  out.reserve(400);
  append(out, "Digest username=\"", request.user, "\", realm=\"", challenge.realm, "\", nonce=\"",
         challenge.nonce, "\", uri=\"", request.uri, "\", algorithm=", algorithm_name(challenge),
         ", response=\"", response(challenge, request), "\"");
  if (!challenge.opaque.empty()) append(out, ", opaque=\"", challenge.opaque, "\"");
  if (challenge.has_qop) append(out, ", qop=auth, nc=", count_text(request.nonce_count));
  if (challenge.has_qop || challenge.is_session) append(out, ", cnonce=\"", request.cnonce, "\"");
  return out;
}

}  // namespace pbx::call_load
