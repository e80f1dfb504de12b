#include "api/service.h"

#include <fmt/format.h>

#include <algorithm>

namespace pbx::api {
namespace {

core::RequestId request_of(const Answer& answer) {
  return std::visit([](const auto& alternative) { return alternative.request; }, answer);
}

}  // namespace

Response unavailable(std::string_view what) {
  return error_response(503, "unavailable", fmt::format("{} is not running", what));
}
Response too_busy() {
  auto response = error_response(429, "limit_reached", "the exchange is busy, try again");
  response.headers["Retry-After"] = "1";
  return response;
}
Response no_answer() {
  return error_response(504, "timeout", "no answer from the exchange in time");
}

Service::Service(Ports ports, storage::Reader reader) : ports_(std::move(ports)), reader_(reader) {}

bool Service::take_token() {
  const std::chrono::duration<double> passed = now_.instant - tokens_at_;
  tokens_ = std::min(kRequestsPerSecond, tokens_ + passed.count() * kRequestsPerSecond);
  tokens_at_ = now_.instant;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void Service::handle(Request&& request, Respond respond, Now now) {
  now_ = now;
  if (!take_token()) return respond(too_busy());
  auto found = match(routes(), request.method, request.path);
  if (found.route != nullptr)
    return found.route->handler(
        *this, {std::move(request), std::move(found.parameter), std::move(respond)});
  if (found.allowed_methods.empty())
    return respond(error_response(404, "not_found", "there is no such path"));
  auto refused = error_response(405, "invalid_argument", "the path is right, the method is not");
  refused.headers["Allow"] = found.allowed_methods;
  respond(std::move(refused));
}

core::RequestId Service::begin_question(OnAnswer on_answer) {
  if (pending_.size() >= kPendingMax) return {};
  const auto id = ids_.make<core::RequestId>();
  pending_.emplace(id, Pending{now_.instant + kAnswerTimeout, std::move(on_answer)});
  return id;
}

void Service::deliver(Answer&& answer, Now now) {
  now_ = now;
  const auto found = pending_.find(request_of(answer));
  if (found == pending_.end()) return;  // too late: it was answered with 504
  // Out of the map while it runs, since it may ask the next question.
  auto node = pending_.extract(found);
  if (!node.mapped().on_answer(&answer)) pending_.insert(std::move(node));
}

void Service::expire(Now now) {
  now_ = now;
  while (!pending_.empty() && pending_.begin()->second.deadline <= now.instant) {
    auto node = pending_.extract(pending_.begin());
    node.mapped().on_answer(nullptr);
  }
}

std::optional<core::Instant> Service::next_deadline() const {
  if (pending_.empty()) return std::nullopt;
  return pending_.begin()->second.deadline;
}

void Service::ask_control(Respond respond, const std::function<call::Event(core::RequestId)>& make,
                          std::function<void(const call::View&, Respond&)> then) {
  if (!ports_.control) return respond(unavailable("call control"));
  const auto id = begin_question([respond, then = std::move(then)](const Answer* answer) mutable {
    const auto* reply = answer == nullptr ? nullptr : std::get_if<call::Reply>(answer);
    if (reply == nullptr)
      respond(no_answer());
    else
      then(reply->view, respond);
    return true;
  });
  if (!id) return respond(too_busy());
  if (ports_.control(make(id))) return;
  forget(id);
  respond(too_busy());
}

}  // namespace pbx::api
