#include "sip/resolver.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "core/base/fd.h"
#include "sip/name_servers.h"
#include "sip/sip_time.h"
#include "tests/unit/sip/dns_packets.h"

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using config::Transport;
using core::IpFamily;
using test::address_data;
using test::wire_record;
using test::WireResponse;
using Texts = std::vector<std::string>;
using Replies = std::vector<Texts>;

// A name server on loopback that answers when it is told to.
class NameServer {
 public:
  struct Asked {
    WireResponse reply;  // empty, with id and question of the query
    bool edns = false;
    sockaddr_storage from{};
    socklen_t from_size = sizeof(sockaddr_storage);
  };

  NameServer() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_storage address{};
    socklen_t size = core::to_sockaddr({core::parse_ip("127.0.0.1").value(), 0}, address);
    REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    size = sizeof address;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    address_ = core::from_sockaddr(address);
  }
  [[nodiscard]] const core::SocketAddress& address() const { return address_; }

  std::optional<Asked> receive() {
    Asked it;
    std::array<char, 1500> bytes{};
    const auto size = ::recvfrom(fd_.get(), bytes.data(), bytes.size(), 0,
                                 reinterpret_cast<sockaddr*>(&it.from), &it.from_size);
    if (size < 17) return std::nullopt;
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    it.reply.id = static_cast<std::uint16_t>(octet(0) << 8 | octet(1));
    it.edns = octet(11) == 1;
    std::size_t at = 12;
    auto& name = it.reply.question.name;
    for (; octet(at) != 0; at += octet(at) + 1U)
      name += (name.empty() ? "" : ".") + std::string(&bytes[at + 1], octet(at));
    it.reply.question.type = static_cast<DnsType>(octet(at + 1) << 8 | octet(at + 2));
    ++asked_;
    return it;
  }
  void send(const Asked& to, const std::string& packet) {
    ::sendto(fd_.get(), packet.data(), packet.size(), 0,
             reinterpret_cast<const sockaddr*>(&to.from), to.from_size);
  }
  [[nodiscard]] int asked() const { return asked_; }

 private:
  core::UniqueFd fd_;
  core::SocketAddress address_;
  int asked_ = 0;
};

ServerWish wish(std::string host, std::optional<Transport> transport = {}, std::uint16_t port = 0) {
  return {{transport, std::move(host), port}, {Transport::kUdp, Transport::kTcp}, {IpFamily::kV4}};
}

// A resolver, the name servers it asks, and the loop both live in.  Time is `now` where the
// resolver takes it; a wait for a packet is a real one.
struct World {
  NameServer server;
  std::vector<core::SocketAddress> listed{server.address()};
  std::vector<test::WireRecord> zone;
  std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("resolver_test." + std::to_string(::getpid()));
  SuRoot root{su_root_create(nullptr)};
  std::unique_ptr<Resolver> resolver;
  Replies replies;  // "192.0.2.1:5060", or "error: ..."

  ~World() {
    resolver.reset();
    std::filesystem::remove(file);
  }

  Resolver& start(unsigned tries = 2, std::chrono::milliseconds try_time = 60s) {
    std::ofstream out(file);
    for (const auto& address : listed) out << "nameserver " << address.text() << "\n";
    out.close();
    resolver =
        std::make_unique<Resolver>(root.get(), DnsOptions{file, try_time, tries}, core::Random(7));
    return *resolver;
  }

  static Texts texts(const Resolver::Servers& servers) {
    if (!servers) return {"error: " + servers.error().detail};
    Texts out;
    for (const auto& it : *servers) out.push_back(it.address.text());
    return out;
  }

  ResolutionId resolve(const ServerWish& wish) {
    return resolver->resolve(sip_now(), wish, [this](core::Instant, const auto& servers) {
      replies.push_back(texts(servers));
    });
  }

  // One turn of the loop; what was asked is answered from the zone.
  void turn() {
    if (auto asked = server.receive()) answer(*asked);
    su_root_step(root.get(), 1);
    resolver->run(sip_now());
  }
  void answer(NameServer::Asked asked) {
    for (const auto& record : zone)
      if (record.name == asked.reply.question.name &&
          (record.type == test::kCname ||
           record.type == static_cast<std::uint16_t>(asked.reply.question.type)))
        asked.reply.answers.push_back(record);
    if (asked.reply.answers.empty()) asked.reply.flags |= 3;
    server.send(asked, asked.reply.bytes());
  }

  Texts wait() {
    for (int i = 0; replies.empty() && i < 5'000; ++i) turn();
    REQUIRE(replies.size() == 1);
    auto out = std::move(replies.front());
    replies.clear();
    return out;
  }
  Texts find(const ServerWish& wish) {
    resolve(wish);
    CHECK(replies.empty());
    return wait();
  }
  NameServer::Asked wait_for_query() {
    for (int i = 0; i < 5'000; ++i) {
      if (auto asked = server.receive()) return *asked;
      ::usleep(1'000);
    }
    FAIL("no query came");
    return {};
  }
};

void add_provider(World& world) {
  world.zone = {
      wire_record("example.com", DnsType::kNaptr,
                  test::naptr_data({10, 10, "s", "SIP+D2T", "_sip._tcp.example.com"})),
      wire_record("_sip._tcp.example.com", DnsType::kSrv,
                  test::srv_data({20, 0, 5060, "b.example.com"})),
      wire_record("_sip._tcp.example.com", DnsType::kSrv,
                  test::srv_data({10, 0, 5070, "a.example.com"})),
      wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1")),
      wire_record("b.example.com", DnsType::kA, address_data("192.0.2.2")),
  };
}

}  // namespace

TEST_CASE("an address needs no name server, and the reply comes later all the same") {
  World it;
  it.start();
  CHECK(it.find(wish("192.0.2.7")) == Texts{"192.0.2.7:5060"});
  const auto at_once = it.resolver->find(sip_now(), wish("192.0.2.7", Transport::kTls));
  REQUIRE(at_once);
  CHECK(World::texts(*at_once) == Texts{"192.0.2.7:5061"});
  CHECK(it.server.asked() == 0);
}

TEST_CASE("a name is resolved through NAPTR, SRV and addresses, and remembered") {
  World it;
  add_provider(it);
  it.start();
  CHECK_FALSE(it.resolver->find(sip_now(), wish("example.com")));
  CHECK(it.find(wish("example.com")) == Texts{"192.0.2.1:5070", "192.0.2.2:5060"});
  const int asked = it.server.asked();
  CHECK(asked == 4);
  CHECK(World::texts(*it.resolver->find(sip_now(), wish("example.com"))).size() == 2);
  CHECK(it.find(wish("example.com")) == Texts{"192.0.2.1:5070", "192.0.2.2:5060"});
  CHECK(it.server.asked() == asked);
  CHECK_FALSE(it.resolver->find(sip_now() + 61s, wish("example.com")));  // its time is over
  CHECK(it.resolver->dns().sockets() == 0);
}

TEST_CASE("a name that does not exist is a reason, remembered too") {
  World it;
  it.start();
  const Texts reason{"error: DNS knows no address of gone.example.com"};
  CHECK(it.find(wish("gone.example.com")) == reason);
  const int asked = it.server.asked();
  CHECK(it.find(wish("gone.example.com")) == reason);
  CHECK(it.server.asked() == asked);
}

TEST_CASE("records without life serve the one who asked") {
  World it;
  it.zone = {wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"), 0)};
  it.start();
  CHECK(it.find(wish("a.example.com", {}, 5060)) == Texts{"192.0.2.1:5060"});
  CHECK(it.find(wish("a.example.com", {}, 5060)) == Texts{"192.0.2.1:5060"});
  CHECK(it.server.asked() == 2);
}

TEST_CASE("an alias is followed, an endless one is not") {
  World it;
  it.zone = {{"a.example.com", test::kCname, test::wire_name("b.example.com")},
             wire_record("b.example.com", DnsType::kA, address_data("192.0.2.2")),
             {"x.example.com", test::kCname, test::wire_name("y.example.com")},
             {"y.example.com", test::kCname, test::wire_name("x.example.com")}};
  it.start();
  CHECK(it.find(wish("a.example.com", {}, 5060)) == Texts{"192.0.2.2:5060"});
  const int asked = it.server.asked();
  CHECK(it.find(wish("x.example.com", {}, 5060)).front().starts_with("error: "));
  CHECK(it.server.asked() <= asked + static_cast<int>(kDnsAliasesMax) + 1);
}

TEST_CASE("two who want the same ask once") {
  World it;
  it.zone = {wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"))};
  it.start();
  it.resolve(wish("a.example.com", {}, 5060));
  it.resolve(wish("a.example.com", {}, 5070));
  CHECK(it.resolver->dns().questions() == 1);
  for (int i = 0; it.replies.size() < 2 && i < 5'000; ++i) it.turn();
  CHECK(it.replies == Replies{Texts{"192.0.2.1:5060"}, Texts{"192.0.2.1:5070"}});
  CHECK(it.server.asked() == 1);
}

TEST_CASE("a silent name server is followed by the next one") {
  World it;
  NameServer silent;
  it.listed = {silent.address(), it.server.address()};
  it.zone = {wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"))};
  it.start(2, 10s);
  const auto asked_at = sip_now();
  it.resolve(wish("a.example.com", {}, 5060));
  CHECK(it.resolver->next_deadline() >= asked_at + 10s);
  it.resolver->run(*it.resolver->next_deadline());
  CHECK(silent.receive());
  CHECK(it.wait() == Texts{"192.0.2.1:5060"});
}

TEST_CASE("a name server that is not there, or cannot say, is followed at once") {
  for (const unsigned code : {0U, 2U, 5U}) {
    World it;
    NameServer other;
    const auto address = other.address();
    if (code == 0) other = NameServer();  // closes the port that was told
    it.listed = {address, it.server.address()};
    it.zone = {wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"))};
    it.start();
    it.resolve(wish("a.example.com", {}, 5060));
    for (int i = 0; it.replies.empty() && i < 5'000; ++i) {
      if (auto asked = code == 0 ? std::nullopt : other.receive()) {
        asked->reply.flags |= code;
        other.send(*asked, asked->reply.bytes());
      }
      it.turn();
    }
    CHECK(it.replies == Replies{Texts{"192.0.2.1:5060"}});
  }
}

TEST_CASE("when nobody answers it says so, and does not ask again at once") {
  World it;
  it.start(3, 1s);
  auto now = sip_now();
  it.resolve(wish("a.example.com", {}, 5060));
  for (int i = 0; i < 3; ++i) it.resolver->run(now += 2s);
  REQUIRE(it.replies.size() == 1);
  CHECK(it.replies[0] == Texts{"error: DNS gives no answer for a.example.com"});
  CHECK(it.resolver->find(now, wish("a.example.com", {}, 5060)));
  CHECK_FALSE(it.resolver->find(now + DnsClient::kFailureLife, wish("a.example.com", {}, 5060)));
}

TEST_CASE("a server that does not know EDNS0 is asked without it") {
  World it;
  it.start();
  it.resolve(wish("a.example.com", {}, 5060));
  auto first = it.wait_for_query();
  CHECK(first.edns);
  first.reply.flags |= 1;
  it.server.send(first, first.reply.bytes());
  for (int i = 0; i < 5'000 && it.server.asked() == 1; ++i) {
    su_root_step(it.root.get(), 1);
    if (auto second = it.server.receive()) CHECK_FALSE(second->edns);
  }
  CHECK(it.server.asked() == 2);
}

TEST_CASE("forged answers are not believed") {
  World it;
  it.start();
  it.resolve(wish("a.example.com", {}, 5060));
  const auto asked = it.wait_for_query();
  auto forged = asked.reply;
  forged.id = static_cast<std::uint16_t>(forged.id + 1);
  forged.answers = {wire_record("a.example.com", DnsType::kA, address_data("198.51.100.6"))};
  it.server.send(asked, forged.bytes());
  forged.id = asked.reply.id;
  forged.question.name = "b.example.com";
  it.server.send(asked, forged.bytes());
  NameServer stranger;
  forged.question.name = "a.example.com";
  stranger.send(asked, forged.bytes());
  for (int i = 0; i < 20; ++i) su_root_step(it.root.get(), 1);
  CHECK(it.replies.empty());
  it.zone = {wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"))};
  it.answer(asked);
  CHECK(it.wait() == Texts{"192.0.2.1:5060"});
}

TEST_CASE("an answer that runs in circles costs one try") {
  World it;
  it.zone = {wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"))};
  it.start();
  it.resolve(wish("a.example.com", {}, 5060));
  const auto asked = it.wait_for_query();
  auto packet = asked.reply.bytes();
  packet[7] = 1;
  it.server.send(asked, packet + test::u16(0xc000 | static_cast<unsigned>(packet.size())) +
                            std::string(14, '\0'));
  CHECK(it.wait() == Texts{"192.0.2.1:5060"});
  CHECK(it.server.asked() == 2);
}

TEST_CASE("a resolution ends in time and with what is known by then") {
  World it;
  it.start(100, 60s);
  const auto now = sip_now();
  it.resolve(wish("example.com"));
  it.resolver->run(now + Resolver::kResolutionTime - 1s);
  CHECK(it.replies.empty());
  it.resolver->run(now + Resolver::kResolutionTime + 1s);
  CHECK(it.replies == Replies{Texts{"error: DNS gives no answer for example.com"}});
  CHECK(it.resolver->resolutions() == 0);
}

TEST_CASE("what is cancelled has no reply") {
  World it;
  it.zone = {wire_record("a.example.com", DnsType::kA, address_data("192.0.2.1"))};
  it.start();
  const auto id = it.resolve(wish("a.example.com", {}, 5060));
  it.resolver->cancel(id);
  it.resolver->cancel(id);
  it.resolver->cancel({});
  for (int i = 0; it.resolver->dns().questions() > 0 && i < 5'000; ++i) it.turn();
  CHECK(it.replies.empty());
  CHECK(it.resolver->find(sip_now(), wish("a.example.com", {}, 5060)));
}

TEST_CASE("a reply may resolve and cancel") {
  World it;
  it.start();
  ResolutionId second{};
  it.resolver->resolve(sip_now(), wish("192.0.2.1"), [&](core::Instant now, const auto&) {
    it.resolver->cancel(second);
    it.resolver->resolve(now, wish("192.0.2.3"), [&](core::Instant, const auto& servers) {
      it.replies.push_back(World::texts(servers));
    });
  });
  second = it.resolve(wish("192.0.2.2"));
  CHECK(it.wait() == Texts{"192.0.2.3:5060"});
  CHECK(it.resolver->resolutions() == 0);
}

TEST_CASE("it can be destroyed with questions open") {
  World it;
  it.start();
  it.resolve(wish("example.com"));
  const auto asked = it.wait_for_query();
  it.resolver.reset();
  it.server.send(asked, asked.reply.bytes());
  for (int i = 0; i < 10; ++i) su_root_step(it.root.get(), 1);
  CHECK(it.replies.empty());
}

TEST_CASE("sockets and resolutions are bounded, those beyond wait or fail") {
  World it;
  it.start();
  for (std::size_t i = 0; i < DnsClient::kSocketsMax + 20; ++i) {
    const auto name = "h" + std::to_string(i) + ".example.com";
    it.zone.push_back(wire_record(name, DnsType::kA, address_data("192.0.2.1")));
    it.resolve(wish(name, {}, 5060));
  }
  CHECK(it.resolver->dns().sockets() == DnsClient::kSocketsMax);
  for (int i = 0; it.resolver->resolutions() > 0 && i < 5'000; ++i) it.turn();
  CHECK(it.replies == std::vector(DnsClient::kSocketsMax + 20, Texts{"192.0.2.1:5060"}));
  it.replies.clear();
  for (std::size_t i = 0; i < Resolver::kResolutionsMax + 3; ++i)
    it.resolve(wish("late.example.com", {}, 5060));
  it.resolver->run(sip_now());
  CHECK(it.replies == std::vector(3, Texts{"error: too many names are being resolved"}));
}

TEST_CASE("a name that cannot be asked for fails with a reason") {
  World it;
  it.start();
  CHECK(it.find(wish("a..example.com", {}, 5060)) ==
        Texts{"error: DNS gives no answer for a..example.com"});
  CHECK(it.server.asked() == 0);
}

}  // namespace pbx::sip
