// tests/support/record_source.h — one leg of a recording as it arrives: packets of a codec with
// their delays, losses and clock errors.

#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "core/base/random.h"
#include "media/codec.h"
#include "media/record_ring.h"
#include "tests/support/audio_check.h"

namespace pbx::test {

struct RecordedPacket {
  media::RecordEntry entry;
  std::vector<std::uint8_t> payload;
};

struct RecordSource {
  media::RecordSide side = media::RecordSide::kLeft;
  core::RecordingId recording{1};
  double loss = 0;  // 0 to 1
  int delay_ms = 30;
  int jitter_ms = 0;     // uniform, so packets overtake one another
  double clock_ppm = 0;  // the sender's clock against ours
  std::uint32_t ssrc = 7;
  std::uint16_t sequence = 65500;
  std::uint32_t timestamp = 4'294'960'000u;  // both wrap soon

  // `from_ms` to `until_ms` by the sender's clock of what `sound` says, sent in `codec`.
  std::vector<RecordedPacket> say(core::Instant start, int from_ms, int until_ms, call::Codec codec,
                                  core::Random& random,
                                  const std::function<std::int16_t(double seconds)>& sound) {
    const call::CodecInfo& info = call::info(codec);
    const call::Format format{codec, 0, info.clock_hz, ""};
    auto encoder = std::move(*media::make_encoder(format));
    const std::size_t length = encoder->sample_hz() / 50;
    std::vector<std::int16_t> frame(length);
    std::vector<RecordedPacket> out;
    for (int ms = from_ms; ms < until_ms; ms += 20) {
      for (std::size_t i = 0; i < length; ++i)
        frame[i] = sound((ms / 1000.0 + static_cast<double>(i) / encoder->sample_hz()) *
                         (1 + clock_ppm / 1e6));  // the moment, by our clock
      RecordedPacket packet;
      packet.payload.resize(1500);
      packet.payload.resize(encoder->encode(frame, packet.payload));
      media::RecordEntry& entry = packet.entry;
      entry.kind = media::RecordEntry::Kind::kPacket;
      entry.recording = recording;
      entry.side = side;
      entry.codec = codec;
      entry.clock_hz = info.clock_hz;
      entry.ssrc = ssrc;
      entry.sequence = sequence++;
      entry.timestamp = timestamp;
      entry.payload_bytes = static_cast<std::uint16_t>(packet.payload.size());
      timestamp += info.clock_hz / 50;
      const double sent_ms = (ms + 20) * (1 + clock_ppm / 1e6);
      const double arrival_ms = sent_ms + delay_ms + random.unit() * jitter_ms;
      entry.at = start + std::chrono::nanoseconds(static_cast<std::int64_t>(arrival_ms * 1e6));
      if (random.unit() >= loss) out.push_back(std::move(packet));
    }
    return out;
  }
};

// All packets in the order of their arrival.
inline std::vector<RecordedPacket> merged(std::vector<std::vector<RecordedPacket>> parts) {
  std::vector<RecordedPacket> all;
  for (auto& part : parts)
    for (auto& packet : part) all.push_back(std::move(packet));
  std::stable_sort(all.begin(), all.end(), [](const RecordedPacket& a, const RecordedPacket& b) {
    return a.entry.at < b.entry.at;
  });
  return all;
}

}  // namespace pbx::test
