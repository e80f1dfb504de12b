#include "sip/nonce.h"

#include "core/base/text.h"

namespace pbx::sip {
namespace {

constexpr std::size_t kBirthDigits = 32;  // two numbers of 16 hex digits
constexpr std::size_t kMacOctets = 12;    // 96 bits: nobody guesses them within the life
constexpr std::size_t kNonceDigits = kBirthDigits + 2 * kMacOctets;

std::int64_t milliseconds(core::Instant instant) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count();
}

void append_hex(std::uint64_t value, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[(value >> shift) & 15];
}

}  // namespace

NonceBook::NonceBook(NonceOptions options, std::string_view key) : options_(options), hmac_(key) {}

std::string NonceBook::issue(core::Instant now) { return text({milliseconds(now), next_++}); }

std::string NonceBook::text(const Birth& birth) {
  std::string out;
  out.reserve(kNonceDigits);
  append_hex(static_cast<std::uint64_t>(birth.time_ms), out);
  append_hex(birth.number, out);
  return out += core::hex_encode(hmac_.raw(out).substr(0, kMacOctets));
}

std::optional<NonceBook::Birth> NonceBook::read(std::string_view nonce) {
  if (nonce.size() != kNonceDigits) return std::nullopt;
  const auto time = core::parse_uint<std::uint64_t>(nonce.substr(0, 16), UINT64_MAX, 16);
  const auto number = core::parse_uint<std::uint64_t>(nonce.substr(16, 16), UINT64_MAX, 16);
  if (!time || !number) return std::nullopt;
  const Birth birth{static_cast<std::int64_t>(*time), *number};
  if (!equal_in_constant_time(text(birth), nonce)) return std::nullopt;
  return birth;
}

bool NonceBook::spend(core::Instant now, std::string_view nonce, std::uint32_t count) {
  const auto birth = read(nonce);
  const auto now_ms = milliseconds(now);
  if (!birth || now_ms - birth->time_ms > options_.life.count()) return false;
  forget_old(now_ms);
  auto found = used_.find(birth->number);
  if (found == used_.end()) {
    if (!make_room(birth->number)) return false;
    found = used_.emplace(birth->number, Use{birth->time_ms}).first;
  }
  return spend(found->second, count);
}

bool NonceBook::spend(Use& use, std::uint32_t count) {
  if (count == 0) count = use.seen == 0 ? UINT32_MAX : use.last;
  if (count > use.last) {
    const auto step = count - use.last;
    use.seen = step < kCountWindow ? (use.seen << step) | 1 : 1;
    use.last = count;
    return true;
  }
  const auto age = use.last - count;
  if (age >= kCountWindow || ((use.seen >> age) & 1) != 0) return false;
  use.seen |= std::uint64_t{1} << age;
  return true;
}

bool NonceBook::make_room(std::uint64_t number) {
  if (used_.size() < options_.remembered_max) return number > forgotten_;
  const auto oldest = used_.begin();
  if (oldest == used_.end() || number < oldest->first) return false;
  forgotten_ = oldest->first;
  used_.erase(oldest);
  return true;
}

// What is past its life needs no memory: spend() refuses it by its time.
void NonceBook::forget_old(std::int64_t now_ms) {
  while (!used_.empty() && now_ms - used_.begin()->second.time_ms > options_.life.count())
    used_.erase(used_.begin());
}

}  // namespace pbx::sip
