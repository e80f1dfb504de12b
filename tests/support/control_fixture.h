// tests/support/control_fixture.h — control alone, driven by hand: events in, effects looked at.
//
// Media reports come back by themselves (set `auto_reports` to false to hold them back).

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/call/control.h"
#include "tests/support/routing.h"

namespace pbx::test {

class SeededSecrets : public call::SecretSource {
 public:
  explicit SeededSecrets(std::uint64_t seed) : random_(seed) {}
  void fill(std::span<std::byte> out) override { random_.fill(out); }

 private:
  core::Random random_;
};

inline core::IpAddress ip(std::string_view text) { return *core::parse_ip(text); }
inline core::SocketAddress address(std::string_view text) {
  return *core::parse_socket_address(text);
}

// Extensions 100 to 109 at profile 1, PCMA and PCMU first; recording all.
inline std::shared_ptr<config::Config> sample_config() {
  auto config = std::make_shared<config::Config>();
  config->profiles["phones"].name = "phones";
  for (int number = 100; number < 110; ++number) {
    config::Extension extension;
    extension.id = extension.number = extension.caller_id = std::to_string(number);
    extension.name = "Phone " + extension.number;
    extension.codecs = {config::CodecName::kPcma, config::CodecName::kPcmu,
                        config::CodecName::kG722};
    config->extensions[extension.number] = extension;
  }
  config->recording.rule = config::RecordingRule::kAll;
  config->media.rtp_ports = {20000, 20199};
  return config;
}

inline call::AudioDescription audio(std::string_view rtp, std::vector<call::Format> formats) {
  call::AudioDescription description;
  description.rtp = address(rtp);
  description.rtcp = {description.rtp.ip, static_cast<std::uint16_t>(description.rtp.port + 1)};
  description.formats = std::move(formats);
  return description;
}
inline call::Format pcma() { return {call::Codec::kPcma, 8, 8000, ""}; }
inline call::Format pcmu() { return {call::Codec::kPcmu, 0, 8000, ""}; }
inline call::Format g722() { return {call::Codec::kG722, 9, 8000, ""}; }
inline call::Format gsm() { return {call::Codec::kGsm, 3, 8000, ""}; }
inline call::Format events() { return {call::Codec::kTelephoneEvent, 101, 8000, "0-15"}; }

class ControlFixture {
 public:
  explicit ControlFixture(std::shared_ptr<config::Config> with = sample_config(),
                          std::vector<call::Fact> remembered = {})
      : config(std::move(with)),
        secrets_(1),
        control(
            {config, routing_of(*config), 2, 1000, {now, core::WallTime{}}, std::move(remembered)},
            secrets_) {}

  std::shared_ptr<config::Config> config;
  core::Instant now{std::chrono::hours{1}};
  bool auto_reports = true;

  // --- in ---
  void apply(const call::Event& event) {
    call::Effects out;
    control.apply(now, event, out);
    take(out);
  }
  void advance(core::Duration duration) {
    const core::Instant until = now + duration;
    while (const auto deadline = control.next_deadline()) {
      if (*deadline > until) break;
      now = std::max(now, *deadline);
      call::Effects out;
      control.expire(now, out);
      take(out);
    }
    now = until;
  }
  void register_phone(const std::string& extension, std::uint64_t id = 0) {
    call::Binding binding;
    binding.id = {id != 0 ? id : 5000 + std::stoull(extension)};
    binding.profile = {1};
    binding.extension = extension;
    binding.contact_uri = "sip:" + extension + "@192.0.2.50:5060";
    binding.received = address("192.0.2.50:5060");
    binding.local_ip = ip("192.0.2.1");
    apply(call::BindingChanged{call::BindingChanged::What::kAdded, binding});
  }
  call::LegIncoming invite(const std::string& from, const std::string& to) {
    call::LegIncoming event;
    event.leg = {next_leg_++};
    event.profile = {1};
    event.extension = event.caller.number = from;
    event.dialed = to;
    event.local_ip = ip("192.0.2.1");
    event.peer = address("192.0.2.40:5060");
    event.offer = audio("192.0.2.40:4000", {pcma(), pcmu(), events()});
    return event;
  }
  core::LegId incoming(const std::string& from, const std::string& to) {
    const call::LegIncoming event = invite(from, to);
    apply(event);
    return event.leg;
  }
  void answered(core::LegId leg, std::vector<call::Format> formats = {pcma(), events()}) {
    apply(call::LegAnswered{leg, audio("192.0.2.50:6000", std::move(formats)), "phone",
                            "call@192.0.2.50"});
  }
  void ended(core::LegId leg, std::uint16_t status, std::uint8_t q850 = 0) {
    apply(call::LegEnded{leg, core::from_sip(status, q850, "")});
  }
  // A talking call from 100 to 101; returns the legs.
  std::pair<core::LegId, core::LegId> talk() {
    register_phone("101");
    const core::LegId a = incoming("100", "101");
    const core::LegId b = sip<call::SipInvite>().back().leg;
    answered(b);
    return {a, b};
  }

  // --- out: everything since the last clear() ---
  template <typename T>
  [[nodiscard]] std::vector<T> sip() const {
    return pick<T, call::ToSip>(sip_);
  }
  template <typename T>
  [[nodiscard]] std::vector<T> media() const {
    return pick<T, call::ToMedia>(media_);
  }
  // The SipEnd of `leg`, or null.
  [[nodiscard]] std::optional<call::SipEnd> end_of(core::LegId leg) const {
    for (const auto& end : sip<call::SipEnd>())
      if (end.leg == leg) return end;
    return std::nullopt;
  }
  void clear() {
    sip_.clear();
    media_.clear();
  }
  std::vector<call::Cdr> cdrs;
  std::vector<call::Recording> recordings;
  std::vector<call::Cdr> journal;
  std::vector<call::Fact> facts;
  std::vector<call::Reply> replies;

 private:
  SeededSecrets secrets_;

 public:
  call::Control control;

 private:
  template <typename T, typename From>
  static std::vector<T> pick(const std::vector<From>& all) {
    std::vector<T> found;
    for (const From& one : all)
      if (const T* command = std::get_if<T>(&one.command)) found.push_back(*command);
    return found;
  }

  void take(const call::Effects& out) {
    std::vector<core::LegId> closed;
    for (const call::Effect& effect : out) {
      if (const auto* sip = std::get_if<call::ToSip>(&effect)) sip_.push_back(*sip);
      if (const auto* media = std::get_if<call::ToMedia>(&effect)) {
        media_.push_back(*media);
        if (const auto* close = std::get_if<call::MediaClose>(&media->command))
          closed.push_back(close->leg);
      }
      if (const auto* store = std::get_if<call::StoreCommand>(&effect)) keep(*store);
      if (const auto* reply = std::get_if<call::Reply>(&effect)) replies.push_back(*reply);
    }
    if (auto_reports)
      for (const core::LegId leg : closed) apply(call::MediaClosed{leg, {}});
  }

  void keep(const call::StoreCommand& command) {
    if (const auto* cdr = std::get_if<call::StoreCdr>(&command)) cdrs.push_back(cdr->cdr);
    if (const auto* row = std::get_if<call::StoreRecording>(&command))
      recordings.push_back(row->recording);
    if (const auto* stored = std::get_if<call::StoreFact>(&command)) facts.push_back(stored->fact);
    if (const auto* entry = std::get_if<call::Journal>(&command)) journal.push_back(entry->cdr);
  }

  std::uint64_t next_leg_ = 1;
  std::vector<call::ToSip> sip_;
  std::vector<call::ToMedia> media_;
};

}  // namespace pbx::test
