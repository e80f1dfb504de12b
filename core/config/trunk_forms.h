// core/config/trunk_forms.h — how the options of trunks are written that no other section has.
//
// Pure.  The contract of a form is in forms.h.

#pragma once

#include <string>
#include <string_view>

#include "core/config/forms.h"
#include "core/config/trunk.h"

namespace pbx::config {

// A password of the other side's making, however short.
struct SecretForm {
  [[nodiscard]] Parsed<Secret> read(std::string_view text) const;
  [[nodiscard]] std::string write(const Secret& value) const { return value.reveal(); }
  [[nodiscard]] std::string type() const { return "a password"; }
  [[nodiscard]] std::string allowed() const;
};

// A host where trunks send to: [udp:|tcp:|tls:]name or address[:port]; an IPv6 address in brackets.
struct ServerForm {
  [[nodiscard]] Parsed<ServerAddress> read(std::string_view text) const;
  [[nodiscard]] std::string write(const ServerAddress& value) const;
  [[nodiscard]] std::string type() const { return "a server"; }
  [[nodiscard]] std::string allowed() const {
    return "a name or an address, with a transport or a port if wanted: sip.example.com, "
           "tcp:192.0.2.1:5080, tls:[2001:db8::1]";
  }
};

}  // namespace pbx::config
