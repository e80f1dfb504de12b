// Handlers of trunks, schedules and the fraud watch.
#include "api/handlers.h"
#include "api/service.h"
#include "api/views.h"

namespace pbx::api::handlers {
namespace {

template <typename Wanted>
void show(const call::View& view, Respond& respond) {
  if (const auto* wanted = std::get_if<Wanted>(&view))
    respond(json_response(to_json(*wanted)));
  else
    respond(no_answer());
}

void show_done(const call::View& view, Respond& respond) {
  if (const auto* missing = std::get_if<call::NotFound>(&view))
    respond(error_response(404, "not_found", missing->what));
  else
    respond(json_response("{}"));
}

core::Result<route::ScheduleOverride> hand_of(const Exchange& exchange) {
  std::string text = query_of(exchange, "state");
  if (const std::string until = query_of(exchange, "until"); !until.empty())
    text += " until " + until;
  auto hand = route::parse_override(text);
  if (hand) hand->by = query_of(exchange, "by");
  return hand;
}

}  // namespace

void trunks(Service& service, Exchange&& exchange) {
  service.ask_control(
      std::move(exchange.respond), [](core::RequestId id) { return call::ListTrunks{id}; },
      show<call::TrunkList>);
}

void schedules(Service& service, Exchange&& exchange) {
  service.ask_control(
      std::move(exchange.respond), [](core::RequestId id) { return call::ListSchedules{id}; },
      show<call::ScheduleList>);
}

void blocks(Service& service, Exchange&& exchange) {
  service.ask_control(
      std::move(exchange.respond), [](core::RequestId id) { return call::ListBlocks{id}; },
      show<call::BlockList>);
}

void lift_block(Service& service, Exchange&& exchange) {
  service.ask_control(
      std::move(exchange.respond),
      [extension = exchange.parameter](core::RequestId id) {
        return call::LiftBlock{id, extension};
      },
      show_done);
}

void set_schedule(Service& service, Exchange&& exchange) {
  auto hand = hand_of(exchange);
  if (!hand) return exchange.respond(error_response(hand.error()));
  service.ask_control(
      std::move(exchange.respond),
      [name = exchange.parameter, hand = std::move(*hand)](core::RequestId id) {
        return call::SetSchedule{id, name, hand};
      },
      show_done);
}

}  // namespace pbx::api::handlers
