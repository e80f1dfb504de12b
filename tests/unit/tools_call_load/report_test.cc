#include "tools/call_load/report.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;

namespace {

bool has(const std::string& json, const std::string& piece) {
  CAPTURE(piece);
  CAPTURE(json);
  return json.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("the report of calls has its figures in their places") {
  Options options = options_for(false);
  options.cpu_of = 7;
  RunResult result;
  result.calls.attempted = 101;
  result.calls.ok = 99;
  result.calls.failed = 2;
  result.calls.failures = {{"status_486", 2}};
  result.calls.concurrent_max = 50;
  result.calls.setup.record(12'500'000);
  result.calls.caller_to_callee.sent = 1000;
  result.calls.caller_to_callee.received = 990;
  result.calls.caller_to_callee.lost = 10;
  result.calls.callee_to_caller.sent = result.calls.callee_to_caller.received = 1000;
  result.placing = std::chrono::seconds(10);
  result.media.delay[0].record(1'000'000);
  result.media.delay[1].record(3'000'000);
  LoadSample begin;
  begin.server = ProcessSample{1, 0.5, 0};
  LoadSample end;
  end.at = core::Instant(std::chrono::seconds(4));
  end.started = 20;
  end.talk_seconds = 100;
  end.server = ProcessSample{1.75, 0.75, 5500};
  result.steady = {begin, end};
  result.rss_before_kb = 1000;
  result.rss_peak_kb = 6000;
  const std::string json = to_json(options, result);
  CHECK(json.find('\n') == std::string::npos);
  CHECK(has(json, "{\"mode\":\"calls\",\"server\":\"127.0.0.1:5060\","));
  CHECK(has(json, "\"calls\":{\"attempted\":101,\"ok\":99,\"cancelled\":0,\"failed\":2,"));
  CHECK(has(json, "\"rate_achieved\":10,"));
  CHECK(has(json, "\"failures\":{\"status_486\":2}"));
  CHECK(has(json, "\"setup_ms\":{\"count\":1,\"min\":12.5,\"mean\":12.5,\"p50\":12.5,"));
  CHECK(has(json, "\"rtp\":{\"sent\":2000,\"received\":1990,\"lost\":10,\"loss_percent\":0.5,"));
  CHECK(
      has(json,
          "\"caller_to_callee\":{\"sent\":1000,\"received\":990,\"lost\":10,\"loss_percent\":1,"));
  CHECK(has(json, "\"delay_ms\":{\"count\":2,\"min\":1,\"mean\":2,"));
  CHECK(has(json,
            "\"steady\":{\"seconds\":4,\"started\":20,\"call_seconds\":100,\"user_s\":0.75,"
            "\"system_s\":0.25,\"cpu_s\":1,\"cpu_percent\":25,\"ms_per_start\":50,"
            "\"ms_per_call_second\":10}"));
  CHECK(has(json, "\"whole\":null"));
  CHECK(has(json, "\"rss_steady_kb\":5500,\"rss_kb_per_call\":100}"));
  CHECK_FALSE(result.is_clean());
}

TEST_CASE("other modes report requests instead of calls") {
  Options options = options_for(false);
  options.mode = Mode::kRegister;
  RunResult result;
  result.requests.attempted = result.requests.ok = 5;
  const std::string json = to_json(options, result);
  CHECK(has(json, "\"mode\":\"register\""));
  CHECK(has(json, "\"registrations\":{\"attempted\":5,\"ok\":5,\"failed\":0,\"failures\":{}"));
  CHECK_FALSE(has(json, "\"calls\":"));
  CHECK_FALSE(has(json, "\"rtp\":"));
  CHECK(result.is_clean());
  options.mode = Mode::kOptions;
  CHECK(has(to_json(options, result), "\"options\":{\"attempted\":5,"));
}

TEST_CASE("nothing is divided by nothing") {
  const std::string json = to_json(options_for(true), RunResult{});
  CHECK(has(json, "\"server\":\"direct\""));
  CHECK(has(json, "\"loss_percent\":null"));
  CHECK(has(json, "\"rate_achieved\":null"));
  CHECK(json.find("nan") == std::string::npos);
  CHECK(json.find("inf") == std::string::npos);
}
