#include "sip/dns_cache.h"

#include <algorithm>
#include <utility>

namespace pbx::sip {

const DnsAnswer* DnsCache::find(core::Instant now, const DnsQuestion& question) const {
  const auto known = entries_.find(question);
  return known != entries_.end() && now < known->second.until ? &known->second.answer : nullptr;
}

void DnsCache::store(core::Instant now, const DnsQuestion& question, DnsAnswer answer,
                     std::chrono::seconds life) {
  entries_.erase(question);
  if (life <= std::chrono::seconds(0)) return;
  if (entries_.size() == kEntriesMax)
    entries_.erase(std::min_element(
        entries_.begin(), entries_.end(),
        [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
  entries_[question] = {std::move(answer), now + std::min(life, kLifeMax)};
}

}  // namespace pbx::sip
