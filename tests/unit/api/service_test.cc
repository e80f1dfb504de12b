#include "api/service.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/api/fixture.h"

namespace pbx::api {
namespace {

using test::Asked;
using test::Fixture;

boost::json::value json_of(const Asked& asked) { return boost::json::parse(asked.body()); }

TEST_CASE("a question to control is answered when control answers") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked asked(service, f.now, "GET", "/api/v1/calls");
  CHECK(asked.times == 0);
  REQUIRE(f.control.size() == 1);
  const auto id = std::get<call::ListCalls>(f.control[0]).request;
  service.deliver(call::Reply{id, call::CallList{}}, f.now);
  CHECK(asked.status() == 200);
  CHECK(asked.body() == "{\"total\":0,\"calls\":[]}\n");
  service.deliver(call::Reply{id, call::CallList{}}, f.now);  // nobody waits any more
  CHECK(asked.times == 1);
}

TEST_CASE("a question without an answer ends with 504") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked asked(service, f.now, "GET", "/api/v1/status");
  CHECK(service.next_deadline() == f.now.instant + Service::kAnswerTimeout);
  f.now.instant += Service::kAnswerTimeout - std::chrono::milliseconds(1);
  service.expire(f.now);
  CHECK(asked.times == 0);
  f.now.instant += std::chrono::milliseconds(1);
  service.expire(f.now);
  CHECK(asked.status() == 504);
  CHECK_FALSE(service.next_deadline().has_value());
}

TEST_CASE("a busy control and too many questions give 429") {
  Fixture f;
  Service service(f.ports(), f.reader);
  f.control_takes = false;
  const Asked refused(service, f.now, "GET", "/api/v1/calls");
  CHECK(refused.status() == 429);
  CHECK(refused.response->headers.contains("Retry-After"));
  f.control_takes = true;
  std::deque<Asked> asked;
  for (std::size_t i = 0; i < Service::kPendingMax; ++i)
    asked.emplace_back(service, f.now, "GET", "/api/v1/calls");
  const Asked one_more(service, f.now, "GET", "/api/v1/calls");
  CHECK(one_more.status() == 429);
}

TEST_CASE("requests are bounded in number per second") {
  Fixture f;
  Service service(f.ports(), f.reader);
  for (int i = 0; i < static_cast<int>(Service::kRequestsPerSecond); ++i)
    CHECK(Asked(service, f.now, "GET", "/api/v1/openapi.json").status() == 200);
  CHECK(Asked(service, f.now, "GET", "/api/v1/openapi.json").status() == 429);
  f.now.instant += std::chrono::milliseconds(10);
  CHECK(Asked(service, f.now, "GET", "/api/v1/openapi.json").status() == 200);
}

TEST_CASE("paths, methods and ids that are wrong are told so") {
  Fixture f;
  Service service(f.ports(), f.reader);
  CHECK(Asked(service, f.now, "GET", "/nowhere").status() == 404);
  const Asked method(service, f.now, "POST", "/api/v1/cdr");
  CHECK(method.status() == 405);
  CHECK(method.response->headers.at("Allow") == "GET");
  for (const char* path : {"/api/v1/calls/xyz", "/api/v1/cdr/0", "/api/v1/recordings/-1"})
    CHECK(Asked(service, f.now, "GET", path).status() == 400);
  CHECK(f.control.empty());
}

TEST_CASE("a call that is not there is 404, one that is can be hung up") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked shown(service, f.now, "GET", "/api/v1/calls/ab");
  const auto show = std::get<call::ShowCall>(f.control.back());
  CHECK(show.call == core::CallId{0xab});
  service.deliver(call::Reply{show.request, call::NotFound{"call ab"}}, f.now);
  CHECK(shown.status() == 404);
  const Asked hung(service, f.now, "DELETE", "/api/v1/calls/ab");
  const auto hang_up = std::get<call::HangUp>(f.control.back());
  CHECK(hang_up.call == core::CallId{0xab});
  service.deliver(call::Reply{hang_up.request, call::Done{}}, f.now);
  CHECK(hung.status() == 200);
}

TEST_CASE("nobody waits for a drain to end") {
  Fixture f;
  Service service(f.ports(), f.reader);
  CHECK(Asked(service, f.now, "POST", "/api/v1/drain").status() == 202);
  CHECK(std::holds_alternative<call::Drain>(f.control.back()));
}

TEST_CASE("the trace of a call that is over joins the messages of all profiles") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked asked(service, f.now, "GET", "/api/v1/calls/3/trace");
  const auto show = std::get<call::ShowCall>(f.control.back()).request;
  service.deliver(call::Reply{show, call::NotFound{"call 3"}}, f.now);
  REQUIRE(f.sip.size() == 1);
  const auto query = std::get<TraceQuery>(f.sip[0]);
  CHECK_FALSE(query.legs.empty());
  TracedMessage first, second;
  first.at = storage::test::at(1000);
  first.text = "INVITE";
  second.at = storage::test::at(2000);
  second.text = "BYE";
  service.deliver(TraceAnswer{query.request, {second}}, f.now);
  CHECK(asked.times == 0);
  service.deliver(TraceAnswer{query.request, {first}}, f.now);
  const auto json = json_of(asked);
  CHECK(json.at("complete").as_bool());
  CHECK_FALSE(json.at("live").as_bool());
  CHECK(json.at("cdr").at("id").as_string() == "3");
  CHECK(json.at("messages").at(0).at("text").as_string() == "INVITE");
  CHECK(json.at("messages").at(1).at("text").as_string() == "BYE");
}

TEST_CASE("a trace that one profile does not answer is incomplete, not lost") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked asked(service, f.now, "GET", "/api/v1/calls/ab/trace");
  const call::CallDetail detail{{core::CallId{0xab}, "talking", storage::test::sample_cdr(0xab)},
                                {}};
  service.deliver(call::Reply{std::get<call::ShowCall>(f.control.back()).request, detail}, f.now);
  service.deliver(TraceAnswer{std::get<TraceQuery>(f.sip[0]).request, {}}, f.now);
  f.now.instant += Service::kAnswerTimeout;
  service.expire(f.now);
  CHECK(asked.status() == 200);
  CHECK(json_of(asked).at("live").as_bool());
  CHECK_FALSE(json_of(asked).at("complete").as_bool());
}

TEST_CASE("a trace of a call that never was is 404") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked asked(service, f.now, "GET", "/api/v1/calls/999/trace");
  service.deliver(
      call::Reply{std::get<call::ShowCall>(f.control.back()).request, call::NotFound{"call 999"}},
      f.now);
  CHECK(asked.status() == 404);
}

TEST_CASE("records are paged and filtered") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked page(service, f.now, "GET", "/api/v1/cdr?limit=2");
  CHECK(json_of(page).at("cdr").as_array().size() == 2);
  CHECK(json_of(page).at("cdr").at(0).at("id").as_string() == "5");
  const std::string next(json_of(page).at("next").as_string());
  const Asked rest(service, f.now, "GET", "/api/v1/cdr?after=" + next);
  CHECK(json_of(rest).at("cdr").as_array().size() == 3);
  const Asked range(service, f.now, "GET",
                    "/api/v1/cdr?from=2023-11-14T22:13:22Z&to=2023-11-14T22:13:24Z");
  CHECK(json_of(range).at("cdr").as_array().size() == 2);
  CHECK(json_of(Asked(service, f.now, "GET", "/api/v1/cdr?outcome=busy"))
            .at("cdr")
            .as_array()
            .empty());
  CHECK(json_of(Asked(service, f.now, "GET", "/api/v1/cdr/4")).at("id").as_string() == "4");
  CHECK(Asked(service, f.now, "GET", "/api/v1/cdr/77").status() == 404);
}

TEST_CASE("filters that are wrong name the member and what is allowed") {
  Fixture f;
  Service service(f.ports(), f.reader);
  struct {
    const char* target;
    const char* says;
  } const cases[] = {
      {"/api/v1/cdr?from=yesterday", "from must be a time such as 2026-11-22T01:15:13Z"},
      {"/api/v1/cdr?limit=-1", "limit must be a number"},
      {"/api/v1/cdr?outcome=lost", "outcome must be answered"},
      {"/api/v1/cdr?format=xml", "format must be page"},
      {"/api/v1/cdr?after=zz", "`after` is not the end of a page"},
      {"/api/v1/recordings?call=zz", "call must be a call id"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.target);
    const Asked asked(service, f.now, "GET", c.target);
    CHECK(asked.status() == 400);
    CHECK(asked.body().find(c.says) != std::string::npos);
  }
}

TEST_CASE("exports come as they are asked for") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked csv(service, f.now, "GET", "/api/v1/cdr?format=csv&limit=0");
  CHECK(csv.response->content_type == "text/csv; charset=utf-8");
  CHECK_FALSE(csv.response->source_bytes.has_value());
  const auto text = csv.body();
  CHECK(std::count(text.begin(), text.end(), '\n') == 6);
}

TEST_CASE("a recording is found by id and by link, and its file stays in its directory") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const auto file = f.dir.path() / "recordings/2023/11/14/x.wav";
  CHECK(Asked(service, f.now, "GET", "/api/v1/recordings/55/file").status() == 404);
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << "RIFFdata";
  CHECK(Asked(service, f.now, "GET", "/api/v1/recordings/55/file").body() == "RIFFdata");
  const Asked link(service, f.now, "GET", "/r/AbCdEfGhIjKlMnOpQrStUw85");
  CHECK(link.body() == "RIFFdata");
  CHECK(link.response->content_type == "audio/wav");
  CHECK(Asked(service, f.now, "GET", "/r/guess").status() == 404);
  CHECK(Asked(service, f.now, "GET", "/api/v1/recordings/66/file").status() == 404);
  CHECK(json_of(Asked(service, f.now, "GET", "/api/v1/recordings?call=7f3a91"))
            .at("recordings")
            .as_array()
            .size() == 2);
}

TEST_CASE("registrations can be asked for one extension") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const auto count = [&](const char* target) {
    return json_of(Asked(service, f.now, "GET", target)).at("registrations").as_array().size();
  };
  CHECK(count("/api/v1/registrations") == 2);
  CHECK(count("/api/v1/registrations?extension=102") == 1);
  CHECK(count("/api/v1/registrations?extension=10") == 0);
}

TEST_CASE("the guard asks every profile") {
  Fixture f;
  Service service(f.ports(), f.reader);
  const Asked listed(service, f.now, "GET", "/api/v1/guard");
  const auto list = std::get<GuardListQuery>(f.sip.back()).request;
  service.deliver(GuardAnswer{list, {{"b", core::parse_ip("192.0.2.2").value(), 1, {}}}}, f.now);
  service.deliver(GuardAnswer{list, {{"a", core::parse_ip("192.0.2.3").value(), 1, {}}}}, f.now);
  CHECK(json_of(listed).at("guard").at(0).at("profile").as_string() == "a");
  CHECK(json_of(listed).at("guard").at(1).at("profile").as_string() == "b");

  const Asked lifted(service, f.now, "DELETE", "/api/v1/guard/192.0.2.2");
  const auto lift = std::get<GuardLiftQuery>(f.sip.back());
  CHECK(lift.address == core::parse_ip("192.0.2.2").value());
  service.deliver(GuardLifted{lift.request, false}, f.now);
  service.deliver(GuardLifted{lift.request, true}, f.now);
  CHECK(lifted.status() == 200);
  CHECK(Asked(service, f.now, "DELETE", "/api/v1/guard/nowhere").status() == 400);
}

TEST_CASE("a reload with mistakes is 422") {
  Fixture f;
  auto ports = f.ports();
  core::RequestId asked_id;
  ports.reload = [&](core::RequestId id) { asked_id = id; };
  Service service(std::move(ports), f.reader);
  const Asked bad(service, f.now, "POST", "/api/v1/reload");
  service.deliver(ReloadAnswer{asked_id, {"a.yaml:1:1: no"}, {}, {}}, f.now);
  CHECK(bad.status() == 422);
  const Asked good(service, f.now, "POST", "/api/v1/reload");
  service.deliver(ReloadAnswer{asked_id, {}, {}, {}}, f.now);
  CHECK(good.status() == 200);
}

TEST_CASE("what can be read at once is") {
  Fixture f;
  auto ports = f.ports();
  bool healthy = true;
  std::string set;
  ports.health = [&] { return std::vector<HealthPart>{{"store", healthy, ""}}; };
  ports.metrics = [] { return std::string("calls 1\n"); };
  ports.accounts = [] {
    return std::vector<AccountView>{{"101", "", "", true, config::Secret("hunter2")}};
  };
  ports.log_levels = [] { return std::vector<std::pair<std::string, std::string>>{}; };
  ports.set_log_level = [&](const std::string& component,
                            const std::string& level) -> core::Result<> {
    if (level != "debug") return core::fail(core::ErrorCode::kInvalidArgument, "level is wrong");
    set = component + "=" + level;
    return {};
  };
  Service service(std::move(ports), f.reader);
  CHECK(Asked(service, f.now, "GET", "/health").status() == 200);
  healthy = false;
  CHECK(Asked(service, f.now, "GET", "/health").status() == 503);
  CHECK(Asked(service, f.now, "GET", "/metrics").body() == "calls 1\n");
  CHECK(Asked(service, f.now, "GET", "/api/v1/accounts", true).body().find("hunter2") !=
        std::string::npos);
  CHECK(Asked(service, f.now, "GET", "/api/v1/accounts", false).body().find("hunter2") ==
        std::string::npos);
  CHECK(Asked(service, f.now, "PUT", "/api/v1/log?component=sip&level=debug").status() == 200);
  CHECK(set == "sip=debug");
  CHECK(Asked(service, f.now, "PUT", "/api/v1/log?level=loud").status() == 400);
}

TEST_CASE("parts that the daemon does not have are 503") {
  const Fixture f;
  Service service({}, f.reader);
  for (const char* path : {"/health", "/api/v1/status", "/api/v1/calls", "/api/v1/accounts",
                           "/api/v1/log", "/api/v1/guard"})
    CHECK(Asked(service, f.now, "GET", path).status() == 503);
  CHECK(Asked(service, f.now, "POST", "/api/v1/reload").status() == 503);
  CHECK(Asked(service, f.now, "GET", "/metrics").status() == 404);
}

}  // namespace
}  // namespace pbx::api
