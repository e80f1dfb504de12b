// core/call/lasting.h — what control remembers over a restart besides calls: hands on schedules,
// blocked extensions, what was talked and spent today.
//
// Pure.  Each is a small text under a name; the store keeps the last one (effect StoreFact).  Text
// that cannot be read, or is of another day, is as none.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"

namespace pbx::call {

struct Switchboard;

struct Fact {
  enum class Kind : std::uint8_t {
    kSchedule,  // the hand on it, route::to_text()
    kBlock,     // of an extension, Block::text()
    kUsage,     // likewise, DayTotal::text()
    kTrunk,     // its talk of the day, DayTotal::text()
  };
  Kind kind = Kind::kSchedule;
  std::string name;  // of the schedule, of the trunk; id of the extension
  std::string text;  // "": nothing is to be remembered
};

// Under what it is stored: "schedule.office", "block.101@north".
[[nodiscard]] std::string key_of(const Fact& fact);

// All facts that may be there for `config`, without texts.
[[nodiscard]] std::vector<Fact> facts_of(const config::Config& config);

// At the start, before any event.
void remember(Switchboard& board, const Fact& fact);

}  // namespace pbx::call
