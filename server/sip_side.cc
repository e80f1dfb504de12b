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
      stack_->post(call::SipEnd{leg, call::causes::congestion(), kRetryAfter});
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
  for (std::size_t i = 0; i < profiles_.size(); ++i) {
    if (const auto* trace = std::get_if<api::TraceQuery>(&query))
      ask_trace(i, *trace, answer);
    else if (const auto* list = std::get_if<api::GuardListQuery>(&query))
      answer(api::GuardAnswer{list->request, {}});
    else if (const auto* lift = std::get_if<api::GuardLiftQuery>(&query))
      answer(api::GuardLifted{lift->request, false});
  }
}

void SipSide::ask_trace(std::size_t index, const api::TraceQuery& query, const Answer& answer) {
  const core::RequestId request = query.request;
  const bool asked = profiles_[index].stack->trace(
      query.legs, [request, answer](std::vector<std::pair<core::LegId, sip::TraceMessage>> found) {
        api::TraceAnswer part{request, {}};
        for (auto& [leg, message] : found)
          part.messages.push_back({message.at,
                                   message.sent,
                                   message.transport,
                                   {},
                                   message.peer,
                                   std::move(message.text)});
        answer(std::move(part));
      });
  if (!asked) answer(api::TraceAnswer{request, {}});
}

sip::SipCounters SipSide::counters(std::size_t index) const {
  return profiles_[index].stack->counters();
}

}  // namespace pbx::server
