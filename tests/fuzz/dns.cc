// Any octets as the response of a name server: the reading ends, what it gives keeps to the bounds,
// and an alias can be asked for.  The first octet chooses what was asked.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sip/dns_message.h"

namespace {

using namespace pbx;

bool is_name(const std::string& name) { return name.size() <= sip::kDnsNameMax; }

void check(const sip::DnsAnswer& answer) {
  if (answer.srv.size() + answer.naptr.size() + answer.addresses.size() > sip::kDnsRecordsMax)
    std::abort();
  for (const auto& it : answer.srv)
    if (!is_name(it.target)) std::abort();
  for (const auto& it : answer.naptr)
    if (!is_name(it.replacement)) std::abort();
}

void check_alias(const sip::DnsQuestion& question) {
  auto query = sip::write_dns_query(1, question, true);
  if (!query) std::abort();
  (*query)[2] = static_cast<char>(0x80);  // the query becomes a response
  if (!sip::read_dns_response(*query, 1, question)) std::abort();
}

void check_order(const sip::DnsQuestion& question, const sip::DnsAnswer& answer) {
  core::Random random(1);
  sip::ServerWish wish;
  wish.address.host = question.name;
  const auto order = sip::order_servers(wish, {{question, answer}}, random);
  if (order.servers.size() > sip::kServersMax) std::abort();
  if (order.questions.empty() && order.servers.empty() == order.reason.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr sip::DnsType kTypes[] = {sip::DnsType::kA, sip::DnsType::kAaaa, sip::DnsType::kSrv,
                                     sip::DnsType::kNaptr};
  if (size == 0) return 0;
  const sip::DnsQuestion question{kTypes[data[0] % 4], "example.com"};
  const std::string_view packet(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto response = sip::read_dns_response(packet, 1, question);
  if (!response) return 0;
  check(response->answer);
  if (response->status == sip::DnsStatus::kAlias) check_alias({question.type, response->alias});
  check_order(question, response->answer);
  return 0;
}
