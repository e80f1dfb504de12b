// core/route/route_explanation.h — where a call would go and why, for people.
//
// Pure.  Asks what a configuration says alone: no hand is on a schedule, no load is known.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/wall_time.h"
#include "core/number/numbering.h"
#include "core/route/routing.h"

namespace pbx::route {

struct RouteQuestion {
  std::string plan;                          // to begin with
  std::string called;                        // as it is dialled or sent
  std::string caller;                        // likewise; "" if withheld
  std::string trunk;                         // "" from an extension
  std::string domain;                        // whose numbers they are; "" of the house
  std::vector<std::string> called_rewrites;  // sets to apply first
  std::vector<std::string> caller_rewrites;
  std::vector<std::pair<std::string, std::string>> headers;  // of the INVITE
  std::string call_id;                                       // chance is drawn by it
  core::WallTime now;
};

struct RouteExplanation {
  number::NumberExplanation called;  // what rewrite rules made of it
  number::NumberExplanation caller;
  CallNumbers numbers;
  std::vector<std::pair<std::string, std::string>> schedules;  // name; "open: Monday 09:00-18:00"
  std::vector<RuleVerdict> verdicts;                           // see DialPlans::explain()

  [[nodiscard]] bool is_decided() const { return !verdicts.empty() && verdicts.back().matches; }
};

// What it holds views `routing`.  Without such a plan nothing is decided.  REQUIRES: sets of these
// names exist.
[[nodiscard]] RouteExplanation explain_route(const Routing& routing, const RouteQuestion& question);

}  // namespace pbx::route
