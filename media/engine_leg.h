// media/engine_leg.h — a leg in the engine: its session, whom it hears, and what that takes.
//
// Data without behaviour; owner: the engine.  The pointers name other legs of the same engine,
// which takes them out when a leg closes.

#pragma once

#include <memory>
#include <utility>

#include "media/digit_tones.h"
#include "media/dtmf.h"
#include "media/early_packets.h"
#include "media/inband_dtmf.h"
#include "media/path.h"
#include "media/playback.h"
#include "media/record_ring.h"
#include "media/session.h"
#include "media/tick_receiver.h"
#include "media/tick_sender.h"

namespace pbx::media {

struct EngineLeg {
  explicit EngineLeg(Session&& of) : session(std::move(of)) {}

  Session session;

  EngineLeg* source = nullptr;      // whom it hears: the other side, or itself (echo)
  EngineLeg* listener = nullptr;    // who hears it
  PathKind path = PathKind::kNone;  // of what it hears
  unsigned phase = 0;               // of its ticks
  bool ticking = false;             // it is in the list of its phase

  EarlyPackets early;                      // said before anyone hears it
  std::unique_ptr<TickReceiver> receiver;  // what it says, in samples; null: nobody needs them
  AudioFrame frame;                        // of the receiver, in this tick
  std::unique_ptr<InbandDtmfDetector> detector;  // of digits in that; made when first needed
  std::uint32_t detector_hz = 0;
  std::unique_ptr<TickSender> sender;  // what it hears, encoded; null on other paths
  std::unique_ptr<Playback> playback;  // heard instead of the source
  core::PlaybackId playback_id;

  DtmfReceiver events;  // digits it sends as packets
  DtmfSender digits;    // digits it is sent as packets
  DigitTones tones;     // digits it is sent in the audio

  core::RecordingId recording;  // what it says is recorded there
  RecordSide side = RecordSide::kLeft;
};

}  // namespace pbx::media
