#include "tools/call_load/outcome.h"

#include <algorithm>

namespace pbx::call_load {
namespace {

void judge_media(Call& call, const MediaTotals& to_callee, const MediaTotals& to_caller) {
  const auto is_deaf = [](const MediaTotals& totals) {
    return totals.sent >= kProofPackets && totals.received == 0;
  };
  if (is_deaf(to_callee) && is_deaf(to_caller)) return call.fail(Failure::Kind::kRtpNone);
  if (is_deaf(to_callee)) return call.fail(Failure::Kind::kRtpCallerToCallee);
  if (is_deaf(to_caller)) call.fail(Failure::Kind::kRtpCalleeToCaller);
}

}  // namespace

MediaTotals totals_of(const MediaReport& sender, const MediaReport& receiver, bool are_marked) {
  MediaTotals totals;
  totals.sent = sender.sent;
  totals.crossed = receiver.crossed;
  if (!are_marked) {
    totals.received = receiver.unmarked;
    totals.lost = receiver.unmarked_lost;
    return totals;
  }
  totals.received = receiver.marked;
  totals.unmarked = receiver.unmarked;
  totals.reordered = receiver.reordered;
  totals.duplicated = receiver.duplicated;
  // Sequences begin at 0 with the first packet sent, so the first that arrived says how many did
  // not before it.
  totals.unheard = receiver.marked == 0 ? 0 : receiver.first;
  totals.lost = totals.sent - std::min(totals.sent, totals.unheard + totals.received);
  return totals;
}

void account(Call& call, bool are_marked, CallStats& stats) {
  const MediaReport& caller = call.media[0];
  const MediaReport& callee = call.media[1];
  const MediaTotals to_callee = totals_of(caller, callee, are_marked);
  const MediaTotals to_caller = totals_of(callee, caller, are_marked);
  stats.caller_to_callee.add(to_callee);
  stats.callee_to_caller.add(to_caller);
  judge_media(call, to_callee, to_caller);
  if (call.failure.kind != Failure::Kind::kNone) {
    ++stats.failed;
    ++stats.failures[to_text(call.failure)];
  } else if (call.is_cancelled) {
    ++stats.cancelled;
  } else {
    ++stats.ok;
    const auto setup = std::max(call.setup - call.answer_delay, core::Duration{});
    if (call.is_measured) stats.setup.record(static_cast<std::uint64_t>(setup.count()));
  }
}

}  // namespace pbx::call_load
