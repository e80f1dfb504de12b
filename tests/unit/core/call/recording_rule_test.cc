#include "core/call/recording_rule.h"

#include <doctest/doctest.h>

namespace pbx::call {

TEST_CASE("the path of a recording is known from its beginning and its ids") {
  const auto started = *core::parse_iso8601("2026-11-22T23:59:59.999Z");
  CHECK(recording_path(started, core::CallId{0x7f}, core::RecordingId{0xab}) ==
        "2026/11/22/7f-ab.wav");
}

TEST_CASE("which calls are recorded") {
  using config::RecordingChoice;
  using config::RecordingRule;
  struct Row {
    RecordingRule rule;
    RecordingChoice caller, called;
    bool recorded;
  };
  constexpr auto kDefault = RecordingChoice::kDefault;
  constexpr auto kAlways = RecordingChoice::kAlways;
  constexpr auto kNever = RecordingChoice::kNever;
  const Row rows[] = {
      {RecordingRule::kAll, kDefault, kDefault, true},
      {RecordingRule::kAll, kNever, kDefault, false},
      {RecordingRule::kAll, kNever, kAlways, false},
      {RecordingRule::kNone, kAlways, kAlways, false},
      {RecordingRule::kPerExtension, kDefault, kDefault, false},
      {RecordingRule::kPerExtension, kDefault, kAlways, true},
      {RecordingRule::kPerExtension, kAlways, kDefault, true},
      {RecordingRule::kPerExtension, kAlways, kNever, false},
  };
  for (const Row& row : rows) {
    config::Config config;
    config.recording.rule = row.rule;
    config.extensions["101"].recording = row.caller;
    config.extensions["102"].recording = row.called;
    config.trunks["mts"].recording = row.called;
    CdrLeg caller, called, trunk;
    caller.extension = "101";
    called.extension = "102";
    trunk.trunk = "mts";
    CHECK(should_record(config, caller, &called) == row.recorded);
    CHECK(should_record(config, caller, &trunk) == row.recorded);
    CHECK(should_record(config, trunk, &caller) == row.recorded);
  }
}

}  // namespace pbx::call
