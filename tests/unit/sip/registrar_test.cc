#include "sip/registrar.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using What = call::BindingChanged::What;

core::WallAnchor at(std::chrono::seconds since_start) {
  return {core::Instant{1h} + since_start, core::WallTime{} + 1'000'000h + since_start};
}

RegisterContact contact(std::string uri, std::optional<std::uint32_t> expires_s = {}) {
  RegisterContact out;
  out.uri = std::move(uri);
  out.expires_s = expires_s;
  return out;
}

// A phone that counts its requests.
struct Phone {
  std::string call_id = "a@phone";
  std::string ip_port = "192.0.2.10:5060";
  std::uint32_t cseq = 0;

  RegisterRequest request(std::vector<RegisterContact> contacts,
                          std::optional<std::uint32_t> expires_s = {}) {
    RegisterRequest out;
    out.extension = "1001";
    out.contacts = std::move(contacts);
    out.expires_s = expires_s;
    out.sip_call_id = call_id;
    out.cseq = ++cseq;
    out.received = core::parse_socket_address(ip_port).value();
    return out;
  }
};

struct Fixture {
  RegistrarOptions options{core::ProfileId{2}, 60s, 600s, 3600s, 50'000, 60s, 1, 1, "phones"};
  Registrar registrar{options};
  BindingChanges changes;
  Phone phone;

  RegisterResult apply(const RegisterRequest& request, std::chrono::seconds time = 0s) {
    changes.clear();
    return registrar.apply(at(time), request, changes);
  }
  std::string told() const {
    std::string out;
    for (const auto& change : changes) {
      constexpr std::string_view kMarks = "+=-x";  // by value of What
      out += kMarks[static_cast<std::size_t>(change.what)];
      out += change.binding.contact_uri + " ";
    }
    return out;
  }
  std::string found(std::string_view extension = "1001") const {
    std::string out;
    for (const auto& binding : registrar.find(extension)) out += binding.contact_uri + " ";
    return out;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a registration is stored with all that a call back needs") {
  auto request = phone.request({contact("sip:1001@10.0.0.5:5062;line=1", 120)});
  request.transport = call::Transport::kTcp;
  request.local_ip = core::parse_ip("198.51.100.1").value();
  request.path = "<sip:edge;lr>";
  request.user_agent = std::string(kUserAgentMax + 5, 'u');
  const auto result = apply(request);
  CHECK(result.status == 200);
  REQUIRE(result.contacts.size() == 1);
  CHECK(result.contacts[0].expires == 120s);
  CHECK(told() == "+sip:1001@10.0.0.5:5062;line=1 ");
  const auto bindings = registrar.find("1001");
  REQUIRE(bindings.size() == 1);
  const auto& it = bindings[0];
  CHECK(it == changes[0].binding);
  CHECK(it.id.value != 0);
  CHECK(it.profile == core::ProfileId{2});
  CHECK(it.profile_name == "phones");
  CHECK(it.extension == "1001");
  CHECK(it.received.text() == "192.0.2.10:5060");
  CHECK(it.transport == call::Transport::kTcp);
  CHECK(it.local_ip.text() == "198.51.100.1");
  CHECK(it.path == "<sip:edge;lr>");
  CHECK(it.user_agent.size() == kUserAgentMax);
  CHECK(it.expires == at(120s).wall);
  CHECK(it.sip_call_id == "a@phone");
  CHECK(it.cseq == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "the time granted comes from parameter, header or default, within limits") {
  struct Row {
    std::optional<std::uint32_t> parameter, header;
    std::uint16_t status;
    std::chrono::seconds granted;
  };
  const Row rows[] = {
      {120, 300, 200, 120s},  {{}, 300, 200, 300s},
      {{}, {}, 200, 600s},    {60, {}, 200, 60s},
      {59, {}, 423, 0s},      {1, 3600, 423, 0s},
      {4000, {}, 200, 3600s}, {{}, UINT32_MAX, 200, 3600s},
  };
  for (const auto& row : rows) {
    Registrar fresh(options);
    BindingChanges ignored;
    Phone caller;
    const auto result = fresh.apply(
        at(0s), caller.request({contact("sip:1001@a", row.parameter)}, row.header), ignored);
    CHECK(result.status == row.status);
    if (row.status == 200) CHECK(result.contacts.at(0).expires == row.granted);
    if (row.status == 423) CHECK(result.min_expires == 60s);
    CHECK(fresh.size() == (row.status == 200 ? 1 : 0));
  }
}

TEST_CASE_FIXTURE(Fixture, "a refresh keeps the binding's identity and renews the rest") {
  apply(phone.request({contact("sip:1001@a")}));
  const auto id = changes[0].binding.id;
  phone.ip_port = "192.0.2.10:40000";  // the NAT chose another port
  const auto result = apply(phone.request({contact("sip:1001@A")}), 100s);
  CHECK(told() == "=sip:1001@A ");
  CHECK(changes[0].binding.id == id);
  CHECK(changes[0].binding.received.port == 40000);
  CHECK(result.contacts.at(0).expires == 600s);
  CHECK(registrar.size() == 1);
  CHECK(registrar.next_deadline() == at(700s).at);
}

TEST_CASE_FIXTURE(Fixture, "a query lists what is left and changes nothing") {
  CHECK(apply(phone.request({})).contacts.empty());
  auto low = contact("sip:1001@a", 100);
  low.q_thousandths = 300;
  apply(phone.request({low}));
  const auto result = apply(phone.request({}), 40s);
  CHECK(result.status == 200);
  REQUIRE(result.contacts.size() == 1);
  CHECK(result.contacts[0].expires == 60s);
  CHECK(result.contacts[0].q_thousandths == 300);
  CHECK(changes.empty());
}

TEST_CASE_FIXTURE(Fixture, "contacts are found by falling q, then by age") {
  auto low = contact("sip:1001@low");
  low.q_thousandths = 100;
  auto high = contact("sip:1001@high");
  high.q_thousandths = 2000;  // cut to 1000
  apply(phone.request({low, contact("sip:1001@first"), high}));
  CHECK(found() == "sip:1001@first sip:1001@high sip:1001@low ");
  CHECK(found("1002").empty());
}

TEST_CASE_FIXTURE(Fixture, "a contact is removed by Expires 0") {
  apply(phone.request({contact("sip:1001@a"), contact("sip:1001@b")}));
  const auto result = apply(phone.request({contact("sip:1001@a", 0)}));
  CHECK(result.contacts.size() == 1);
  CHECK(told() == "-sip:1001@a ");
  CHECK(apply(phone.request({contact("sip:1001@unknown", 0)})).status == 200);
  CHECK(changes.empty());
  apply(phone.request({contact("sip:1001@b")}, 0));
  CHECK(registrar.size() == 0);
  CHECK_FALSE(registrar.next_deadline());
}

TEST_CASE_FIXTURE(Fixture, "a star removes everything, and only with Expires 0 and alone") {
  apply(phone.request({contact("sip:1001@a"), contact("sip:1001@b")}));
  auto star = phone.request({});
  star.star = true;
  CHECK(apply(star).status == 400);
  star.expires_s = 600;
  CHECK(apply(star).status == 400);
  star.expires_s = 0;
  star.contacts = {contact("sip:1001@a")};
  CHECK(apply(star).status == 400);
  CHECK(registrar.size() == 2);
  star.contacts.clear();
  const auto result = apply(star);
  CHECK(result.status == 200);
  CHECK(result.contacts.empty());
  CHECK(told() == "-sip:1001@a -sip:1001@b ");
  CHECK(registrar.size() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a request older than the last one of its Call-ID changes nothing") {
  phone.cseq = 10;
  apply(phone.request({contact("sip:1001@a")}));
  phone.cseq = 10;  // the same again
  CHECK(apply(phone.request({contact("sip:1001@a", 0)})).status == 400);
  phone.cseq = 5;
  CHECK(apply(phone.request({contact("sip:1001@b"), contact("sip:1001@a", 0)})).status == 400);
  auto star = phone.request({}, 0);
  star.star = true;
  CHECK(apply(star).status == 400);
  CHECK(changes.empty());
  CHECK(found() == "sip:1001@a ");
  Phone restarted{"another@phone"};
  CHECK(apply(restarted.request({contact("sip:1001@a", 0)})).status == 200);
  CHECK(registrar.size() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a request is applied as a whole or not at all") {
  apply(phone.request({contact("sip:1001@a")}));
  CHECK(apply(phone.request({contact("sip:1001@a", 0), contact("sip:1001@b", 10)})).status == 423);
  CHECK(changes.empty());
  CHECK(found() == "sip:1001@a ");
}

TEST_CASE_FIXTURE(Fixture, "an instance is one contact whatever its URI") {
  auto first = contact("sip:1001@10.0.0.5:5060");
  first.instance = "<urn:uuid:1>";
  apply(phone.request({first}));
  const auto id = changes[0].binding.id;
  Phone rebooted{"b@phone", "192.0.2.77:9"};
  auto second = contact("sip:1001@10.0.0.6:6000");
  second.instance = "<urn:uuid:1>";
  apply(rebooted.request({second}));
  CHECK(told() == "=sip:1001@10.0.0.6:6000 ");
  CHECK(changes[0].binding.id == id);
  auto flow = second;
  flow.reg_id = 2;
  flow.uri = "sip:1001@10.0.0.6:6001";
  const auto result = apply(rebooted.request({flow}));
  CHECK(registrar.size() == 2);
  CHECK(result.contacts.at(1).instance == "<urn:uuid:1>");
  CHECK(result.contacts.at(1).reg_id == 2);
  // The same URI without the instance means the same binding.
  apply(rebooted.request({contact("sip:1001@10.0.0.6:6001", 0)}));
  CHECK(told() == "-sip:1001@10.0.0.6:6001 ");
}

TEST_CASE_FIXTURE(Fixture, "at the limit a restarted phone replaces its own oldest binding") {
  const auto at_port = [&](Phone& who, int port, std::chrono::seconds time) {
    auto request = who.request({contact("sip:1001@10.0.0.5:" + std::to_string(port))});
    request.contacts_max = 2;
    return apply(request, time).status;
  };
  CHECK(at_port(phone, 1, 0s) == 200);
  CHECK(at_port(phone, 2, 1s) == 200);
  CHECK(at_port(phone, 3, 2s) == 200);
  CHECK(told() == "-sip:1001@10.0.0.5:1 +sip:1001@10.0.0.5:3 ");
  Phone stranger{"c@elsewhere", "203.0.113.9:5060"};
  CHECK(at_port(stranger, 4, 3s) == 403);
  CHECK(changes.empty());
  CHECK(found() == "sip:1001@10.0.0.5:2 sip:1001@10.0.0.5:3 ");
}

TEST_CASE_FIXTURE(Fixture, "one request cannot push out its own contacts") {
  auto request =
      phone.request({contact("sip:1001@a"), contact("sip:1001@b"), contact("sip:1001@c")});
  request.contacts_max = 2;
  CHECK(apply(request).status == 403);
  CHECK(registrar.size() == 0);
}

TEST_CASE_FIXTURE(Fixture, "what a request removes makes room for what it adds") {
  auto request = phone.request({contact("sip:1001@a")});
  request.contacts_max = 1;
  apply(request);
  Phone elsewhere{"c@elsewhere", "203.0.113.9:5060"};
  auto change = elsewhere.request({contact("sip:1001@b"), contact("sip:1001@a", 0)});
  change.contacts_max = 1;
  CHECK(apply(change).status == 200);
  CHECK(told() == "-sip:1001@a +sip:1001@b ");
}

TEST_CASE_FIXTURE(Fixture, "a full registrar refuses new bindings and refreshes old ones") {
  options.bindings_max = 1;
  options.retry_after = 30s;
  registrar.set_options(options);
  apply(phone.request({contact("sip:1001@a")}));
  const auto refused = apply(phone.request({contact("sip:1001@b")}));
  CHECK(refused.status == 503);
  CHECK(refused.retry_after == 30s);
  CHECK(registrar.size() == 1);
  CHECK(apply(phone.request({contact("sip:1001@a")})).status == 200);
  CHECK(apply(phone.request({contact("sip:1001@b"), contact("sip:1001@a", 0)})).status == 200);
}

TEST_CASE_FIXTURE(Fixture, "bindings end at their time, in order") {
  apply(phone.request({contact("sip:1001@a", 200), contact("sip:1001@b", 100)}));
  CHECK(registrar.next_deadline() == at(100s).at);
  changes.clear();
  registrar.expire(at(99s).at, changes);
  CHECK(changes.empty());
  registrar.expire(at(200s).at, changes);
  CHECK(told() == "xsip:1001@b xsip:1001@a ");
  CHECK(registrar.size() == 0);
  CHECK_FALSE(registrar.next_deadline());
  CHECK(registrar.find("1001").empty());
}

TEST_CASE_FIXTURE(Fixture, "a request first ends what is over") {
  apply(phone.request({contact("sip:1001@a", 100)}));
  const auto result = apply(phone.request({contact("sip:1001@b", 100)}), 150s);
  CHECK(told() == "xsip:1001@a +sip:1001@b ");
  CHECK(result.contacts.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "bindings survive a restart") {
  apply(phone.request({contact("sip:1001@a", 100), contact("sip:1001@b", 300)}));
  const auto saved = registrar.snapshot();
  CHECK(saved.size() == 2);
  Registrar next(options);
  changes.clear();
  // The monotonic clock began again with the machine.
  const core::WallAnchor reborn{core::Instant{5s}, at(150s).wall};
  next.restore(reborn, saved, changes);
  CHECK(told() == "xsip:1001@a ");
  REQUIRE(next.snapshot().size() == 1);
  CHECK(next.snapshot()[0] == saved[1]);
  CHECK(next.next_deadline() == core::Instant{155s});
  // The phone goes on counting where it was.
  phone.cseq = 0;
  CHECK(next.apply(reborn, phone.request({contact("sip:1001@b", 0)}), changes).status == 400);
}

TEST_CASE_FIXTURE(Fixture, "ids do not repeat after a restart") {
  const auto first_id = [&](Registrar& one) {
    Phone fresh{"new@phone"};
    changes.clear();
    one.apply(at(1s), fresh.request({contact("sip:1001@new")}), changes);
    return changes.at(0).binding.id.value;
  };
  apply(phone.request({contact("sip:1001@a")}));
  apply(phone.request({contact("sip:1001@b")}));
  const auto saved = registrar.snapshot();
  const auto newest = saved[1].id.value;
  apply(phone.request({contact("sip:1001@b", 0)}));
  // The newest binding ended before the stop: the store no longer tells its id.
  options.first_id = 1000;
  Registrar later(options);
  later.restore(at(1s), {saved[0]}, changes);
  CHECK(first_id(later) > newest);
  // The clock was set back meanwhile: the store tells.
  options.first_id = 1;
  Registrar confused(options);
  confused.restore(at(1s), saved, changes);
  CHECK(first_id(confused) > newest);
}

TEST_CASE_FIXTURE(Fixture, "a lost connection ends the binding unless the phone listens itself") {
  struct Row {
    call::Transport transport;
    std::string uri, path;
    std::string called_at;  // "": it ends
  };
  using call::Transport;
  const Row rows[] = {
      {Transport::kTcp, "sip:1001@192.0.2.10:5070;transport=tcp", "", "192.0.2.10:5070"},
      {Transport::kTcp, "sip:1001@192.0.2.10;transport=tcp", "", "192.0.2.10:5060"},
      {Transport::kTcp, "sip:1001@192.0.2.10:40000", "", ""},  // the connection itself
      {Transport::kTcp, "sip:1001@10.0.0.5:5070", "", ""},     // behind a NAT
      {Transport::kTcp, "sip:1001@phone.invalid", "", ""},
      {Transport::kTls, "sip:1001@192.0.2.10:5071", "", ""},  // phones are no servers of TLS
      {Transport::kTls, "sip:1001@10.0.0.5:5071", "<sip:edge;lr>", "192.0.2.10:40000"},
      {Transport::kUdp, "sip:1001@10.0.0.5:5071", "", "192.0.2.10:40000"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.uri);
    Registrar fresh(options);
    Phone caller{"tcp@phone", "192.0.2.10:40000"};
    auto request = caller.request({contact(row.uri)});
    request.transport = row.transport;
    request.path = row.path;
    fresh.apply(at(0s), request, changes);
    changes.clear();
    fresh.disconnect("1001", fresh.find("1001").at(0).id, changes);
    const auto left = fresh.find("1001");
    CHECK(fresh.size() == left.size());
    CHECK((left.empty() ? "" : left[0].received.text()) == row.called_at);
    const bool moved = row.called_at != "192.0.2.10:40000";
    REQUIRE(changes.size() == (moved ? 1 : 0));
    if (moved) CHECK(changes[0].what == (left.empty() ? What::kRemoved : What::kChanged));
  }
  registrar.disconnect("1001", core::BindingId{7}, changes);  // unknown: nothing
}

TEST_CASE_FIXTURE(Fixture, "no connection survives a restart") {
  auto request = phone.request({contact("sip:1001@192.0.2.10:5070;transport=tcp")});
  request.transport = call::Transport::kTcp;
  apply(request);
  auto natted = phone.request({contact("sip:1001@10.0.0.5:5070;transport=tcp")});
  natted.transport = call::Transport::kTcp;
  apply(natted);
  auto saved = registrar.snapshot();
  for (int restarts = 0; restarts < 2; ++restarts) {
    Registrar next(options);
    changes.clear();
    next.restore(at(1s), saved, changes);
    CHECK(told() == (restarts == 0 ? "-sip:1001@10.0.0.5:5070;transport=tcp " : ""));
    saved = next.snapshot();
    REQUIRE(saved.size() == 1);
    CHECK(saved[0].received.text() == "192.0.2.10:5070");
  }
}

TEST_CASE_FIXTURE(Fixture, "a clock set back prolongs no binding beyond the longest promise") {
  apply(phone.request({contact("sip:1001@a", 300)}));
  Registrar next(options);
  next.restore({core::Instant{5s}, at(-100'000s).wall}, registrar.snapshot(), changes);
  CHECK(next.next_deadline() == core::Instant{5s} + options.expires_max);
}

TEST_CASE_FIXTURE(Fixture, "an extension that is gone takes its bindings with it") {
  apply(phone.request({contact("sip:1001@a"), contact("sip:1001@b")}));
  changes.clear();
  registrar.remove_extension("1001", changes);
  CHECK(told() == "-sip:1001@a -sip:1001@b ");
  CHECK(registrar.size() == 0);
  CHECK_FALSE(registrar.next_deadline());
  registrar.remove_extension("1001", changes);
  CHECK(changes.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "what is malformed or too long is refused") {
  CHECK(apply(phone.request({contact("mailto:a@b")})).status == 400);
  CHECK(apply(phone.request({contact("tel:123")})).status == 400);
  CHECK(apply(phone.request({contact("")})).status == 400);
  auto request = phone.request({contact("sip:a")});
  request.sip_call_id.assign(kRegisterCallIdMax + 1, 'x');
  CHECK(apply(request).status == 400);
  request = phone.request({contact("sip:a")});
  request.path.assign(kRegisterPathMax + 1, 'x');
  CHECK(apply(request).status == 400);
  request = phone.request({contact("sip:a")});
  request.contacts[0].instance.assign(kRegisterInstanceMax + 1, 'x');
  CHECK(apply(request).status == 400);
  request = phone.request(std::vector<RegisterContact>(kRegisterContactsMax + 1, contact("sip:a")));
  CHECK(apply(request).status == 403);
  CHECK(registrar.size() == 0);
}

TEST_CASE("ids of different profiles differ") {
  RegistrarOptions other;
  other.id_origin = 2;
  Registrar a({core::ProfileId{1}});
  Registrar b(other);
  BindingChanges changes;
  Phone phone;
  a.apply(at(0s), phone.request({contact("sip:a")}), changes);
  b.apply(at(0s), phone.request({contact("sip:a")}), changes);
  CHECK(changes.at(0).binding.id != changes.at(1).binding.id);
}

TEST_CASE("many bindings of many extensions keep their books") {
  Registrar registrar({core::ProfileId{1}});
  BindingChanges changes;
  constexpr std::size_t kExtensions = 2000;
  for (std::size_t i = 0; i < kExtensions; ++i) {
    Phone phone;
    auto request = phone.request({contact("sip:x@a", static_cast<std::uint32_t>(60 + i % 7)),
                                  contact("sip:x@b", static_cast<std::uint32_t>(100 + i % 5))});
    request.extension = std::to_string(i);
    REQUIRE(registrar.apply(at(0s), request, changes).status == 200);
  }
  CHECK(registrar.size() == 2 * kExtensions);
  changes.clear();
  registrar.expire(at(66s).at, changes);
  CHECK(changes.size() == kExtensions);
  registrar.expire(at(200s).at, changes);
  CHECK(changes.size() == 2 * kExtensions);
  CHECK(registrar.size() == 0);
}

}  // namespace pbx::sip
