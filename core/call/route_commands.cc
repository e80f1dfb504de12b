#include "core/call/route_commands.h"

#include <utility>

#include <fmt/format.h>

namespace pbx::call {
namespace {

using Kind = route::ScheduleOverride::Kind;

void reply(Turn& turn, core::RequestId request, View view) {
  turn.out.push_back(Reply{request, std::move(view)});
}

TrunkView view_of(const std::string& name, const TrunkLine& line, core::WallTime wall) {
  TrunkView view;
  view.name = name;
  view.state = text(line.state);
  view.reason = line.reason;
  view.server = line.server;
  view.round_trip = line.round_trip;
  view.since = line.since;
  view.calls_in = line.calls_in;
  view.calls_out = line.calls_out;
  view.calls_total = line.calls_total;
  view.calls_failed = line.calls_failed;
  view.talked = line.today.talked(wall);
  return view;
}

}  // namespace

void on(Switchboard& board, Turn& turn, const ListTrunks& event) {
  TrunkList list;
  for (const auto& [name, line] : board.trunks.all())
    if (board.trunk(name) != nullptr) list.trunks.push_back(view_of(name, line, turn.wall));
  reply(turn, event.request, std::move(list));
}

void on(Switchboard& board, Turn& turn, const ListSchedules& event) {
  ScheduleList list;
  for (const auto& schedule : board.routing->plans().schedules()) {
    const auto hand = board.hand_on(schedule->name());
    list.schedules.push_back({schedule->name(), schedule->is_open(turn.wall, hand),
                              hand.is_in_force(turn.wall), schedule->explain(turn.wall, hand)});
  }
  reply(turn, event.request, std::move(list));
}

void on(Switchboard& board, Turn& turn, const ListBlocks& event) {
  BlockList list;
  for (const Block& block : board.fraud.list(turn.now))
    list.blocks.push_back(
        {block.extension, text(block.reason), block.calls, turn.wall + (block.until - turn.now)});
  reply(turn, event.request, std::move(list));
}

void on(Switchboard& board, Turn& turn, const LiftBlock& event) {
  if (!board.fraud.lift(event.extension, turn.now))
    return reply(turn, event.request, NotFound{"a block of extension " + event.extension});
  store_fact(turn, Fact::Kind::kBlock, event.extension, {});
  notice(turn, Notice::Level::kInfo, fmt::format("fraud extension={} lifted", event.extension));
  reply(turn, event.request, Done{});
}

void set_schedule(Switchboard& board, Turn& turn, const std::string& schedule,
                  route::ScheduleOverride hand) {
  notice(turn, Notice::Level::kInfo,
         fmt::format("schedule={} set {} by \"{}\"", schedule, route::to_text(hand), hand.by));
  store_fact(turn, Fact::Kind::kSchedule, schedule, route::to_text(hand));
  if (hand.kind == Kind::kNone)
    board.overrides.erase(schedule);
  else
    board.overrides.insert_or_assign(schedule, std::move(hand));
}

void on(Switchboard& board, Turn& turn, const SetSchedule& event) {
  if (board.routing->find_schedule(event.schedule) == nullptr)
    return reply(turn, event.request, NotFound{"schedule " + event.schedule});
  set_schedule(board, turn, event.schedule, event.hand);
  reply(turn, event.request, Done{});
}

}  // namespace pbx::call
