#include "core/call/tones.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "core/call/talking.h"

namespace pbx::call {
namespace {

struct Row {
  std::uint16_t code;
  Tone tone;
};

// Q.850 causes that say more than the status they came with, which may be any gateway's guess.
constexpr std::array<Row, 9> kOfQ850{{{17, Tone::kBusy},
                                      {18, Tone::kBusy},
                                      {19, Tone::kBusy},
                                      {34, Tone::kCongestion},
                                      {38, Tone::kCongestion},
                                      {42, Tone::kCongestion},
                                      {44, Tone::kCongestion},
                                      {47, Tone::kCongestion},
                                      {58, Tone::kCongestion}}};

// 403 and 603 share cause 21, 500 and 503 cause 41: here the status says more.
constexpr std::array<Row, 7> kOfStatus{{{408, Tone::kBusy},
                                        {486, Tone::kBusy},
                                        {600, Tone::kBusy},
                                        {603, Tone::kBusy},
                                        {502, Tone::kCongestion},
                                        {503, Tone::kCongestion},
                                        {504, Tone::kCongestion}}};

std::optional<Tone> find(std::span<const Row> rows, std::uint16_t code) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [code](const Row& row) { return row.code == code; });
  return found == rows.end() ? std::nullopt : std::optional(found->tone);
}

constexpr std::chrono::seconds kPromptMax{30};

std::string_view name_of(Tone tone) {
  if (tone == Tone::kBusy) return "busy";
  return tone == Tone::kCongestion ? "congestion" : "reorder";
}

bool is_listening(const Leg& caller) {
  if (caller.is_over()) return false;
  if (caller.agreed) return can_send(caller.agreed->ours.direction);
  return caller.offer && !caller.offer_is_ours && can_receive(caller.offer->direction);
}

// False: the caller cannot be made to hear anything.
bool play(Switchboard& board, Turn& turn, Call& call, PlaySource source, bool loops) {
  Leg& caller = call.caller();
  if (!is_listening(caller) || !take_port(board, turn, caller)) return false;
  if (!answer_caller(board, turn, call, nullptr)) return false;
  call.playback = board.other_ids.make<core::PlaybackId>();
  to_media(turn, call, MediaPlay{caller.id, call.playback, std::move(source), loops});
  return true;
}

bool play_tone(Switchboard& board, Turn& turn, Call& call, Tone tone) {
  return play(board, turn, call, PlayTone{tone, board.config->server.country}, true);
}

void tell_early_media(Turn& turn, const Leg& caller) {
  to_sip(turn, caller, SipProgress{caller.id, 183, caller.agreed->ours});
}

bool ring_back(Switchboard& board, Turn& turn, Call& call) {
  if (call.playback) return true;  // another contact rings too
  return board.config->call.ringback == config::Ringback::kExchange &&
         play_tone(board, turn, call, Tone::kRingback);
}

// More than three quarters of `all` are taken.
bool is_scarce(std::size_t taken, std::size_t all) { return taken * 4 > all * 3; }

bool can_afford_tone(const Switchboard& board, const Call& call) {
  if (board.draining || is_scarce(board.calls.size(), board.config->server.limits.calls_max) ||
      is_scarce(board.ports.size() - board.ports.free(), board.ports.size()))
    return false;
  const std::string& number = call.caller().record.extension;
  const config::Extension* extension = board.extension(number);
  const auto live = board.calls_of_extension.find(number);
  return extension != nullptr && live != board.calls_of_extension.end() &&
         live->second <= extension->calls_max;
}

}  // namespace

Tone tone_for(const core::Cause& cause) {
  if (const auto tone = find(kOfQ850, cause.q850)) return *tone;
  return find(kOfStatus, cause.sip_status).value_or(Tone::kReorder);
}

void tell_ringing(Switchboard& board, Turn& turn, Call& call) {
  if (ring_back(board, turn, call))
    tell_early_media(turn, call.caller());
  else
    to_sip(turn, call.caller(), SipProgress{call.caller().id, 180, {}});
}

void stop_ringback(Turn& turn, Call& call) {
  if (!call.playback) return;
  call.playback = {};
  to_media(turn, call, MediaStopPlay{call.caller().id});
}

bool start_failure_tone(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause) {
  const auto length = board.config->call.failure_tone;
  if (length == decltype(length)::zero() || !can_afford_tone(board, call)) return false;
  const Tone tone = tone_for(cause);
  if (!play_tone(board, turn, call, tone)) return false;
  tell_early_media(turn, call.caller());
  restart_timer(board, call, turn.now + length);
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} failed status={} cause={} tone={} tone_ms={}", call.id,
                     cause.sip_status, cause.q850, name_of(tone), length.count()));
  return true;
}

PlayFile prompt_file(const Switchboard& board, std::string_view name) {
  const bool russian = board.config->server.language == config::Language::kRu;
  return {(board.config->server.data_dir / "prompts" / (russian ? "ru" : "en") /
           (std::string(name) + ".wav"))
              .string()};
}

bool start_prompt(Switchboard& board, Turn& turn, Call& call, std::string_view name) {
  if (!can_afford_tone(board, call) || !play(board, turn, call, prompt_file(board, name), false))
    return false;
  tell_early_media(turn, call.caller());
  restart_timer(board, call, turn.now + kPromptMax);
  return true;
}

}  // namespace pbx::call
