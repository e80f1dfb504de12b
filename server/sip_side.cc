#include "server/sip_side.h"

#include "core/base/log.h"

namespace pbx::server {

// Posts what one SIP thread tells.  Called on that thread.
class SipSide::Sink final : public sip::EventSink {
 public:
  Sink(ControlThread& control, storage::Store& store) : control_(control), store_(store) {}
  void attach(sip::Stack* stack) { stack_ = stack; }

  void on_event(call::Event event) noexcept override {
    const auto* incoming = std::get_if<call::LegIncoming>(&event);
    if (incoming == nullptr) return control_.post(std::move(event));
    const core::LegId leg = incoming->leg;
    if (!control_.try_post(std::move(event)))
      stack_->post(call::SipEnd{leg, core::causes::congestion(), kRetryAfter});
  }

  void on_binding(const call::BindingChanged& change) noexcept override {
    using What = call::BindingChanged::What;
    if (change.what == What::kAdded || change.what == What::kChanged)
      store_.post(storage::StoreBinding{change.binding});
    else
      store_.post(storage::EraseBinding{change.binding.id});
  }

  [[nodiscard]] bool is_busy() const noexcept override { return control_.is_busy(); }

 private:
  static constexpr std::chrono::seconds kRetryAfter{5};
  ControlThread& control_;
  storage::Store& store_;
  sip::Stack* stack_ = nullptr;
};

SipSide::SipSide(std::vector<sip::StackOptions> options, ControlThread& control,
                 storage::Store& store) {
  for (sip::StackOptions& one : options) {
    Profile profile;
    names_.push_back(one.profile);
    profile.sink = std::make_unique<Sink>(control, store);
    profile.stack = std::make_unique<sip::Stack>(std::move(one), *profile.sink);
    profile.sink->attach(profile.stack.get());
    profiles_.push_back(std::move(profile));
  }
}

SipSide::~SipSide() { stop(); }

core::Result<> SipSide::start(const std::vector<call::Binding>& bindings) {
  for (Profile& profile : profiles_) {
    profile.stack->restore(bindings);
    if (auto started = profile.stack->start(); !started) return started;
  }
  return {};
}

void SipSide::apply(const std::shared_ptr<const config::Config>& config) {
  for (Profile& profile : profiles_) profile.stack->apply(config);
}

void SipSide::stop() {
  for (Profile& profile : profiles_) profile.stack->stop();
}

bool SipSide::post(core::ProfileId profile, call::SipCommand&& command) {
  if (profile.value == 0 || profile.value > profiles_.size()) return false;
  return profiles_[profile.value - 1u].stack->post(std::move(command));
}

std::vector<std::string> SipSide::addresses() const {
  constexpr std::array<std::string_view, 3> kTransports{"udp", "tcp", "tls"};
  std::vector<std::string> all;
  for (std::size_t i = 0; i < profiles_.size(); ++i)
    for (const sip::ListenedAddress& one : profiles_[i].stack->addresses())
      all.push_back(fmt::format("{} {} {}", names_[i],
                                kTransports[static_cast<std::size_t>(one.transport)],
                                one.address.text()));
  return all;
}

void SipSide::ask(const api::SipQuery& query, const Answer& answer) {
  for (std::size_t i = 0; i < profiles_.size(); ++i)
    std::visit([&](const auto& plain) { ask_one(i, plain, answer); }, query);
}

void SipSide::ask_one(std::size_t index, const api::TraceQuery& query, const Answer& answer) {
  const core::RequestId request = query.request;
  const bool asked = profiles_[index].stack->trace(
      query.legs, [request, answer](std::vector<std::pair<core::LegId, sip::TraceMessage>> found) {
        api::TraceAnswer part{request, {}};
        for (auto& [leg, message] : found)
          part.messages.push_back(
              {message.at, message.sent, message.transport, message.peer, std::move(message.text)});
        answer(std::move(part));
      });
  if (!asked) answer(api::TraceAnswer{request, {}});
}

void SipSide::ask_one(std::size_t index, const api::GuardListQuery& query, const Answer& answer) {
  const core::RequestId request = query.request;
  const bool asked = profiles_[index].stack->list_guard(
      [request, answer, name = names_[index]](std::vector<sip::Suspect> suspects,
                                              core::WallAnchor now) {
        api::GuardAnswer part{request, {}};
        for (const sip::Suspect& suspect : suspects) {
          part.entries.push_back({name, suspect.address, suspect.failures, std::nullopt, {}});
          if (!suspect.banned_until) continue;
          part.entries.back().banned_until = now.wall_at(*suspect.banned_until);
          part.entries.back().reason = sip::reason_of(suspect);
        }
        answer(std::move(part));
      });
  if (!asked) answer(api::GuardAnswer{request, {}});
}

void SipSide::ask_one(std::size_t index, const api::GuardLiftQuery& query, const Answer& answer) {
  const core::RequestId request = query.request;
  const bool asked = profiles_[index].stack->lift_ban(query.address, [request, answer](bool found) {
    answer(api::GuardLifted{request, found});
  });
  if (!asked) answer(api::GuardLifted{request, false});
}

sip::SipCounters SipSide::counters(std::size_t index) const {
  return profiles_[index].stack->counters();
}

}  // namespace pbx::server
