#include "sip/guard.h"

#include <algorithm>

#include "sip/source_key.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

std::string printable(std::string_view text) {
  std::string out(text.substr(0, kAgentMax));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c != ' ' && !is_visible(c); }, '?');
  return out;
}

}  // namespace

std::string_view text_of(Offence offence) {
  switch (offence) {
    case Offence::kFailure:
      return "wrong passwords";
    case Offence::kUnauthenticated:
      return "no password given";
    case Offence::kMalformed:
      return "unreadable messages";
    case Offence::kScanner:
      break;
  }
  return "scanner";
}

std::string reason_of(const Suspect& suspect) {
  std::string reason(text_of(suspect.offence));
  return suspect.agent.empty() ? reason : reason + " " + suspect.agent;
}

Guard::Guard(GuardOptions options) : options_(std::move(options)) {}

bool Guard::is_trusted(const core::IpAddress& ip) const {
  return std::any_of(options_.trusted.begin(), options_.trusted.end(),
                     [&](const core::IpPrefix& prefix) { return prefix.contains(ip); });
}

bool Guard::is_banned(core::Instant now, const core::IpAddress& ip) const {
  if (addresses_.empty()) return false;
  const auto found = addresses_.find(source_key(ip));
  return found != addresses_.end() && now < found->second.banned_until && !is_trusted(ip);
}

bool Guard::is_over_limit(core::Instant now, const Address& address, Offence offence) const {
  const auto kind = static_cast<std::size_t>(offence);
  if (options_.limits[kind] == 0 || address.counts[kind] < options_.limits[kind]) return false;
  return offence != Offence::kUnauthenticated ||
         now - address.asked_since >= std::min<core::Duration>(kProofTime, options_.window / 2);
}

GuardVerdict Guard::record(core::Instant now, const core::IpAddress& ip, Offence offence,
                           std::string_view agent) {
  if (is_trusted(ip)) return {};
  while (!by_end_.empty() && by_end_.begin()->first <= now)
    forget(addresses_.find(by_end_.begin()->second));
  const auto found = enter(now, source_key(ip));
  auto& address = found->second;
  if (now - address.window_start >= options_.window) {
    address.counts = {};
    address.window_start = now;
  }
  const auto kind = static_cast<std::size_t>(offence);
  const auto count = ++address.counts[kind];
  if (offence == Offence::kUnauthenticated && count == 1) address.asked_since = now;
  GuardVerdict out;
  if (offence == Offence::kFailure)
    out.delay = options_.answer_delay * std::min<std::int64_t>(count, kDelaysMax);
  if (is_over_limit(now, address, offence)) {
    ban(now, address, offence);
    address.agent = printable(agent);
    out.banned = true;
    out.until = address.banned_until;
  }
  const auto quiet = address.bans == 0 ? address.window_start + options_.window
                                       : address.banned_until + options_.ban_time_max;
  keep(found, std::max(quiet, address.window_start + options_.window));
  return out;
}

void Guard::ban(core::Instant now, Address& address, Offence offence) const {
  core::Duration time = options_.ban_time;
  for (std::uint32_t i = 0; i < address.bans && time < options_.ban_time_max; ++i) time *= 2;
  address.banned_until = now + std::min<core::Duration>(time, options_.ban_time_max);
  ++address.bans;
  address.offence = offence;
  address.counts = {};
}

Guard::Addresses::iterator Guard::enter(core::Instant now, const core::IpAddress& key) {
  const auto found = addresses_.find(key);
  if (found != addresses_.end()) return found;
  while (!by_end_.empty() && addresses_.size() >= options_.addresses_max)
    forget(addresses_.find(by_end_.begin()->second));
  Address address;
  address.window_start = address.keep_until = now;
  by_end_.emplace(now, key);
  return addresses_.emplace(key, address).first;
}

void Guard::keep(Addresses::iterator address, core::Instant until) {
  by_end_.erase({address->second.keep_until, address->first});
  address->second.keep_until = until;
  by_end_.emplace(until, address->first);
}

void Guard::forget(Addresses::iterator address) {
  by_end_.erase({address->second.keep_until, address->first});
  addresses_.erase(address);
}

void Guard::record_success(const core::IpAddress& ip) {
  const auto found = addresses_.find(source_key(ip));
  if (found == addresses_.end()) return;
  auto& address = found->second;
  address.counts[static_cast<std::size_t>(Offence::kFailure)] = 0;
  address.counts[static_cast<std::size_t>(Offence::kUnauthenticated)] = 0;
  if (address.bans == 0 && address.counts == decltype(address.counts){}) forget(found);
}

std::vector<Suspect> Guard::list(core::Instant now) const {
  std::vector<Suspect> out;
  for (const auto& [ip, address] : addresses_) {
    const bool is_banned = now < address.banned_until;
    const bool is_counting = now - address.window_start < options_.window;
    const auto failures =
        is_counting ? address.counts[static_cast<std::size_t>(Offence::kFailure)] : 0;
    if (!is_banned && failures == 0) continue;
    out.push_back({ip, failures, std::nullopt, address.offence, address.bans, address.agent});
    if (is_banned) out.back().banned_until = address.banned_until;
  }
  std::sort(out.begin(), out.end(),
            [](const Suspect& a, const Suspect& b) { return a.address < b.address; });
  return out;
}

bool Guard::lift(const core::IpAddress& ip) {
  const auto found = addresses_.find(source_key(ip));
  if (found == addresses_.end()) return false;
  forget(found);
  return true;
}

}  // namespace pbx::sip
