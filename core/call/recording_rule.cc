#include "core/call/recording_rule.h"

#include <chrono>

#include <fmt/format.h>

namespace pbx::call {
namespace {

config::RecordingChoice choice_of(const config::Config& config, const CdrLeg& leg) {
  const auto extension = config.extensions.find(leg.extension);
  if (extension != config.extensions.end()) return extension->second.recording;
  const auto trunk = config.trunks.find(leg.trunk);
  return trunk == config.trunks.end() ? config::RecordingChoice::kDefault : trunk->second.recording;
}

}  // namespace

bool should_record(const config::Config& config, const CdrLeg& caller, const CdrLeg* called) {
  using config::RecordingChoice;
  const RecordingChoice first = choice_of(config, caller);
  const RecordingChoice second = called ? choice_of(config, *called) : RecordingChoice::kDefault;
  if (first == RecordingChoice::kNever || second == RecordingChoice::kNever) return false;
  switch (config.recording.rule) {
    case config::RecordingRule::kAll:
      return true;
    case config::RecordingRule::kPerExtension:
      return first == RecordingChoice::kAlways || second == RecordingChoice::kAlways;
    case config::RecordingRule::kNone:
      break;
  }
  return false;
}

std::string recording_path(core::WallTime started, core::CallId call, core::RecordingId recording) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(started));
  return fmt::format("{:04}/{:02}/{:02}/{}-{}.wav", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), call,
                     recording);
}

}  // namespace pbx::call
