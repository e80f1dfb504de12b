// sip/access_list.h — who may send a profile anything: its lists `guard.allow` and `guard.deny`.
//
// Pure.  The longest prefix that holds an address decides; of two of one length deny wins.  An
// address in neither list is allowed if nothing else is allowed by name.

#pragma once

#include <vector>

#include "core/base/net.h"

namespace pbx::sip {

class AccessList {
 public:
  AccessList() = default;  // allows all
  AccessList(const std::vector<core::IpPrefix>& allow, const std::vector<core::IpPrefix>& deny);

  [[nodiscard]] bool allows(const core::IpAddress& ip) const;
  [[nodiscard]] bool allows_all() const { return rules_.empty(); }

 private:
  struct Rule {
    core::IpPrefix prefix;
    bool allows = false;
  };
  std::vector<Rule> rules_;  // the first that holds an address decides
  bool allows_others_ = true;
};

}  // namespace pbx::sip
