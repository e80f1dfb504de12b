#include "core/call/lasting.h"

#include "core/call/switchboard.h"

namespace pbx::call {
namespace {

std::string_view word_of(Fact::Kind kind) {
  switch (kind) {
    case Fact::Kind::kSchedule:
      return "schedule.";
    case Fact::Kind::kBlock:
      return "block.";
    case Fact::Kind::kUsage:
      return "usage.";
    case Fact::Kind::kTrunk:
      break;
  }
  return "trunk.";
}

void remember_hand(Switchboard& board, const Fact& fact) {
  auto hand = route::parse_override(fact.text);
  if (!hand || hand->kind == route::ScheduleOverride::Kind::kNone) return;
  hand->by = "before the restart";
  board.overrides.insert_or_assign(fact.name, std::move(*hand));
}

}  // namespace

std::string key_of(const Fact& fact) { return std::string(word_of(fact.kind)) + fact.name; }

std::vector<Fact> facts_of(const config::Config& config) {
  std::vector<Fact> facts;
  for (const auto& [name, schedule] : config.schedules)
    facts.push_back({Fact::Kind::kSchedule, name, {}});
  for (const auto& [name, trunk] : config.trunks) facts.push_back({Fact::Kind::kTrunk, name, {}});
  for (const auto& [id, extension] : config.extensions) {
    facts.push_back({Fact::Kind::kBlock, id, {}});
    if (!extension.rights.empty()) facts.push_back({Fact::Kind::kUsage, id, {}});
  }
  return facts;
}

void remember(Switchboard& board, const Fact& fact) {
  switch (fact.kind) {
    case Fact::Kind::kSchedule:
      return remember_hand(board, fact);
    case Fact::Kind::kBlock:
      if (auto block = Block::parse(fact.name, fact.text, board.wall)) board.fraud.restore(*block);
      return;
    case Fact::Kind::kUsage:
      if (const auto total = DayTotal::parse(fact.text)) board.usage.restore(fact.name, *total);
      return;
    case Fact::Kind::kTrunk:
      if (const auto total = DayTotal::parse(fact.text)) board.trunks.restore(fact.name, *total);
      return;
  }
}

}  // namespace pbx::call
