#include "api/views.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/unit/storage/samples.h"

namespace pbx::api {
namespace {

using storage::test::at;

TEST_CASE("the list of calls") {
  call::CallView talking{core::CallId{0xab}, "talking", storage::test::sample_cdr(0xab)};
  call::CallView ringing{core::CallId{0xac}, "ringing", {}};
  ringing.cdr.started = at(4000);
  ringing.cdr.caller = {"103", ""};
  ringing.cdr.dialed = ringing.cdr.called.number = "104";
  CHECK(to_json(call::CallList{{talking, ringing}, 2}, at(7000)) ==
        R"({"total":2,"calls":[{"id":"ab","state":"talking",)"
        R"("started":"2023-11-14T22:13:20.000Z","duration_s":7,"talk_s":5,)"
        R"("caller":{"number":"101","name":"Ольга \"O\""},"dialed":"102",)"
        R"("called":{"number":"102","name":""},"recorded":true},)"
        R"({"id":"ac","state":"ringing","started":"2023-11-14T22:13:24.000Z","duration_s":3,)"
        R"("caller":{"number":"103","name":""},"dialed":"104",)"
        R"("called":{"number":"104","name":""},"recorded":false}]})");
}

TEST_CASE("the status") {
  call::ControlStatus status;
  status.calls = 2;
  status.legs = 4;
  status.calls_total = 10;
  status.calls_refused = 1;
  status.bindings = 3;
  status.ports_free = 90;
  status.ports_total = 100;
  status.recordings = 1;
  CHECK(to_json(status, {"office", "0.1.0", at(0)}, at(61000)) ==
        R"({"name":"office","version":"0.1.0","started":"2023-11-14T22:13:20.000Z",)"
        R"("uptime_s":61,"draining":false,"calls":2,"legs":4,"calls_total":10,)"
        R"("calls_refused":1,"registrations":3,"recordings":1,"ports_free":90,)"
        R"("ports_total":100})");
}

TEST_CASE("one bad part makes the whole not healthy") {
  CHECK(to_json(std::vector<HealthPart>{{"control", true, ""}, {"disk", false, "1 MB free"}}) ==
        R"({"ok":false,"parts":[{"name":"control","ok":true,"detail":""},)"
        R"({"name":"disk","ok":false,"detail":"1 MB free"}]})");
  CHECK(to_json(std::vector<HealthPart>{}) == R"({"ok":true,"parts":[]})");
}

TEST_CASE("a reload tells its mistakes or its changes") {
  CHECK(to_json(ReloadAnswer{{}, {"a.yaml:1:2: wrong"}, {}, {}}) ==
        R"({"applied":false,"mistakes":["a.yaml:1:2: wrong"],"changed":[],"needs_restart":[]})");
  CHECK(to_json(ReloadAnswer{{}, {}, {"media.dscp: 46 → 34"}, {"api.listen"}}) ==
        R"({"applied":true,"mistakes":[],"changed":["media.dscp: 46 → 34"],)"
        R"("needs_restart":["api.listen"]})");
}

TEST_CASE("passwords are shown to those who may see them, and only generated ones") {
  const std::vector<AccountView> accounts{{"101", "Anna", "", true, config::Secret("hunter2")},
                                          {"102", "", "phones", false, config::Secret("mine")}};
  const std::vector<call::Binding> bindings{storage::test::sample_binding()};
  const auto shown = to_json(accounts, bindings, true);
  CHECK(shown ==
        R"({"accounts":[{"number":"101","name":"Anna","profile":"","password_generated":true,)"
        R"("password":"hunter2","registrations":1},{"number":"102","name":"",)"
        R"("profile":"phones","password_generated":false,"registrations":0}]})");
  CHECK(to_json(accounts, bindings, false).find("hunter2") == std::string::npos);
}

TEST_CASE("registrations that have run out are left out") {
  auto old = storage::test::sample_binding(1);
  old.expires = at(0);
  CHECK(registrations_json({old, storage::test::sample_binding(2)}, at(1000)) ==
        R"({"registrations":[{"extension":"101","profile":"phones",)"
        R"("contact":"sip:101@10.0.0.5:5062;ob",)"
        R"("received":"192.0.2.7:31000","transport":"tcp",)"
        R"("expires":"2023-11-14T22:23:20.000Z","expires_s":599,"q":0.5,)"
        R"("user_agent":"Phone/1.0"}]})");
}

TEST_CASE("the guard, log levels and pages") {
  CHECK(to_json(std::vector<GuardEntry>{
            {"phones", core::parse_ip("192.0.2.66").value(), 12, at(0), "wrong passwords"},
            {"phones", core::parse_ip("2001:db8::1").value(), 2, std::nullopt, {}}}) ==
        R"({"guard":[{"profile":"phones","address":"192.0.2.66","failures":12,"banned":true,)"
        R"("until":"2023-11-14T22:13:20.000Z","reason":"wrong passwords"},)"
        R"({"profile":"phones","address":"2001:db8::1",)"
        R"("failures":2,"banned":false}]})");
  CHECK(log_levels_json({{"", "info"}, {"sip", "debug"}}) ==
        R"({"levels":[{"component":"","level":"info"},{"component":"sip","level":"debug"}]})");
  CHECK(page_json("cdr", {"{\"a\":1}", "{}"}, "00ff") == R"({"cdr":[{"a":1},{}],"next":"00ff"})");
}

TEST_CASE("the detail of a call has its record and its live figures") {
  const call::CallDetail detail{{core::CallId{0xab}, "talking", storage::test::sample_cdr(0xab)},
                                {{core::LegId{1}, storage::test::sample_media()}}};
  const auto json = boost::json::parse(to_json(detail));
  CHECK(json.at("cdr").at("dialed").as_string() == "102");
  CHECK(json.at("media").at(0).at("leg").as_string() == "1");
  CHECK(json.at("media").at(0).at("report").at("received").at("codec").as_string() == "PCMA");
  CHECK(json.at("media").at(0).at("report").at("round_trip_us").as_int64() == 12345);
}

TEST_CASE("a trace of a call that is over has its record, of a live one its detail") {
  TraceView trace;
  trace.call_json = "{}";
  trace.messages.push_back({at(0), true, call::Transport::kUdp,
                            core::parse_socket_address("192.0.2.7:5060").value(), "BYE\r\n"});
  CHECK(to_json(trace) ==
        R"({"live":false,"complete":true,"cdr":{},"messages":[)"
        R"({"at":"2023-11-14T22:13:20.000Z","direction":"sent","transport":"udp",)"
        R"("remote":"192.0.2.7:5060","text":"BYE\r\n"}]})");
  trace.live = true;
  CHECK(to_json(trace).find(R"("detail":{})") != std::string::npos);
}

}  // namespace
}  // namespace pbx::api
