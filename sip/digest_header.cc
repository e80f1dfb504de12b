#include "sip/digest_header.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

using core::ErrorCode;
using core::Result;

constexpr std::array<std::string_view, 4> kAlgorithms{"MD5", "MD5-sess", "SHA-256", "SHA-256-sess"};
constexpr std::array<std::string_view, 3> kQops{"", "auth", "auth-int"};

std::optional<DigestAlgorithm> find_algorithm(std::string_view name) {
  for (std::size_t i = 0; i < kAlgorithms.size(); ++i)
    if (core::equals_nocase(name, kAlgorithms[i])) return static_cast<DigestAlgorithm>(i);
  return std::nullopt;
}

std::optional<DigestQop> find_qop(std::string_view name) {
  for (std::size_t i = 1; i < kQops.size(); ++i)
    if (core::equals_nocase(name, kQops[i])) return static_cast<DigestQop>(i);
  return std::nullopt;
}

tl::unexpected<core::Error> corrupt(const char* what) {
  return core::fail(ErrorCode::kCorrupt, what);
}

// The parameters of one value, each name once.
class Params {
 public:
  Result<> read(Lexer& lexer) {
    const auto name = lexer.token();
    if (name.empty() || !lexer.accept('=')) return corrupt("digest parameter without '='");
    auto value = lexer.value();
    if (!value) return corrupt("digest parameter without value");
    if (std::any_of(value->begin(), value->end(), is_control)) return corrupt("control octet");
    if (list_.size() == kDigestParamsMax)
      return core::fail(ErrorCode::kLimitReached, "too many digest parameters");
    if (find(name)) return corrupt("digest parameter comes twice");
    list_.emplace_back(name, std::move(*value));
    return {};
  }
  const std::string* find(std::string_view name) const {
    const auto found = std::find_if(list_.begin(), list_.end(), [&](const auto& param) {
      return core::equals_nocase(param.first, name);
    });
    return found == list_.end() ? nullptr : &found->second;
  }
  std::string get(std::string_view name) const {
    const auto* value = find(name);
    return value ? *value : "";
  }

 private:
  std::vector<std::pair<std::string_view, std::string>> list_;
};

Result<Params> read_value(std::string_view value) {
  if (value.size() > kDigestBytesMax) return core::fail(ErrorCode::kLimitReached, "digest value");
  Lexer lexer(value);
  if (!core::equals_nocase(lexer.token(), "Digest"))
    return core::fail(ErrorCode::kNotFound, "another scheme than Digest");
  Params params;
  while (!lexer.at_end()) {
    if (lexer.accept(',')) continue;  // empty elements are allowed (RFC 7230 7)
    if (auto read = params.read(lexer); !read) return core::forward_error(std::move(read));
    if (!lexer.at_end() && lexer.peek() != ',') return corrupt("digest parameters without ','");
  }
  return params;
}

Result<Params> read_list(std::string_view scheme, const char* const* list) {
  if (!core::equals_nocase(core::trim(scheme), "Digest"))
    return core::fail(ErrorCode::kNotFound, "another scheme than Digest");
  Params params;
  std::size_t size = 0;
  for (; list && *list; ++list) {
    const std::string_view param(*list);
    if ((size += param.size()) > kDigestBytesMax)
      return core::fail(ErrorCode::kLimitReached, "digest value");
    Lexer lexer(param);
    if (auto read = params.read(lexer); !read) return core::forward_error(std::move(read));
    if (!lexer.at_end()) return corrupt("text after a digest parameter");
  }
  return params;
}

Result<> read_nonce_count(const Params& params, Authorization& out) {
  out.nonce_count_text = params.get("nc");
  const auto count = core::parse_uint<std::uint32_t>(out.nonce_count_text, UINT32_MAX, 16);
  if (!count || *count == 0 || out.nonce_count_text.size() > 8) return corrupt("nc");
  out.nonce_count = *count;
  if (out.cnonce.empty()) return corrupt("qop without cnonce");
  return {};
}

Result<Authorization> authorization(const Params& params) {
  Authorization out;
  for (const auto& [name, field] : {std::pair{"username", &out.username},
                                    {"realm", &out.realm},
                                    {"nonce", &out.nonce},
                                    {"uri", &out.uri},
                                    {"response", &out.response}}) {
    const auto* value = params.find(name);
    if (!value) return corrupt("digest parameter missing");
    *field = *value;
  }
  out.cnonce = params.get("cnonce");
  out.opaque = params.get("opaque");
  if (const auto* name = params.find("algorithm")) out.algorithm = find_algorithm(*name);
  const auto* qop = params.find("qop");
  if (!qop) return out;
  out.qop = find_qop(*qop);
  if (auto read = read_nonce_count(params, out); !read) return core::forward_error(std::move(read));
  return out;
}

Result<Challenge> challenge(const Params& params) {
  Challenge out;
  const auto* realm = params.find("realm");
  const auto* nonce = params.find("nonce");
  if (!realm || !nonce) return corrupt("challenge without realm or nonce");
  out.realm = *realm;
  out.nonce = *nonce;
  out.opaque = params.get("opaque");
  out.stale = core::equals_nocase(params.get("stale"), "true");
  if (const auto* name = params.find("algorithm")) out.algorithm = find_algorithm(*name);
  const auto qops = params.get("qop");
  Lexer lexer(qops);
  do {
    if (const auto qop = find_qop(lexer.until(","))) out.qops.push_back(*qop);
  } while (lexer.accept(','));
  if (!qops.empty() && out.qops.empty()) return corrupt("challenge without a qop of ours");
  return out;
}

// Writes name=value pairs with commas between them.
class Writer {
 public:
  Writer& word(std::string_view name, std::string_view value) {
    out_.append(first_ ? " " : ", ").append(name).append("=").append(value);
    first_ = false;
    return *this;
  }
  Writer& text(std::string_view name, std::string_view value) { return word(name, quoted(value)); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_ = "Digest";
  bool first_ = true;
};

}  // namespace

std::string_view text(DigestAlgorithm algorithm) {
  return kAlgorithms[static_cast<std::size_t>(algorithm)];
}

std::string_view text(DigestQop qop) { return kQops[static_cast<std::size_t>(qop)]; }

std::string Authorization::header() const {
  Writer out;
  out.text("username", username).text("realm", realm).text("nonce", nonce).text("uri", uri);
  out.text("response", response).word("algorithm", text(algorithm.value()));
  if (!opaque.empty()) out.text("opaque", opaque);
  if (qop.value() == DigestQop::kNone) return out.take();
  out.word("qop", text(*qop)).word("nc", nonce_count_text).text("cnonce", cnonce);
  return out.take();
}

std::string Challenge::header() const {
  Writer out;
  out.text("realm", realm).text("nonce", nonce);
  if (!opaque.empty()) out.text("opaque", opaque);
  if (stale) out.word("stale", "true");
  out.word("algorithm", text(algorithm.value()));
  std::string list;
  for (const auto qop : qops) list.append(list.empty() ? "" : ",").append(text(qop));
  if (!list.empty()) out.text("qop", list);
  return out.take();
}

Result<Authorization> parse_authorization(std::string_view value) {
  return read_value(value).and_then(authorization);
}

Result<Challenge> parse_challenge(std::string_view value) {
  return read_value(value).and_then(challenge);
}

Result<Authorization> parse_authorization(std::string_view scheme, const char* const* params) {
  return read_list(scheme, params).and_then(authorization);
}

Result<Challenge> parse_challenge(std::string_view scheme, const char* const* params) {
  return read_list(scheme, params).and_then(challenge);
}

}  // namespace pbx::sip
