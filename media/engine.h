// media/engine.h — the media engine of one worker, without its sockets, clock and thread.
//
// Pure: commands, datagrams and time come in; packets go out through Network, events collect until
// they are taken.  Owner: one media worker, or a test.  No allocation, lock or log per packet;
// commands allocate.
//
// Every leg has one Session.  A bridge is two legs that name each other as source.  For each leg
// the path of what it hears is chosen anew at every command (path.h):
//   relay: packets of the source leave in on_datagram, renumbered, as they arrive;
//   tick:  every 20 ms a frame is taken from the source's TickReceiver, or from a playback, and
//          goes out by the leg's TickSender.  Ticks are spread over kPhases; the legs of a bridge
//          share one, sources first.
//
// Recording copies packets at the session's edge (recorder_tap.h) and leaves the path as it is.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/base/random.h"
#include "core/call/media_command.h"
#include "media/engine_leg.h"
#include "media/engine_options.h"
#include "media/music_feed.h"
#include "media/network.h"
#include "media/packet_pool.h"
#include "media/recorder_tap.h"
#include "media/sound_library.h"

namespace pbx::media {

class Engine {
 public:
  static constexpr unsigned kPhases = 10;  // of 2 ms: bounds the burst that relaying waits for
  static constexpr core::Duration kHousekeeping = std::chrono::milliseconds(200);
  static constexpr int kCatchUpMax = 5;  // ticks made up for after a stall; more are left out
  static constexpr std::size_t kPacketsPerSession = 8;  // pool buffers reserved at open

  struct Lateness {  // of ticks, against their due time
    static constexpr std::array<int, 5> kBounds_ms{1, 2, 5, 10, 20};
    std::array<std::uint64_t, kBounds_ms.size() + 1> counts{};
    core::Duration sum{0};
    void add(core::Duration late);
  };
  struct Census {  // now
    std::size_t sessions = 0, relay_paths = 0, tick_paths = 0, recordings = 0;
  };

  // All but `options` outlive the engine; `tap` may be null: nothing is recorded then.
  Engine(const EngineOptions& options, Network& network, SoundLibrary& sounds, RecorderTap* tap);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Commands that name a leg which is gone do nothing, but MediaClose and MediaQuery are always
  // answered: commands and the end of calls cross.
  void apply(core::Instant now, const call::MediaCommand& command);
  void on_datagram(core::Instant now, Slot slot, Port port, const core::SocketAddress& source,
                   RtpPacket packet);
  // Does what is due; call at next_deadline() or later.
  void on_time(core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

  // What happened since the last call.
  [[nodiscard]] std::vector<call::MediaEvent> take_events() { return std::exchange(events_, {}); }
  [[nodiscard]] bool has_events() const { return !events_.empty(); }

  [[nodiscard]] PacketPool& pool() { return pool_; }
  [[nodiscard]] const PacketPool& pool() const { return pool_; }
  [[nodiscard]] const EngineCounters& counters() const { return counters_; }
  [[nodiscard]] const Lateness& lateness() const { return lateness_; }
  [[nodiscard]] Census census() const;
  // Times and modes for all sessions, decoding for those that begin to need it; sizes, seed and
  // clock stay.
  void set_options(const EngineOptions& options);
  [[nodiscard]] PathKind path_of(core::LegId leg) const;  // kNone if it is gone
  [[nodiscard]] std::optional<Slot> slot_of(core::LegId leg) const;
  [[nodiscard]] std::vector<core::LegId> open_legs() const;  // by slot

 private:
  // One overload per command.
  void on(core::Instant now, const call::MediaOpen& command);
  void on(core::Instant now, const call::MediaUpdate& command);
  void on(core::Instant now, const call::MediaConnect& command);
  void on(core::Instant now, const call::MediaDisconnect& command);
  void on(core::Instant now, const call::MediaPlay& command);
  void on(core::Instant now, const call::MediaStopPlay& command);
  void on(core::Instant now, const call::MediaEcho& command);
  void on(core::Instant now, const call::MediaSendDigit& command);
  void on(core::Instant now, const call::MediaRecord& command);
  void on(core::Instant now, const call::MediaStopRecord& command);
  void on(core::Instant now, const call::MediaClose& command);
  void on(core::Instant now, const call::MediaQuery& command);

  [[nodiscard]] EngineLeg* find(core::LegId leg) const;
  void fail_open(const call::MediaOpen& command, std::string detail);

  // engine_bridge.cc: who hears whom, and by which path.
  void link(EngineLeg& listener, EngineLeg& source);
  void unlink(EngineLeg& leg);                            // from whom it hears and who hears it
  void choose(core::Instant now, EngineLeg& leg);         // the path of what it hears
  void choose_around(core::Instant now, EngineLeg& leg);  // and of what its listener hears
  void equip_sender(core::Instant now, EngineLeg& leg);
  void equip_receiver(EngineLeg& leg);
  void schedule(core::Instant now, EngineLeg& leg);
  void unschedule(EngineLeg& leg);

  void on_fax(core::Instant now, EngineLeg& leg, Port port, const core::SocketAddress& source,
              RtpPacket& packet);
  void on_rtp(core::Instant now, EngineLeg& leg, const core::SocketAddress& source,
              RtpPacket packet);
  void deliver(core::Instant now, EngineLeg& leg, const Incoming& incoming, RtpPacket packet);
  void pass_early(core::Instant now, EngineLeg& leg);
  void on_event(core::Instant now, EngineLeg& leg, const Incoming& incoming, RtpPacket& packet);
  struct HeardDigit {
    EngineLeg* leg;
    Digit digit;
    call::DigitSource source;
    bool forwarded;  // it went on in packets or in the audio already
  };
  void on_digit(core::Instant now, const HeardDigit& heard);
  bool pass_on(core::Instant now, EngineLeg& listener, char digit,
               std::chrono::milliseconds duration);
  void tap_said(const EngineLeg& leg, const Incoming& incoming, const RtpPacket& packet);

  // engine_tick.cc
  [[nodiscard]] static core::Instant next_tick_after(core::Instant now, unsigned phase);
  void run_phase(core::Instant due, unsigned phase);
  void tick_source(core::Instant due, EngineLeg& leg);
  void detect_digits(EngineLeg& leg);
  void tick_listener(core::Instant due, EngineLeg& leg);
  bool send_digit_packet(core::Instant due, EngineLeg& leg);
  void send_playback(core::Instant due, EngineLeg& leg);
  void send_tone(core::Instant due, EngineLeg& leg);
  void end_playback(core::Instant now, EngineLeg& leg);
  void housekeep(core::Instant now);

  void end_recording(core::Instant now, core::RecordingId recording);
  void forget_recording(core::Instant now, EngineLeg& leg);

  EngineOptions options_;
  SoundLibrary& sounds_;
  MusicFeed music_;
  RecorderTap* tap_;
  EngineCounters counters_;
  SessionContext context_;
  core::Random random_;
  PacketPool pool_;

  std::vector<std::unique_ptr<EngineLeg>> legs_;  // by slot
  std::vector<Slot> free_slots_;
  std::unordered_map<core::LegId, Slot> slots_;  // for lookup only
  std::array<std::vector<EngineLeg*>, kPhases> ticking_;
  std::array<core::Instant, kPhases> next_tick_{};
  unsigned next_phase_ = 0;               // for the next leg
  std::vector<EngineLeg*> changed_;       // in this tick: their paths are chosen after it
  std::vector<HeardDigit> heard_digits_;  // in the audio, in this tick
  std::array<std::int16_t, frame_samples(DigitTones::kHz)> tone_frame_{};
  std::array<std::int16_t, frame_samples(kSampleHzMax)> silence_{};
  core::Instant next_housekeeping_{};
  std::vector<call::MediaEvent> events_;
  Lateness lateness_;
};

}  // namespace pbx::media
