// Handlers of the exchange as a whole.
#include "api/handlers.h"

#include <algorithm>
#include "api/service.h"
#include "api/views.h"

namespace pbx::api::handlers {
namespace {

// Asks every SIP thread; `then` gets all that came, in order of arrival.
void ask_sip(Service& service, Respond respond,
             const std::function<SipQuery(core::RequestId)>& make,
             std::function<Response(const std::vector<Answer>&)> then) {
  const auto& ports = service.ports();
  if (!ports.sip || ports.sip_profiles == 0) return respond(unavailable("SIP"));
  const auto id =
      service.begin_question([respond, then = std::move(then), left = ports.sip_profiles,
                              got = std::vector<Answer>{}](const Answer* answer) mutable {
        if (answer != nullptr) {
          got.push_back(*answer);
          if (--left > 0) return false;
        }
        respond(got.empty() ? no_answer() : then(got));
        return true;
      });
  if (!id) return respond(too_busy());
  ports.sip(make(id));
}

}  // namespace

std::string query_of(const Exchange& exchange, std::string_view name) {
  const auto found = exchange.request.query.find(name);
  return found == exchange.request.query.end() ? std::string{} : found->second;
}

void health(Service& service, Exchange&& exchange) {
  if (!service.ports().health) return exchange.respond(unavailable("the health check"));
  const auto parts = service.ports().health();
  const bool ok = std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.ok; });
  exchange.respond(json_response(to_json(parts), ok ? 200 : 503));
}

void metrics(Service& service, Exchange&& exchange) {
  const auto text = service.ports().metrics ? service.ports().metrics() : std::nullopt;
  if (!text) return exchange.respond(error_response(404, "not_found", "metrics are switched off"));
  exchange.respond(text_response(*text, "text/plain; version=0.0.4"));
}

void openapi(Service& service, Exchange&& exchange) {
  exchange.respond(json_response(openapi_text(routes(), service.ports().info.version)));
}

void status(Service& service, Exchange&& exchange) {
  service.ask_control(
      std::move(exchange.respond), [](core::RequestId id) { return call::ShowStatus{id}; },
      [&service](const call::View& view, Respond& respond) {
        if (const auto* status = std::get_if<call::ControlStatus>(&view))
          respond(json_response(to_json(*status, service.ports().info, service.now().wall)));
        else
          respond(no_answer());
      });
}

void accounts(Service& service, Exchange&& exchange) {
  if (!service.ports().accounts) return exchange.respond(unavailable("the account list"));
  const auto bindings = service.reader().bindings();
  if (!bindings) return exchange.respond(error_response(bindings.error()));
  auto live = *bindings;
  std::erase_if(live, [&](const auto& b) { return b.expires <= service.now().wall; });
  exchange.respond(
      json_response(to_json(service.ports().accounts(), live, exchange.request.trusted)));
}

void reload(Service& service, Exchange&& exchange) {
  if (!service.ports().reload) return exchange.respond(unavailable("reload"));
  const auto id = service.begin_question([respond = exchange.respond](const Answer* answer) {
    const auto* reload = answer == nullptr ? nullptr : std::get_if<ReloadAnswer>(answer);
    if (reload == nullptr)
      respond(no_answer());
    else
      respond(json_response(to_json(*reload), reload->mistakes.empty() ? 200 : 422));
    return true;
  });
  if (!id) return exchange.respond(too_busy());
  service.ports().reload(id);
}

void drain(Service& service, Exchange&& exchange) {
  // Control answers when the last call is over, which may take hours: nobody waits for that.
  if (!service.ports().control) return exchange.respond(unavailable("call control"));
  if (!service.ports().control(call::Drain{service.unheard_question()}))
    return exchange.respond(too_busy());
  exchange.respond(json_response(R"({"draining":true})", 202));
}

void log_levels(Service& service, Exchange&& exchange) {
  if (!service.ports().log_levels) return exchange.respond(unavailable("the log"));
  exchange.respond(json_response(log_levels_json(service.ports().log_levels())));
}

void set_log_level(Service& service, Exchange&& exchange) {
  if (!service.ports().set_log_level) return exchange.respond(unavailable("the log"));
  const auto set =
      service.ports().set_log_level(query_of(exchange, "component"), query_of(exchange, "level"));
  if (!set) return exchange.respond(error_response(set.error()));
  log_levels(service, std::move(exchange));
}

void guard_list(Service& service, Exchange&& exchange) {
  ask_sip(
      service, std::move(exchange.respond), [](core::RequestId id) { return GuardListQuery{id}; },
      [](const std::vector<Answer>& answers) {
        std::vector<GuardEntry> entries;
        for (const auto& answer : answers)
          if (const auto* part = std::get_if<GuardAnswer>(&answer))
            entries.insert(entries.end(), part->entries.begin(), part->entries.end());
        std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
          return std::tie(a.profile, a.address) < std::tie(b.profile, b.address);
        });
        return json_response(to_json(entries));
      });
}

void guard_lift(Service& service, Exchange&& exchange) {
  const auto address = core::parse_ip(exchange.parameter);
  if (!address) return exchange.respond(error_response(address.error()));
  ask_sip(
      service, std::move(exchange.respond),
      [&](core::RequestId id) {
        return GuardLiftQuery{id, *address};
      },
      [](const std::vector<Answer>& answers) {
        const bool found = std::any_of(answers.begin(), answers.end(), [](const auto& answer) {
          const auto* lifted = std::get_if<GuardLifted>(&answer);
          return lifted != nullptr && lifted->found;
        });
        if (found) return json_response(R"({"lifted":true})");
        return error_response(404, "not_found", "this address is neither watched nor banned");
      });
}

}  // namespace pbx::api::handlers
