#include "sip/access_list.h"

#include <algorithm>

namespace pbx::sip {

AccessList::AccessList(const std::vector<core::IpPrefix>& allow,
                       const std::vector<core::IpPrefix>& deny)
    : allows_others_(allow.empty()) {
  for (const core::IpPrefix& prefix : deny) rules_.push_back({prefix, false});
  for (const core::IpPrefix& prefix : allow) rules_.push_back({prefix, true});
  // Stable: of one length those of `deny` stay in front.
  std::stable_sort(rules_.begin(), rules_.end(),
                   [](const Rule& a, const Rule& b) { return a.prefix.length > b.prefix.length; });
}

bool AccessList::allows(const core::IpAddress& ip) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const Rule& rule) { return rule.prefix.contains(ip); });
  return found == rules_.end() ? allows_others_ : found->allows;
}

}  // namespace pbx::sip
