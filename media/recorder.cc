#include "media/recorder.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/call/recording_rule.h"
#include "media/g711.h"
#include "media/wav_writer.h"

namespace pbx::media {
namespace {

constexpr std::size_t kFillBytes = 64 * 1024;  // of silence at a time
constexpr std::uint8_t kAlawSilence = 0xd5;

}  // namespace

struct Recorder::Open {
  core::CallId call;
  core::RecordingId recording;
  std::string path;
  core::Instant start;
  WavFormat format;
  RecordingTimeline timeline;
  std::unique_ptr<RecordingSink> sink;  // null: the file could not be made
  std::vector<std::int16_t> samples{};  // final, not written yet
  core::Instant advanced{}, flushed{};
  std::uint64_t position_bytes = 0;  // of audio, where the next samples belong
  std::uint64_t written_bytes = 0;   // of audio, in the file
  std::string problem{};             // the first one
};

Recorder::Recorder(const RecorderOptions& options, RecordingStore& store, Done done)
    : options_(options), store_(store), done_(std::move(done)) {}

Recorder::~Recorder() = default;

void Recorder::set_options(const RecorderOptions& options) {
  options_ = options;
  next_disk_check_ = {};
  disk_low_ = false;
}

void Recorder::on_entry(const RecordEntry& entry, std::span<const std::uint8_t> payload) {
  if (entry.kind == RecordEntry::Kind::kStart) return start(entry);
  const auto found = open_.find(entry.recording);
  if (found == open_.end()) {
    ++counters_.strays;
    return;
  }
  if (entry.kind == RecordEntry::Kind::kStop) return stop(found, entry.at, entry.lost);
  Open& open = *found->second;
  // By the time of the packets, not of their processing: falling behind changes nothing.
  if (entry.at - open.advanced >= kAdvance) {
    open.advanced = entry.at;
    open.timeline.advance(entry.at, open.samples);
  }
  open.timeline.put(entry, payload);
}

void Recorder::start(const RecordEntry& entry) {
  ++counters_.started;
  check_disk(entry.at);
  const std::uint32_t file_hz = options_.wideband && entry.wideband ? 16000 : 8000;
  const std::string path = call::recording_path(entry.started, entry.call, entry.recording);
  auto open = std::make_unique<Open>(Open{entry.call,
                                          entry.recording,
                                          path,
                                          entry.at,
                                          WavFormat{options_.encoding, 2, file_hz},
                                          RecordingTimeline(file_hz, entry.at),
                                          {}});
  open->advanced = open->flushed = entry.at;
  if (disk_low_) {
    mark(*open, "disk nearly full");
  } else if (auto sink = store_.create(path)) {
    open->sink = std::move(*sink);
    write_header(*open);
  } else {
    mark(*open, sink.error().detail);
  }
  open_[entry.recording] = std::move(open);
}

void Recorder::on_time(core::Instant now) {
  check_disk(now);
  for (auto& [id, open] : open_) {
    open->advanced = now;
    open->timeline.advance(now, open->samples);
    if (now - open->flushed < kFlush) continue;
    open->flushed = now;
    flush(*open);
  }
}

void Recorder::finish_all(core::Instant now) {
  while (!open_.empty()) stop(open_.begin(), now, 0);
}

void Recorder::stop(std::map<core::RecordingId, std::unique_ptr<Open>>::iterator at,
                    core::Instant end, std::uint64_t lost) {
  const std::unique_ptr<Open> open = std::move(at->second);
  open_.erase(at);
  if (lost > 0) mark(*open, fmt::format("recording too slow: {} packets missing", lost));
  open->timeline.finish(end, open->samples);
  flush(*open);
  call::RecordingDone done;
  done.recording = open->recording;
  done.call = open->call;
  if (open->sink) {
    done.path = open->path;
    if (auto closed = open->sink->close()) {
      done.size_bytes = closed->size_bytes;
      done.sha256 = std::move(closed->sha256);
    } else {
      mark(*open, closed.error().detail);
    }
  }
  done.duration = std::chrono::duration_cast<std::chrono::milliseconds>(end - open->start);
  done.problem = open->problem;
  done.incomplete = !open->problem.empty();
  ++counters_.finished;
  if (done.incomplete) ++counters_.incomplete;
  done_(std::move(done));
}

void Recorder::flush(Open& open) {
  const auto bytes = encode(open.format.encoding, open.samples);
  write(open, bytes);
  open.position_bytes += bytes.size();
  open.samples.clear();
  write_header(open);
}

void Recorder::write(Open& open, std::span<const std::uint8_t> bytes) {
  if (!open.sink || bytes.empty()) return;
  if (disk_low_) return mark(open, "disk nearly full");
  const std::size_t header_bytes = WavWriter::header_for(open.format, 0).size;
  // What could not be written before is silence.
  while (open.written_bytes < open.position_bytes) {
    const auto gap = std::min<std::uint64_t>(open.position_bytes - open.written_bytes, kFillBytes);
    const std::uint8_t quiet = open.format.encoding == WavEncoding::kAlaw ? kAlawSilence : 0;
    const std::vector<std::uint8_t> silence(gap, quiet);
    if (!open.sink->write(header_bytes + open.written_bytes, silence)) return;
    open.written_bytes += gap;
  }
  const auto written = open.sink->write(header_bytes + open.written_bytes, bytes);
  if (!written) {
    ++counters_.write_errors;
    return mark(open, written.error().detail);
  }
  open.written_bytes += bytes.size();
  counters_.bytes_written += bytes.size();
}

void Recorder::write_header(Open& open) {
  if (!open.sink) return;
  const WavWriter::Header header = WavWriter::header_for(open.format, open.written_bytes);
  const auto written = open.sink->write(0, header.bytes());
  if (!written) mark(open, written.error().detail);
}

void Recorder::mark(Open& open, const std::string& problem) {
  if (open.problem.empty()) open.problem = problem;
}

void Recorder::check_disk(core::Instant now) {
  if (options_.disk_free_min == 0 || now < next_disk_check_) return;
  next_disk_check_ = now + kFlush;
  disk_low_ = store_.free_bytes() < options_.disk_free_min;
}

std::span<const std::uint8_t> Recorder::encode(WavEncoding encoding,
                                               std::span<const std::int16_t> samples) {
  if (encoding == WavEncoding::kAlaw) {
    encoded_.resize(samples.size());
    std::transform(samples.begin(), samples.end(), encoded_.begin(), linear_to_alaw);
    return encoded_;
  }
  encoded_.resize(samples.size() * 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    encoded_[2 * i] = static_cast<std::uint8_t>(samples[i] & 0xff);
    encoded_[2 * i + 1] = static_cast<std::uint8_t>(static_cast<std::uint16_t>(samples[i]) >> 8);
  }
  return encoded_;
}

}  // namespace pbx::media
