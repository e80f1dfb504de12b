#include "core/call/recording_rule.h"

namespace pbx::call {
namespace {

config::RecordingChoice choice_of(const config::Config& config, std::string_view number) {
  const auto found = config.extensions.find(number);
  return found == config.extensions.end() ? config::RecordingChoice::kDefault
                                          : found->second.recording;
}

}  // namespace

bool should_record(const config::Config& config, std::string_view caller, std::string_view called) {
  using config::RecordingChoice;
  const RecordingChoice first = choice_of(config, caller);
  const RecordingChoice second = choice_of(config, called);
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

}  // namespace pbx::call
