#include "sip/trace.h"

#include <algorithm>

namespace pbx::sip {
namespace {

// Overwrites what follows each `mark` up to one of `stops`.
void mask_after(std::string& text, std::string_view mark, std::string_view stops) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    at += mark.size();
    const std::size_t end = std::min(text.find_first_of(stops, at), text.size());
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(at),
              text.begin() + static_cast<std::ptrdiff_t>(end), '*');
    at = end;
  }
}

}  // namespace

std::string masked(std::string text) {
  mask_after(text, "response=\"", "\"\r\n");
  mask_after(text, "inline:", "|\r\n ");
  return text;
}

void Trace::record(core::LegId id, TraceMessage message) {
  while (bytes_ + message.text.size() > kTraceBytesMax && !ended_.empty()) drop_oldest();
  if (bytes_ + message.text.size() > kTraceBytesMax) {
    ++dropped_;
    return;
  }
  message.text = masked(std::move(message.text));
  Leg& leg = legs_[id];
  if (leg.messages.size() >= kTraceMessagesMax) {
    const auto middle = leg.messages.begin() + kTraceMessagesMax / 2;
    bytes_ -= middle->text.size();
    leg.messages.erase(middle);
    ++dropped_;
  }
  bytes_ += message.text.size();
  leg.messages.push_back(std::move(message));
}

void Trace::leg_ended(core::LegId id) {
  const auto found = legs_.find(id);
  if (found == legs_.end() || found->second.ended) return;
  found->second.ended = true;
  ended_.push_back(id);
  if (ended_.size() > kTraceEndedMax) drop_oldest();
}

std::vector<TraceMessage> Trace::messages(core::LegId id) const {
  const auto found = legs_.find(id);
  if (found == legs_.end()) return {};
  return {found->second.messages.begin(), found->second.messages.end()};
}

void Trace::drop_oldest() {
  const auto found = legs_.find(ended_.front());
  ended_.pop_front();
  if (found == legs_.end()) return;
  for (const TraceMessage& message : found->second.messages) bytes_ -= message.text.size();
  legs_.erase(found);
}

}  // namespace pbx::sip
