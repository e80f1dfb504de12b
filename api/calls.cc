// Handlers of calls in progress and registrations.
#include "api/handlers.h"

#include <algorithm>
#include "api/service.h"
#include "api/views.h"

namespace pbx::api::handlers {
namespace {

void respond_not_found(Respond& respond, std::string_view what) {
  respond(error_response(404, "not_found", what));
}

// Answers what control says about a call that may be over.
template <typename Wanted, typename Show>
auto show(Show show_view) {
  return [show_view](const call::View& view, Respond& respond) {
    if (const auto* wanted = std::get_if<Wanted>(&view)) return show_view(*wanted, respond);
    const auto* missing = std::get_if<call::NotFound>(&view);
    respond_not_found(respond, missing != nullptr ? missing->what : "no such call");
  };
}

std::vector<core::LegId> legs_of(const call::Cdr& cdr) {
  std::vector<core::LegId> legs;
  for (const auto& leg : cdr.legs) legs.push_back(leg.leg);
  return legs;
}

// The second half of a trace: the messages of all SIP threads, in order of time.
class TraceGathering {
 public:
  TraceGathering(Respond respond, TraceView view, std::size_t parts)
      : respond_(std::move(respond)), view_(std::move(view)), left_(parts) {}

  bool operator()(const Answer* answer) {
    if (const auto* part = answer == nullptr ? nullptr : std::get_if<TraceAnswer>(answer)) {
      view_.messages.insert(view_.messages.end(), part->messages.begin(), part->messages.end());
      if (--left_ > 0) return false;
    }
    view_.complete = left_ == 0;
    finish();
    return true;
  }
  void finish() {
    std::stable_sort(view_.messages.begin(), view_.messages.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    respond_(json_response(to_json(view_)));
  }

 private:
  Respond respond_;
  TraceView view_;
  std::size_t left_;
};

void gather_trace(Service& service, Respond& respond, TraceView view, const call::Cdr& cdr) {
  const auto& ports = service.ports();
  if (!ports.sip || ports.sip_profiles == 0) {
    view.complete = false;
    return TraceGathering(respond, std::move(view), 1).finish();
  }
  const auto id =
      service.begin_question(TraceGathering(respond, std::move(view), ports.sip_profiles));
  if (!id) return respond(too_busy());
  ports.sip(TraceQuery{id, legs_of(cdr)});
}

}  // namespace

void calls(Service& service, Exchange&& exchange) {
  service.ask_control(
      std::move(exchange.respond), [](core::RequestId id) { return call::ListCalls{id}; },
      show<call::CallList>([&service](const call::CallList& list, Respond& respond) {
        respond(json_response(to_json(list, service.now().wall)));
      }));
}

void call(Service& service, Exchange&& exchange) {
  const auto id = core::CallId::parse(exchange.parameter);
  if (!id) return exchange.respond(error_response(id.error()));
  service.ask_control(
      std::move(exchange.respond),
      [&](core::RequestId request) {
        return call::ShowCall{request, *id};
      },
      show<call::CallDetail>([](const call::CallDetail& detail, Respond& respond) {
        respond(json_response(to_json(detail)));
      }));
}

void hang_up(Service& service, Exchange&& exchange) {
  const auto id = core::CallId::parse(exchange.parameter);
  if (!id) return exchange.respond(error_response(id.error()));
  service.ask_control(
      std::move(exchange.respond),
      [&](core::RequestId request) {
        return call::HangUp{request, *id};
      },
      show<call::Done>([](const call::Done&, Respond& respond) {
        respond(json_response(R"({"hung_up":true})"));
      }));
}

void trace(Service& service, Exchange&& exchange) {
  const auto id = core::CallId::parse(exchange.parameter);
  if (!id) return exchange.respond(error_response(id.error()));
  service.ask_control(
      std::move(exchange.respond),
      [&](core::RequestId request) {
        return call::ShowCall{request, *id};
      },
      [&service, call = *id](const call::View& view, Respond& respond) {
        if (const auto* detail = std::get_if<call::CallDetail>(&view))
          return gather_trace(service, respond, {to_json(*detail), true, true, {}},
                              detail->call.cdr);
        const auto text = service.reader().cdr(call);
        if (!text) return respond_not_found(respond, "no such call, now or before");
        const auto cdr = storage::parse_cdr(*text);
        if (!cdr) return respond(error_response(cdr.error()));
        gather_trace(service, respond, {*text, false, true, {}}, *cdr);
      });
}

void registrations(Service& service, Exchange&& exchange) {
  auto bindings = service.reader().bindings();
  if (!bindings) return exchange.respond(error_response(bindings.error()));
  if (const auto& query = exchange.request.query; query.contains("extension"))
    std::erase_if(*bindings, [&](const auto& binding) {
      return binding.extension != query.find("extension")->second;
    });
  std::stable_sort(bindings->begin(), bindings->end(),
                   [](const auto& a, const auto& b) { return a.extension < b.extension; });
  exchange.respond(json_response(registrations_json(*bindings, service.now().wall)));
}

}  // namespace pbx::api::handlers
