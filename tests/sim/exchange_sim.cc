#include "tests/sim/exchange_sim.h"

#include <fmt/format.h>

namespace pbx::sim {

using namespace std::chrono_literals;
using namespace pbx::test;

namespace {

constexpr int kExtensions = 10;
constexpr core::Duration kTimeMax = 30min;  // nothing may still happen after this

template <typename... F>
struct Overload : F... {
  using F::operator()...;
};
template <typename... F>
Overload(F...) -> Overload<F...>;

// In every third world the exchange makes ringback and tells failures by tones.
std::shared_ptr<config::Config> config_of_sim(std::uint64_t seed) {
  auto config = sample_config();
  if (seed % 3 == 0) {
    config->call.ringback = config::Ringback::kExchange;
    config->call.failure_tone = 4s;
  }
  config->media.rtp_ports = {20000, 20399};
  config->media.port_quarantine = 1s;
  config->server.limits.calls_max = 60;
  for (auto& [number, extension] : config->extensions) {
    extension.calls_max = 20;
    extension.ring_time = 20s;
  }
  return config;
}

call::AudioDescription random_audio(core::Random& random) {
  std::vector<call::Format> formats;
  if (random.below(2) == 0) formats.push_back(pcma());
  if (random.below(2) == 0) formats.push_back(pcmu());
  if (formats.empty() || random.below(4) == 0) formats.push_back(g722());
  if (random.below(4) != 0) formats.push_back(events());
  return audio(fmt::format("192.0.2.7:{}", 4000 + 2 * random.below(1000)), std::move(formats));
}

}  // namespace

Habits Habits::swarm(core::Random random) {
  Habits habits;
  for (unsigned* chance :
       {&habits.answers, &habits.busy, &habits.declines, &habits.silent, &habits.redirects,
        &habits.fails, &habits.early_media, &habits.holds, &habits.gives_up, &habits.delayed_offer,
        &habits.worker_fails, &habits.rtp_stops})
    *chance = static_cast<unsigned>(random.below(3) == 0 ? 0 : random.below(700));
  habits.worker_silent = static_cast<unsigned>(random.below(50));
  return habits;
}

ExchangeSim::ExchangeSim(std::uint64_t seed, const Habits& habits)
    : seed_(seed),
      random_(seed),
      habits_(habits),
      config_(config_of_sim(seed)),
      secrets_(seed ^ 0x5ec7e7),
      control_({config_, test::routing_of(*config_), 3, 1, {now_, core::WallTime{}}}, secrets_) {
  for (int i = 0; i < kExtensions; ++i) {
    const unsigned contacts = i == 9 ? 0 : static_cast<unsigned>(1 + random_.below(3));
    for (unsigned contact = 0; contact < contacts; ++contact) {
      call::Binding binding;
      binding.id = {static_cast<std::uint64_t>(i * 10) + contact + 1};
      binding.profile = {static_cast<std::uint16_t>(1 + random_.below(2))};
      binding.extension = std::to_string(100 + i);
      binding.contact_uri = "sip:" + binding.extension + "@192.0.2.7";
      binding.local_ip = ip("192.0.2.1");
      tell(call::BindingChanged{call::BindingChanged::What::kAdded, binding});
    }
  }
}

void ExchangeSim::run(unsigned calls, core::Duration span) {
  for (unsigned i = 0; i < calls; ++i)
    later(core::Duration(
              static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(span.count())))),
          [this] { place_call(); });
  const core::Instant too_late = now_ + span + kTimeMax;
  while (violations_.empty()) {
    const auto deadline = control_.next_deadline();
    if (happenings_.empty() && !deadline) break;
    if (!happenings_.empty() && (!deadline || happenings_.top().at <= *deadline)) {
      const Happening next = happenings_.top();
      happenings_.pop();
      now_ = next.at;
      next.what();
    } else {
      now_ = std::max(now_, *deadline);
      call::Effects out;
      control_.expire(now_, out);
      for (const call::Effect& effect : out) execute(effect);
    }
    if (now_ > too_late) violation("something goes on for ever");
  }
  check_end();
}

void ExchangeSim::later(core::Duration delay, std::function<void()> what) {
  happenings_.push({now_ + delay, order_++, std::move(what)});
}

core::Duration ExchangeSim::between(unsigned low_ms, unsigned high_ms) {
  return std::chrono::milliseconds(low_ms + random_.below(high_ms - low_ms + 1));
}

void ExchangeSim::violation(std::string text) {
  violations_.push_back(fmt::format("seed {}: {}", seed_, text));
}

void ExchangeSim::place_call() {
  call::LegIncoming event;
  event.leg = {next_leg_++};
  event.profile = {1};
  event.extension = event.caller.number = std::to_string(100 + random_.below(kExtensions));
  event.dialed = random_.below(20) == 0   ? "999"
                 : random_.below(20) == 0 ? "*43"
                                          : std::to_string(100 + random_.below(kExtensions));
  event.local_ip = ip("192.0.2.1");
  if (!chance(habits_.delayed_offer)) event.offer = random_audio(random_);
  legs_[event.leg].caller = true;
  legs_[event.leg].has_offered = event.offer.has_value();
  ++placed_;
  if (chance(habits_.gives_up))
    later(between(0, 25'000), [this, leg = event.leg] { leg_ends(leg, 487, 0); });
  tell(event);
}

void ExchangeSim::tell(const call::Event& event) {
  call::Effects out;
  control_.apply(now_, event, out);
  for (const call::Effect& effect : out) execute(effect);
}

void ExchangeSim::note(const call::Effect& effect) {
  const auto mix = [this](std::uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211ull; };
  mix(effect.index());
  if (const auto* sip = std::get_if<call::ToSip>(&effect)) mix(sip->command.index());
  if (const auto* media = std::get_if<call::ToMedia>(&effect)) mix(media->command.index());
  if (const auto* text = std::get_if<call::Notice>(&effect))
    for (const char c : text->text) mix(static_cast<unsigned char>(c));
}

void ExchangeSim::execute(const call::Effect& effect) {
  note(effect);
  if (const auto* to_sip = std::get_if<call::ToSip>(&effect)) {
    // A mailbox keeps the order; how far it lags behind is chance.
    sip_reads_at_ = std::max(sip_reads_at_, now_ + between(0, 30));
    later(sip_reads_at_ - now_, [this, command = to_sip->command] { sip(command); });
  }
  if (const auto* to_media = std::get_if<call::ToMedia>(&effect)) media(to_media->command);
  if (const auto* to_store = std::get_if<call::StoreCommand>(&effect)) store(*to_store);
}

void ExchangeSim::sip(const call::SipCommand& command) {
  const core::LegId leg =
      std::visit(Overload{[](const call::SipMessage&) { return core::LegId{}; },
                          [](const call::SipMessageReply&) { return core::LegId{}; },
                          [](const auto& one) { return one.leg; }},
                 command);
  if (std::holds_alternative<call::SipInvite>(command)) {
    if (legs_.count(leg) != 0) violation("a leg id was used twice");
    legs_[leg] = {};
    return phone_rings(leg);
  }
  SimLeg& one = legs_.at(leg);
  if (one.told_to_end) return violation("control spoke of a leg that it had ended");
  if (std::holds_alternative<call::SipEnd>(command)) {
    one.told_to_end = true;
    const bool crossed = one.state == SimLeg::State::kInviting && !one.caller && chance(100);
    if (crossed)  // the answer was on its way when CANCEL came
      later(0ms, [this, leg] {
        if (legs_.at(leg).state == SimLeg::State::kInviting)
          tell(call::LegAnswered{leg, random_audio(random_), "", ""});
      });
    later(between(1, 100), [this, leg] { leg_ends(leg, 487, 0); });
    return;
  }
  if (const auto* progress = std::get_if<call::SipProgress>(&command))
    if (progress->answer) is_answered_with(one, *progress->answer);
  if (const auto* answer = std::get_if<call::SipAnswer>(&command)) {
    is_answered_with(one, answer->description);
    if (one.state == SimLeg::State::kOver) return;  // it was on its way when the caller gave up
    if (one.state != SimLeg::State::kInviting) return violation("an INVITE was answered twice");
    one.state = SimLeg::State::kAnswered;
    later(between(1, 50), [this, leg] {
      if (legs_.at(leg).state != SimLeg::State::kAnswered) return;
      tell(call::LegOfferAnswered{leg, random_audio(random_)});
      phone_talks(leg);
    });
  }
}

// RFC 3261 13.2.1: every description in the responses to one offer is the same.
void ExchangeSim::is_answered_with(SimLeg& leg, const call::AudioDescription& answer) {
  if (!leg.has_offered) return;  // it is an offer, in the 200 alone
  if (leg.answer && *leg.answer != answer) violation("the answer to an INVITE has changed");
  leg.answer = answer;
}

void ExchangeSim::phone_rings(core::LegId leg) {
  const auto then = [this, leg](unsigned from_ms, unsigned to_ms, auto what) {
    later(between(from_ms, to_ms), [this, leg, what] {
      SimLeg& one = legs_.at(leg);
      if (one.state == SimLeg::State::kInviting && !one.told_to_end) what();
    });
  };
  std::optional<call::AudioDescription> early;
  if (chance(habits_.early_media)) early = random_audio(random_);
  then(1, 300, [this, leg, early] { tell(call::LegProgress{leg, 180, early}); });
  if (chance(habits_.answers))
    then(200, 25'000, [this, leg] {
      legs_.at(leg).state = SimLeg::State::kAnswered;
      tell(call::LegAnswered{leg, random_audio(random_), "sim", ""});
      phone_talks(leg);
    });
  else if (chance(habits_.busy))
    then(10, 500, [this, leg] { leg_ends(leg, 486, 17); });
  else if (chance(habits_.declines))
    then(10, 5000, [this, leg] { leg_ends(leg, 603, 21); });
  else if (chance(habits_.redirects))
    then(10, 5000, [this, leg] {
      const std::string to = std::to_string(100 + random_.below(kExtensions));
      tell(call::LegRedirected{leg, {"sip:" + to + "@x"}, {}});
      leg_ends(leg, 302, 0);
    });
  else if (chance(habits_.fails))
    then(10, 8000, [this, leg] { leg_ends(leg, 503, 0); });
}

void ExchangeSim::phone_talks(core::LegId leg) {
  const auto in_talk = [this, leg](core::Duration when, auto what) {
    later(when, [this, leg, what] {
      if (legs_.at(leg).state == SimLeg::State::kAnswered && !legs_.at(leg).told_to_end) what();
    });
  };
  if (chance(habits_.holds)) {
    const auto offer = [this, leg](call::Direction direction) {
      call::LegOffered event{leg, random_audio(random_)};
      event.offer->direction = direction;
      tell(event);
    };
    in_talk(between(100, 20'000), [offer] { offer(call::Direction::kSendOnly); });
    in_talk(between(20'000, 40'000), [offer] { offer(call::Direction::kSendRecv); });
    in_talk(between(100, 40'000), [this, leg] { tell(call::LegOffered{leg, std::nullopt}); });
  }
  if (chance(habits_.rtp_stops))
    in_talk(between(1000, 60'000), [this, leg] { tell(call::MediaSilent{leg}); });
  in_talk(between(500, 2000), [this, leg] {
    tell(call::MediaDigit{leg, '1', 100ms, call::DigitSource::kRfc4733, chance(500)});
  });
  in_talk(between(100, 120'000), [this, leg] { leg_ends(leg, 200, 16); });
}

void ExchangeSim::leg_ends(core::LegId leg, std::uint16_t status, std::uint8_t q850) {
  SimLeg& one = legs_.at(leg);
  if (one.state == SimLeg::State::kOver) return;
  if (status == 487 && one.state == SimLeg::State::kAnswered && !one.told_to_end) return;
  one.state = SimLeg::State::kOver;
  tell(call::LegEnded{leg, core::from_sip(status, q850, "")});
}

void ExchangeSim::media(const call::MediaCommand& command) {
  if (const auto* open = std::get_if<call::MediaOpen>(&command)) {
    if (!sessions_.insert(open->leg).second) violation("a session was opened twice");
    if (open->local.port == 0) violation("a session was opened without a port");
    if (chance(habits_.worker_fails)) {
      sessions_.erase(open->leg);
      later(between(0, 5), [this, leg = open->leg] { tell(call::MediaFailed{leg, "sim"}); });
    }
  } else if (const auto* close = std::get_if<call::MediaClose>(&command)) {
    if (sessions_.erase(close->leg) == 0 && habits_.worker_fails == 0)
      violation("a session was closed that was not open");
    if (!chance(habits_.worker_silent))
      later(between(0, 10), [this, leg = close->leg] { tell(call::MediaClosed{leg, {}}); });
  } else if (const auto* connect = std::get_if<call::MediaConnect>(&command)) {
    const bool both = sessions_.count(connect->a) != 0 && sessions_.count(connect->b) != 0;
    if (!both && habits_.worker_fails == 0) violation("legs without media were connected");
    if (played_to_.count(connect->a) + played_to_.count(connect->b) != 0)
      violation("legs were connected that hear a tone");
  } else if (const auto* play = std::get_if<call::MediaPlay>(&command)) {
    if (sessions_.count(play->leg) == 0 && habits_.worker_fails == 0)
      violation("a leg without media was played to");
    played_to_.insert(play->leg);
    if (const auto* tone = std::get_if<call::PlayTone>(&play->source)) ++tones_[tone->tone];
  } else if (const auto* quiet = std::get_if<call::MediaStopPlay>(&command)) {
    played_to_.erase(quiet->leg);
  } else if (const auto* stop = std::get_if<call::MediaStopRecord>(&command)) {
    later(between(1, 50), [this, id = stop->recording] {
      call::RecordingDone done;
      done.recording = id;
      tell(done);
    });
  }
}

void ExchangeSim::store(const call::StoreCommand& command) {
  const auto* cdr = std::get_if<call::StoreCdr>(&command);
  if (cdr == nullptr) return;
  if (!cdrs_.emplace(cdr->cdr.id, cdr->cdr).second) violation("a call left two CDRs");
  const auto& segments = cdr->cdr.segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].until < segments[i].from) violation("a segment ends before it begins");
    if (i > 0 && segments[i].from != segments[i - 1].until) violation("segments have a gap");
  }
}

void ExchangeSim::check_end() {
  if (!violations_.empty()) return;
  const call::Switchboard& board = control_.board();
  if (cdrs_.size() + refused() != placed_)
    violation(
        fmt::format("{} calls placed, {} refused, {} CDRs", placed_, refused(), cdrs_.size()));
  if (!board.calls.empty() || !board.call_of_leg.empty()) violation("calls or legs are left");
  if (!board.calls_of_extension.empty()) violation("an extension counts calls that are over");
  if (!board.recordings.empty()) violation("recordings are left open");
  if (board.ports.free() != board.ports.size()) violation("ports were lost");
  for (const std::uint32_t load : board.sessions_of_worker)
    if (load != 0) violation("a worker counts sessions that are over");
  if (habits_.worker_fails == 0 && !sessions_.empty()) violation("sessions were never closed");
}

}  // namespace pbx::sim
