// sip/dns_cache.h — answers of DNS for as long as they may be kept.
//
// Pure.  One owner.  Answers that there is nothing are kept too (RFC 2308).

#pragma once

#include <chrono>
#include <cstddef>
#include <map>

#include "core/base/time.h"
#include "sip/server_order.h"

namespace pbx::sip {

class DnsCache {
 public:
  static constexpr std::size_t kEntriesMax = 1'000;  // beyond it the one that ends first goes
  static constexpr std::chrono::seconds kLifeMax{86'400};

  // Null: not known, or no longer.  Valid until store().
  [[nodiscard]] const DnsAnswer* find(core::Instant now, const DnsQuestion& question) const;
  // A life of 0: not kept.
  void store(core::Instant now, const DnsQuestion& question, DnsAnswer answer,
             std::chrono::seconds life);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    DnsAnswer answer;
    core::Instant until;
  };
  std::map<DnsQuestion, Entry> entries_;
};

}  // namespace pbx::sip
