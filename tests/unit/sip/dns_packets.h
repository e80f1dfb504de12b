// tests/unit/sip/dns_packets.h — packets of a name server, octet by octet.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/net.h"
#include "sip/server_order.h"

namespace pbx::test {

inline constexpr std::uint16_t kCname = 5, kSoa = 6;

inline std::string u16(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}
inline std::string u32(std::uint32_t value) { return u16(value >> 16) + u16(value & 0xffff); }

inline std::string wire_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    out += static_cast<char>(label.size());
    out += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return out + '\0';
}
inline std::string wire_text(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}

inline std::string address_data(std::string_view text) {
  const auto ip = core::parse_ip(text).value();
  const std::size_t size = ip.family == core::IpFamily::kV4 ? 4 : 16;
  return {reinterpret_cast<const char*>(ip.bytes.data()), size};
}
inline std::string srv_data(const sip::SrvRecord& it) {
  return u16(it.priority) + u16(it.weight) + u16(it.port) + wire_name(it.target);
}
inline std::string naptr_data(const sip::NaptrRecord& it) {
  return u16(it.order) + u16(it.preference) + wire_text(it.flags) + wire_text(it.services) +
         wire_text("") + wire_name(it.replacement);
}
inline std::string soa_data(std::uint32_t minimum) {
  return wire_name("ns.example.com") + wire_name("admin.example.com") + std::string(16, '\1') +
         u32(minimum);
}

struct WireRecord {
  std::string name;
  std::uint16_t type = 0;
  std::string data;
  std::uint32_t life = 60;

  [[nodiscard]] std::string bytes() const {
    return wire_name(name) + u16(type) + u16(1) + u32(life) +
           u16(static_cast<unsigned>(data.size())) + data;
  }
};
inline WireRecord wire_record(std::string name, sip::DnsType type, std::string data,
                              std::uint32_t life = 60) {
  return {std::move(name), static_cast<std::uint16_t>(type), std::move(data), life};
}

struct WireResponse {
  std::uint16_t id = 1;
  unsigned flags = 0x8180;  // a response, recursion wanted and done; the code in the last four bits
  sip::DnsQuestion question;
  std::vector<WireRecord> answers{};
  std::vector<WireRecord> authorities{};

  [[nodiscard]] std::string bytes() const {
    auto out = u16(id) + u16(flags) + u16(1) + u16(static_cast<unsigned>(answers.size())) +
               u16(static_cast<unsigned>(authorities.size())) + u16(0) + question_bytes();
    for (const auto& record : answers) out += record.bytes();
    for (const auto& record : authorities) out += record.bytes();
    return out;
  }
  [[nodiscard]] std::string question_bytes() const {
    return wire_name(question.name) + u16(static_cast<unsigned>(question.type)) + u16(1);
  }
};

}  // namespace pbx::test
