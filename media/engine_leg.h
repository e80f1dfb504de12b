// media/engine_leg.h — a leg in the engine: its session, whom it hears, and what that takes.
//
// Plain aggregate; owner: the engine.  The pointers name other legs of the same engine, which
// takes them out when a leg closes.

#pragma once

#include "media/path.h"
#include "media/recorder_tap.h"
#include "media/session.h"

namespace pbx::media {

struct EngineLeg {
  // A place in a recording: `recording` is none if not recorded.
  struct Tap {
    core::RecordingId recording;
    RecordSide side = RecordSide::kLeft;
  };

  Session session;

  EngineLeg* source = nullptr;      // whom it hears: the other side, or itself (echo)
  EngineLeg* listener = nullptr;    // who hears it
  PathKind path = PathKind::kNone;  // of what it hears

  Tap said;   // what it sends is recorded there
  Tap heard;  // what it is sent is recorded there
};

}  // namespace pbx::media
