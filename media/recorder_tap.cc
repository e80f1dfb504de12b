#include "media/recorder_tap.h"

#include <algorithm>

namespace pbx::media {

void RecorderTap::start(core::Instant now, const Start& start) {
  active_.push_back({start.recording, start.call});
  RecordEntry entry;
  entry.kind = RecordEntry::Kind::kStart;
  entry.recording = start.recording;
  entry.call = start.call;
  entry.started = start.started;
  entry.wideband = start.wideband;
  entry.at = now;
  write_control(entry);
}

void RecorderTap::stop(core::Instant now, core::RecordingId recording) {
  const auto found = std::find_if(active_.begin(), active_.end(),
                                  [&](const Active& a) { return a.recording == recording; });
  if (found == active_.end()) return;
  RecordEntry entry;
  entry.kind = RecordEntry::Kind::kStop;
  entry.recording = recording;
  entry.call = found->call;
  entry.lost = found->lost;
  entry.at = now;
  active_.erase(found);
  write_control(entry);
}

void RecorderTap::packet(core::RecordingId recording, RecordSide side, const call::Format& format,
                         const RtpHeader& header, core::Instant arrival,
                         std::span<const std::uint8_t> payload) {
  RecordEntry entry;
  entry.kind = RecordEntry::Kind::kPacket;
  entry.side = side;
  entry.codec = format.codec;
  entry.marker = header.marker;
  entry.sequence = header.sequence;
  entry.timestamp = header.timestamp;
  entry.ssrc = header.ssrc;
  entry.clock_hz = format.clock_hz;
  entry.at = arrival;
  entry.recording = recording;
  if (waiting_.empty() && ring_.write(entry, payload)) return;
  ++dropped_;
  for (Active& active : active_)
    if (active.recording == recording) ++active.lost;
}

void RecorderTap::write_control(const RecordEntry& entry) {
  waiting_.push_back(entry);
  flush();
}

void RecorderTap::flush() {
  std::size_t written = 0;
  while (written < waiting_.size() && ring_.write(waiting_[written], {})) ++written;
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(written));
}

}  // namespace pbx::media
