// core/config/domain_forms.h — how the options of domains are written that no other section has.
//
// Pure.  The contract of a form is in forms.h.

#pragma once

#include <string>
#include <string_view>

#include "core/config/domain.h"
#include "core/config/forms.h"

namespace pbx::config {

// The host of a SIP address; compared without regard to case, hence kept in lower case.
struct HostForm {
  [[nodiscard]] Parsed<std::string> read(std::string_view text) const;
  [[nodiscard]] std::string write(const std::string& value) const { return value; }
  [[nodiscard]] std::string type() const { return "a host"; }
  [[nodiscard]] std::string allowed() const {
    return "a name or an address: north.example.com, 192.0.2.10, [2001:db8::1]";
  }
};

// A name in `domains`, or the word for the house.
struct DomainForm {
  [[nodiscard]] Parsed<std::string> read(std::string_view text) const;
  [[nodiscard]] std::string write(const std::string& value) const {
    return value.empty() ? std::string(kHouseWord) : value;
  }
  [[nodiscard]] std::string type() const { return "a domain"; }
  [[nodiscard]] std::string allowed() const { return "a name in `domains`, house"; }
};

}  // namespace pbx::config
