#include "core/route/route_explanation.h"

namespace pbx::route {

RouteExplanation explain_route(const Routing& routing, const RouteQuestion& question) {
  RouteExplanation told;
  const auto rewritten = [&](const std::string& text, const std::vector<std::string>& sets) {
    return number::explain_number(routing.numbering(), {text, sets, question.domain}, "en");
  };
  told.called = rewritten(question.called, question.called_rewrites);
  told.caller = rewritten(question.caller, question.caller_rewrites);
  told.numbers = routing.numbers_of(told.called.rewritten, told.caller.rewritten,
                                    !question.trunk.empty(), question.domain);
  for (const auto& schedule : routing.plans().schedules())
    told.schedules.emplace_back(schedule->name(), schedule->explain(question.now));

  RouteFacts facts;
  facts.called = told.numbers.called.text;
  facts.caller = told.numbers.caller.text;
  facts.trunk = question.trunk;
  facts.region = told.numbers.region;
  facts.call_id = question.call_id;
  facts.now = question.now;
  facts.caller_lists = told.numbers.lists;
  std::vector<HeaderField> headers;
  for (const auto& [name, value] : question.headers) headers.push_back({name, value});
  facts.headers = headers;
  told.verdicts = routing.plans().explain(question.plan, facts);
  return told;
}

}  // namespace pbx::route
