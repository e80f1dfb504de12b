#include "media/path.h"

#include <doctest/doctest.h>

using namespace pbx;
using namespace pbx::media;
using call::Codec;

namespace {

call::Format format(Codec codec) {
  const call::CodecInfo& info = call::info(codec);
  return {codec,
          static_cast<std::uint8_t>(info.static_payload_type < 0 ? 96 : info.static_payload_type),
          info.clock_hz, ""};
}
call::MediaParams params(Codec codec) {
  call::MediaParams out;
  out.send = format(codec);
  out.receive = {format(codec), {Codec::kTelephoneEvent, 101, 8000, ""}};
  return out;
}

}  // namespace

TEST_CASE("which path carries what a leg hears") {
  call::MediaParams pcmu = params(Codec::kPcmu), pcma = params(Codec::kPcma);
  call::MediaParams info = pcmu, inband = pcmu, mute = pcmu, deaf = pcmu, unagreed;
  info.dtmf = call::DtmfMode::kInfo;
  inband.dtmf = call::DtmfMode::kInband;
  mute.direction = call::Direction::kRecvOnly;  // the exchange receives: nothing is sent
  deaf.direction = call::Direction::kSendOnly;
  call::MediaParams inband_without_events = inband;
  inband_without_events.receive = {format(Codec::kPcmu)};
  const call::Format seen_pcma = format(Codec::kPcma);

  struct Case {
    const char* what;
    PathInputs in;
    PathKind kind;
  };
  const Case cases[] = {
      {"same codec", {&pcmu, &pcmu}, PathKind::kRelay},
      {"another codec", {&pcmu, &pcma}, PathKind::kTick},
      {"nobody to hear", {&pcmu, nullptr}, PathKind::kNone},
      {"listener held", {&mute, &pcmu}, PathKind::kNone},
      {"source held", {&pcmu, &deaf}, PathKind::kNone},
      {"nothing agreed", {&unagreed, &pcmu}, PathKind::kNone},
      {"source not agreed", {&pcmu, &unagreed}, PathKind::kNone},
      {"the source sends the other codec it may", {&pcmu, &pcmu, &seen_pcma}, PathKind::kTick},
      {"both may differ but do not", {&pcma, &pcmu, &seen_pcma}, PathKind::kRelay},
      {"a playback", {&pcmu, &pcmu, nullptr, true}, PathKind::kTick},
      {"a playback to a held leg goes on", {&mute, nullptr, nullptr, true}, PathKind::kTick},
      {"tones to send", {&pcmu, &pcmu, nullptr, false, true}, PathKind::kTick},
      {"digits by INFO need no samples", {&info, &pcmu}, PathKind::kRelay},
      {"tones of the source must be found", {&pcmu, &inband}, PathKind::kTick},
      {"events must become tones", {&inband, &pcmu}, PathKind::kTick},
      {"no events, no tones to make", {&inband, &info}, PathKind::kTick},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    CHECK(choose_path(one.in) == one.kind);
  }
}

TEST_CASE("L16 at two rates is two streams") {
  CHECK_FALSE(is_same_stream({Codec::kL16, 96, 8000, ""}, {Codec::kL16, 97, 16000, ""}));
  CHECK(
      is_same_stream({Codec::kOpus, 96, 48000, "useinbandfec=1"}, {Codec::kOpus, 111, 48000, ""}));
}
