// core/route/route_rule.h — the shapes of routing: what is known of a call, a rule, what follows.
//
// Plain values, filled by the configuration (rules) and by control (facts); dial_plan.h decides,
// rule_text.h has the words.
// A rule matches when all of its conditions hold; a condition that is left empty always holds.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cause.h"
#include "core/base/wall_time.h"
#include "core/number/number_pattern.h"
#include "core/route/schedule.h"

namespace pbx::route {

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

// What the load condition looks at.
struct LoadSubject {
  enum class Kind : std::uint8_t { kFreeAgents, kWaitingCalls, kTrunkCalls };
  Kind kind = Kind::kFreeAgents;
  std::string target;  // of a queue, or of a trunk
  friend bool operator==(const LoadSubject&, const LoadSubject&) = default;
};

// All views live as long as the question; nothing is kept.
struct RouteFacts {
  std::string_view called;   // in the form that the rules are written in
  std::string_view caller;   // "" if withheld
  std::string_view trunk;    // that it came in by; "" from an extension
  std::string_view region;   // of the outside number, from large to small: "RU/Moscow"; "" unknown
  std::string_view call_id;  // the SIP Call-ID: the same on every server that sees the call
  core::WallTime now;
  std::span<const std::string_view> caller_lists;       // those that the caller is on
  std::span<const HeaderField> headers;                 // of the INVITE
  std::span<const ScheduleOverride> overrides;          // by DialPlans::schedules(); fewer: none
  std::span<const std::optional<std::uint32_t>> loads;  // by DialPlans::loads(); fewer: not known
};

struct HeaderCondition {
  enum class Kind : std::uint8_t { kPresent, kEquals, kContains };
  std::string name;  // without case
  Kind kind = Kind::kPresent;
  std::string value;  // kEquals, kContains: with case; any field of this name may fit
  friend bool operator==(const HeaderCondition&, const HeaderCondition&) = default;
};

struct ScheduleCondition {
  std::string schedule;
  bool open = true;  // false: holds while it is closed
  friend bool operator==(const ScheduleCondition&, const ScheduleCondition&) = default;
};

struct ListCondition {
  std::string list;
  bool on = true;  // false: holds for callers that are not on it
  friend bool operator==(const ListCondition&, const ListCondition&) = default;
};

// Holds while at_least <= load <= at_most.
struct LoadCondition {
  LoadSubject subject;
  std::uint32_t at_least = 0;
  std::uint32_t at_most = 0xffffffff;
  friend bool operator==(const LoadCondition&, const LoadCondition&) = default;
};

struct RouteAction {
  enum class Kind : std::uint8_t {
    kExtension,
    kGroup,
    kQueue,
    kFlow,
    kVoicemail,
    kDomain,  // by a passage
    kTrunk,
    kTrunkGroup,
    kAnnouncement,
    kReject,
    kPlan,
  };
  Kind kind = Kind::kReject;
  // Its name or number; not with kReject.  kExtension: "" is the one dialled; kDomain: the house.
  std::string target;
  core::Cause cause;  // with kReject
  friend bool operator==(const RouteAction&, const RouteAction&) = default;
};

struct RuleShape {
  std::string name;  // for people; unique within its plan, because chance is drawn by it
  number::NumberPattern called;
  number::NumberPattern caller;
  std::vector<std::string> trunks;       // any of them; "" is a call from an extension
  std::vector<std::string> regions;      // any of them; "RU" holds for "RU/Moscow"
  std::vector<ListCondition> lists;      // all of them
  std::vector<HeaderCondition> headers;  // all of them
  std::optional<ScheduleCondition> schedule;
  std::optional<LoadCondition> load;
  unsigned percent = 100;  // of the calls for which all else holds
  RouteAction action;
};

struct PlanShape {
  std::string name;
  std::vector<RuleShape> rules;  // the first that matches counts
};

}  // namespace pbx::route
