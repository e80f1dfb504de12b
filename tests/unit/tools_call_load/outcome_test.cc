#include "tools/call_load/outcome.h"

#include <doctest/doctest.h>

#include <set>

using namespace pbx::call_load;

TEST_CASE("one direction from what its ends counted") {
  struct Row {
    std::uint64_t sent, marked;
    std::uint32_t first;
    std::uint64_t lost, unheard;
  };
  for (const Row& row : {
           Row{100, 100, 0, 0, 0},
           Row{100, 97, 3, 0, 3},   // the first three came before the path was up
           Row{100, 90, 3, 7, 3},   // seven are missing in between or at the end
           Row{100, 0, 0, 100, 0},  // nothing arrived: all is lost
           Row{0, 0, 0, 0, 0},
       }) {
    MediaReport sender;
    sender.sent = row.sent;
    MediaReport receiver;
    receiver.marked = row.marked;
    receiver.first = row.first;
    receiver.duplicated = 2;
    receiver.reordered = 1;
    const MediaTotals totals = totals_of(sender, receiver, true);
    CHECK(totals.sent == row.sent);
    CHECK(totals.received == row.marked);
    CHECK(totals.lost == row.lost);
    CHECK(totals.unheard == row.unheard);
    CHECK(totals.duplicated == 2);
    CHECK(totals.reordered == 1);
  }
}

TEST_CASE("without marks only what the server sends is known") {
  MediaReport sender;
  sender.sent = 100;
  MediaReport receiver;
  receiver.unmarked = 95;
  receiver.unmarked_lost = 4;
  const MediaTotals totals = totals_of(sender, receiver, false);
  CHECK(totals.received == 95);
  CHECK(totals.lost == 4);
  CHECK(totals.unmarked == 0);
}

TEST_CASE("each outcome is counted once, the first cause names the failure") {
  CallStats stats;
  Call ok;
  ok.is_measured = true;
  ok.setup = std::chrono::milliseconds(30);
  ok.answer_delay = std::chrono::milliseconds(20);
  account(ok, true, stats);
  Call cancelled;
  cancelled.is_cancelled = true;
  account(cancelled, true, stats);
  Call failed;
  failed.is_cancelled = true;
  failed.fail(Failure::Kind::kStatus, 486);
  failed.fail(Failure::Kind::kByeMissing);
  account(failed, true, stats);
  CHECK(stats.ok == 1);
  CHECK(stats.cancelled == 1);
  CHECK(stats.failed == 1);
  CHECK(stats.failures.at("status_486") == 1);
  CHECK(stats.setup.max() == 10'000'000);
}

TEST_CASE("every cause has a name of its own") {
  std::set<std::string> names;
  const int last = static_cast<int>(Failure::Kind::kRtpCalleeToCaller);
  for (int kind = 0; kind <= last; ++kind)
    names.insert(to_text(Failure{static_cast<Failure::Kind>(kind), 500}));
  CHECK(names.size() == static_cast<std::size_t>(last + 1));
  CHECK(names.count("unknown") == 0);
}

TEST_CASE("a leg that is used again remembers nothing") {
  Leg leg;
  leg.call_id = "old";
  leg.routes = "Route: <x>\r\n";
  leg.invite.bytes = leg.invite.headers = leg.invite.body = "old";
  leg.request.bytes = leg.answer.bytes = leg.response = leg.ack = "old";
  leg.cseq = leg.remote_cseq = leg.ack_cseq = leg.response_cseq = leg.rseq = 9;
  leg.is_cancelling = leg.is_cancel_sent = leg.is_reliable = leg.has_rung = true;
  leg.offer = OfferState::kAgreed;
  leg.phase = LegPhase::kClosed;
  leg.reset();
  CHECK(leg.call_id.empty());
  CHECK(leg.routes.empty());
  CHECK(leg.invite.headers.empty());
  CHECK(leg.invite.body.empty());
  CHECK(leg.answer.bytes.empty());
  CHECK(leg.response.empty());
  CHECK(leg.ack.empty());
  CHECK(leg.cseq == 0);
  CHECK(leg.ack_cseq == 0);
  CHECK_FALSE(leg.is_cancelling);
  CHECK_FALSE(leg.has_rung);
  CHECK(leg.offer == OfferState::kNone);
  CHECK(leg.phase == LegPhase::kIdle);
}
