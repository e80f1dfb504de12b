#include "media/path.h"

#include <algorithm>

namespace pbx::media {
namespace {

bool has_events(const call::MediaParams& params) {
  return std::any_of(params.receive.begin(), params.receive.end(), [](const call::Format& format) {
    return format.codec == call::Codec::kTelephoneEvent;
  });
}

// Digits that come in one way and must go out the other cross in samples.
bool digits_need_samples(const call::MediaParams& source, const call::MediaParams& listener) {
  if (source.dtmf == call::DtmfMode::kInband) return true;
  return listener.dtmf == call::DtmfMode::kInband && has_events(source);
}

}  // namespace

std::string_view text(PathKind kind) {
  switch (kind) {
    case PathKind::kNone:
      return "none";
    case PathKind::kRelay:
      return "relay";
    case PathKind::kTick:
      return "tick";
  }
  return "none";
}

const call::Format* expected_format(const call::MediaParams& source, const call::Format* seen) {
  if (seen != nullptr) return seen;
  if (source.send) return &*source.send;
  const auto found = std::find_if(source.receive.begin(), source.receive.end(),
                                  [](const call::Format& f) { return is_audio(f.codec); });
  return found == source.receive.end() ? nullptr : &*found;
}

PathKind choose_path(const PathInputs& in) {
  if (in.playing || in.tones_waiting) return PathKind::kTick;
  if (in.source == nullptr || !in.listener->send) return PathKind::kNone;
  if (!call::can_send(in.listener->direction) || !call::can_receive(in.source->direction))
    return PathKind::kNone;
  const call::Format* format = expected_format(*in.source, in.source_seen);
  if (format == nullptr) return PathKind::kNone;
  if (digits_need_samples(*in.source, *in.listener)) return PathKind::kTick;
  return is_same_stream(*format, *in.listener->send) ? PathKind::kRelay : PathKind::kTick;
}

}  // namespace pbx::media
