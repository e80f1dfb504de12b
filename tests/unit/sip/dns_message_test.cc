#include "sip/dns_message.h"

#include <doctest/doctest.h>

#include "core/base/random.h"
#include "tests/unit/sip/dns_packets.h"

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;
using test::address_data;
using test::kCname;
using test::kSoa;
using test::wire_record;
using test::WireResponse;

const DnsQuestion kHost{DnsType::kA, "a.example.com"};
const DnsQuestion kService{DnsType::kSrv, "_sip._udp.example.com"};

core::IpAddress ip(std::string_view text) { return core::parse_ip(text).value(); }

core::Result<DnsResponse> read(const WireResponse& response) {
  return read_dns_response(response.bytes(), response.id, response.question);
}

// A response to kHost with one answer of these octets.
core::Result<DnsResponse> read_raw(const std::string& record, unsigned answers = 1) {
  const WireResponse empty{1, 0x8180, kHost};
  auto packet = empty.bytes() + record;
  packet.replace(6, 2, test::u16(answers));
  return read_dns_response(packet, 1, kHost);
}

constexpr std::size_t kAnswerAt = 12 + 15 + 4;  // behind the question of kHost

}  // namespace

TEST_CASE("a query is one question, with room asked for if wanted") {
  const std::string_view plain(
      "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02xy\x02ru\x00\x00\x21\x00\x01", 23);
  CHECK(write_dns_query(0x1234, {DnsType::kSrv, "xy.ru"}, false).value() == plain);
  const auto edns = write_dns_query(0x1234, {DnsType::kSrv, "xy.ru"}, true).value();
  CHECK(edns.size() == 23 + 11);
  CHECK(edns[11] == 1);
  CHECK(edns.substr(23, 5) == std::string("\0\0\x29\x04\xd0", 5));
}

TEST_CASE("every record whose name points back to the question is read") {
  // As name servers write it: a pointer to octet 12 in place of the name.
  const auto pointing = [](std::string_view address) {
    return "\xc0\x0c" + test::u16(1) + test::u16(1) + test::u32(60) + test::u16(4) +
           address_data(address);
  };
  const auto response = read_raw(pointing("192.0.2.1") + pointing("192.0.2.2"), 2);
  REQUIRE(response.has_value());
  CHECK(response->answer.addresses == std::vector{ip("192.0.2.1"), ip("192.0.2.2")});
}

TEST_CASE("names that DNS cannot carry are not asked for") {
  const std::string bad[] = {
      "", ".", "a..b", ".a", std::string(64, 'x') + ".ru", std::string(254, 'x')};
  for (const auto& name : bad) {
    CAPTURE(name);
    const auto query = write_dns_query(1, {DnsType::kA, name}, true);
    REQUIRE_FALSE(query.has_value());
    CHECK(query.error().code == ErrorCode::kInvalidArgument);
  }
  CHECK(write_dns_query(1, {DnsType::kA, std::string(63, 'x') + ".ru"}, true).has_value());
}

TEST_CASE("records of each type are read") {
  const auto host =
      read({1,
            0x8180,
            kHost,
            {wire_record("A.Example.COM", DnsType::kA, address_data("192.0.2.1"), 30),
             wire_record("a.example.com", DnsType::kA, address_data("192.0.2.2"), 20)}});
  REQUIRE(host.has_value());
  CHECK(host->status == DnsStatus::kAnswered);
  CHECK(host->answer.addresses == std::vector{ip("192.0.2.1"), ip("192.0.2.2")});
  CHECK(host->life == 20s);
  const DnsQuestion six{DnsType::kAaaa, "a.example.com"};
  CHECK(read({1, 0x8180, six, {wire_record(six.name, six.type, address_data("2001:db8::1"))}})
            ->answer.addresses == std::vector{ip("2001:db8::1")});
  const SrvRecord srv{10, 20, 5060, "a.example.com"};
  CHECK(
      read({1, 0x8180, kService, {wire_record(kService.name, DnsType::kSrv, test::srv_data(srv))}})
          ->answer.srv == std::vector{srv});
  const SrvRecord none{0, 0, 0, ""};
  CHECK(
      read({1, 0x8180, kService, {wire_record(kService.name, DnsType::kSrv, test::srv_data(none))}})
          ->answer.srv == std::vector{none});
  const DnsQuestion naptr{DnsType::kNaptr, "example.com"};
  const NaptrRecord record{50, 10, "s", "SIPS+D2T", "_sips._tcp.example.com"};
  CHECK(read({1, 0x8180, naptr, {wire_record(naptr.name, naptr.type, test::naptr_data(record))}})
            ->answer.naptr == std::vector{record});
}

TEST_CASE("compressed names are read") {
  const auto pointer = std::string("\xc0\x0c", 2);
  const auto it = read_raw(pointer + test::u16(1) + test::u16(1) + test::u32(60) + test::u16(4) +
                           address_data("192.0.2.1"));
  REQUIRE(it.has_value());
  CHECK(it->answer.addresses == std::vector{ip("192.0.2.1")});
}

TEST_CASE("pointers that lead in circles or nowhere end the reading") {
  const auto rest =
      test::u16(1) + test::u16(1) + test::u32(60) + test::u16(4) + std::string(4, '1');
  const auto at = [](std::size_t place) {
    return test::u16(0xc000 | static_cast<unsigned>(place));
  };
  const std::string records[] = {
      at(kAnswerAt) + rest,                      // at itself
      at(kAnswerAt + 2) + at(kAnswerAt) + rest,  // forwards and back
      "\x01x" + at(kAnswerAt) + rest,            // at a label before itself
      at(0) + rest,                              // into the header
      at(0x3fff) + rest,                         // out of the packet
      std::string("\x40x", 2) + rest,            // a length that is neither label nor pointer
      std::string("\xc0", 1),
      std::string("\x05xy", 3),
  };
  for (const auto& record : records) {
    const auto it = read_raw(record);
    REQUIRE_FALSE(it.has_value());
    CHECK(it.error().code == ErrorCode::kCorrupt);
  }
}

TEST_CASE("aliases are followed within the packet and named beyond it") {
  const auto alias = [](std::string from, std::string to, std::uint32_t life) {
    return test::WireRecord{std::move(from), kCname, test::wire_name(to), life};
  };
  WireResponse it{
      1,
      0x8180,
      kHost,
      {alias("b.example.com", "c.example.com", 40), alias("a.example.com", "B.example.com", 50),
       wire_record("c.example.com", DnsType::kA, address_data("192.0.2.3"), 60)}};
  CHECK(read(it)->answer.addresses == std::vector{ip("192.0.2.3")});
  CHECK(read(it)->life == 40s);
  it.answers.pop_back();
  CHECK(read(it)->status == DnsStatus::kAlias);
  CHECK(read(it)->alias == "c.example.com");
  CHECK(read(it)->life == 40s);
  it.answers = {alias("a.example.com", "a.example.com", 40)};
  CHECK(read(it)->answer == DnsAnswer());
  it.answers = {alias("a.example.com", "b.example.com", 40),
                alias("b.example.com", "a.example.com", 40)};
  CHECK(read(it).has_value());
}

TEST_CASE("records of other names, types and classes count for nothing") {
  const auto it = read({1,
                        0x8180,
                        kHost,
                        {wire_record("evil.example.net", DnsType::kA, address_data("192.0.2.6")),
                         wire_record("a.example.com", DnsType::kAaaa, address_data("2001:db8::6")),
                         wire_record("a.example.com", DnsType::kA, "123"),
                         wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"))}});
  CHECK(it->answer.addresses == std::vector{ip("192.0.2.1")});
  auto chaos =
      WireResponse{1, 0x8180, kHost, {wire_record(kHost.name, DnsType::kA, "1234")}}.bytes();
  chaos[chaos.size() - 4 - 2 - 4 - 1] = 3;
  CHECK(read_dns_response(chaos, 1, kHost)->answer == DnsAnswer());
}

TEST_CASE("a no is kept as long as its zone says, but not long") {
  struct Row {
    unsigned flags;
    std::vector<test::WireRecord> authorities;
    std::chrono::seconds life;
  };
  const Row rows[] = {
      {0x8183, {}, 60s},
      {0x8180, {}, 60s},
      {0x8183, {{"example.com", kSoa, test::soa_data(30), 900}}, 30s},
      {0x8183, {{"example.com", kSoa, test::soa_data(900), 20}}, 20s},
      {0x8183, {{"example.com", kSoa, test::soa_data(90'000), 90'000}}, 300s},
      {0x8183, {{"example.com", kSoa, "short", 10}}, 60s},
  };
  for (const auto& row : rows) {
    const auto it = read({1, row.flags, kHost, {}, row.authorities});
    REQUIRE(it.has_value());
    CHECK(it->status == DnsStatus::kAnswered);
    CHECK(it->answer == DnsAnswer());
    CHECK(it->life == row.life);
  }
}

TEST_CASE("complaints of the name server are told apart") {
  struct Row {
    unsigned code;
    DnsStatus status;
  };
  const Row rows[] = {{1, DnsStatus::kNotUnderstood},
                      {2, DnsStatus::kServerFailure},
                      {4, DnsStatus::kNotUnderstood},
                      {5, DnsStatus::kServerFailure},
                      {9, DnsStatus::kServerFailure}};
  for (const auto& row : rows) {
    CHECK(read({1, 0x8180 | row.code, kHost})->status == row.status);
    auto bare = WireResponse{1, 0x8180 | row.code, kHost}.bytes().substr(0, 12);
    bare[5] = 0;  // without the question
    CHECK(read_dns_response(bare, 1, kHost)->status == row.status);
  }
}

TEST_CASE("answers to others are not ours") {
  const WireResponse good{1, 0x8180, kHost, {wire_record(kHost.name, DnsType::kA, "1234")}};
  const auto packet = good.bytes();
  CHECK(read_dns_response(packet, 1, kHost).has_value());
  CHECK(read_dns_response(packet, 2, kHost).error().code == ErrorCode::kNotFound);
  CHECK(read_dns_response(packet, 1, kService).error().code == ErrorCode::kNotFound);
  CHECK(read_dns_response(packet, 1, {DnsType::kAaaa, kHost.name}).error().code ==
        ErrorCode::kNotFound);
  CHECK(read_dns_response("", 1, kHost).error().code == ErrorCode::kNotFound);
  auto query = packet;
  query[2] = 0;
  CHECK(read_dns_response(query, 1, kHost).error().code == ErrorCode::kNotFound);
  auto two = packet;
  two[5] = 2;
  CHECK(read_dns_response(two, 1, kHost).error().code == ErrorCode::kNotFound);
}

TEST_CASE("what a cut leaves is used") {
  WireResponse it{1, 0x8380, kHost, {}};
  for (int i = 1; i <= 9; ++i)
    it.answers.push_back(
        wire_record(kHost.name, DnsType::kA, address_data("192.0.2." + std::to_string(i))));
  const auto packet = it.bytes();
  CHECK(read_dns_response(packet.substr(0, packet.size() - 5), 1, kHost)->answer.addresses.size() ==
        8);
  CHECK(read_dns_response(packet.substr(0, kAnswerAt), 1, kHost).error().code ==
        ErrorCode::kCorrupt);
}

TEST_CASE("more records than the bound are not read, absurd times are none") {
  WireResponse it{1, 0x8180, kHost, {}};
  for (std::size_t i = 0; i < kDnsRecordsMax + 10; ++i)
    it.answers.push_back(wire_record(kHost.name, DnsType::kA, "1234"));
  CHECK(read(it)->answer.addresses.size() == kDnsRecordsMax);
  CHECK(
      read({1, 0x8180, kHost, {wire_record(kHost.name, DnsType::kA, "1234", 0x8000'0000)}})->life ==
      0s);
}

TEST_CASE("names with octets that no host has are refused") {
  for (const std::string_view label : {std::string_view("a\0b", 3), {"a.b"}, {"a b"}, {"a\nb"}}) {
    const auto name = test::wire_text(label) + '\0';
    CHECK_FALSE(read_raw(name + test::u16(1) + test::u16(1) + test::u32(60) + test::u16(0)));
  }
}

TEST_CASE("every prefix and many mutations of a response are read without harm") {
  const auto packet = WireResponse{
      1,
      0x8180,
      kService,
      {{kService.name, kCname, test::wire_name("x.example.com"), 60},
       wire_record("x.example.com", DnsType::kSrv, test::srv_data({1, 2, 5060, "a.example.com"}))},
      {{"example.com", kSoa, test::soa_data(60),
        60}}}.bytes();
  for (std::size_t size = 0; size <= packet.size(); ++size)
    static_cast<void>(read_dns_response(packet.substr(0, size), 1, kService));
  core::Random random(7);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto changed = packet;
    for (int n = 0; n < 3; ++n)
      changed[2 + random.below(changed.size() - 2)] = static_cast<char>(random.below(256));
    read += read_dns_response(changed, 1, kService).has_value() ? 1 : 0;
  }
  CHECK(read > 100);
  CHECK(read < 20'000);
}

}  // namespace pbx::sip
