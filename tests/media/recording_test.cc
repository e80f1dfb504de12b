// Recording of whole calls: engine, tap, ring, recorder; and the threads with a real disk.

#include <doctest/doctest.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "core/base/clock.h"
#include "media/recorder.h"
#include "media/recording_thread.h"
#include "media/wav_file.h"
#include "tests/support/audio_phone.h"
#include "tests/support/netem.h"

using namespace pbx;
using namespace pbx::test;
using call::Codec;

namespace {

constexpr core::RecordingId kRecording{0x51};

class MemoryStore : public media::RecordingStore {
 public:
  struct Sink : media::RecordingSink {
    explicit Sink(std::vector<std::uint8_t>& into) : file(into) {}
    core::Result<> write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
      if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
      std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
      return {};
    }
    core::Result<Closed> close() override { return Closed{file.size(), ""}; }
    std::vector<std::uint8_t>& file;
  };
  core::Result<std::unique_ptr<media::RecordingSink>> create(const std::string&) override {
    return std::make_unique<Sink>(file);
  }
  std::uint64_t free_bytes() const override { return ~std::uint64_t{0}; }
  std::vector<std::uint8_t> file;
};

// A click of 6 ms every 250 ms, by the clock of the rig: inside one packet.
std::int16_t click(double seconds, double hz) {
  const double in_period = std::fmod(seconds, 0.25) - 0.007;
  if (in_period < 0 || in_period >= 0.006) return 0;
  return static_cast<std::int16_t>(12000 * std::sin(2 * std::numbers::pi * hz * in_period));
}

// A phone that says what a function of time says, through a bad network.
struct Speaker {
  Speaker(Phone& of, const support::NetemOptions& network, std::uint64_t seed)
      : phone(of), netem(network, seed) {
    set_codec(of.params.send->codec);
  }
  void set_codec(Codec codec) {
    const call::Format format = format_of(codec);
    encoder = std::move(*media::make_encoder(format));
    payload_type = format.payload_type;
    ticks = format.clock_hz / 50;
  }
  template <typename Sound>
  void say(MediaRig& rig, Sound&& sound) {
    const double from = std::chrono::duration<double>(rig.now.time_since_epoch()).count();
    std::vector<std::int16_t> frame(encoder->sample_hz() / 50);
    for (std::size_t i = 0; i < frame.size(); ++i)
      frame[i] = sound(from + static_cast<double>(i) / encoder->sample_hz());
    std::vector<std::uint8_t> payload(1500);
    payload.resize(encoder->encode(frame, payload));
    std::vector<std::uint8_t> bytes(media::kRtpHeaderBytes + payload.size());
    media::write_rtp({payload_type, false, phone.sequence++, phone.timestamp, phone.ssrc}, payload,
                     bytes);
    phone.timestamp += ticks;
    netem.send(rig.now, bytes);
  }
  void arrive(MediaRig& rig) {
    while (auto bytes = netem.receive(rig.now))
      rig.deliver(phone, media::Port::kRtp, phone.address, bytes->second);
  }
  Phone& phone;
  support::Netem<std::vector<std::uint8_t>> netem;
  std::unique_ptr<media::Encoder> encoder;
  std::uint8_t payload_type = 0;
  std::uint32_t ticks = 160;
};

struct RecordedCall {
  RecordedCall(Codec codec_a, Codec codec_b, const support::NetemOptions& network)
      : a(rig.add_phone(1, codec_a), network, 11), b(rig.add_phone(2, codec_b), network, 22) {
    rig.open(a.phone);
    rig.open(b.phone);
    rig.apply(call::MediaConnect{{1}, {2}});
    rig.apply(call::MediaRecord{kRecording, {7}, {1}, {2}});
  }
  template <typename SoundA, typename SoundB>
  void talk(core::Duration time, SoundA&& sound_a, SoundB&& sound_b, bool a_speaks = true) {
    for (const core::Instant until = rig.now + time; rig.now < until;) {
      if (a_speaks) a.say(rig, sound_a);
      b.say(rig, sound_b);
      for (int ms = 0; ms < 20; ++ms) {
        a.arrive(rig);
        b.arrive(rig);
        rig.pass(1ms);
      }
      drain();
    }
  }
  void drain() {
    ring.read(1'000'000,
              [&](const media::RecordEntry& entry, std::span<const std::uint8_t> payload) {
                recorder.on_entry(entry, payload);
              });
    recorder.on_time(rig.now);
  }
  media::WavAudio stop() {
    rig.apply(call::MediaStopRecord{kRecording});
    drain();
    REQUIRE(done.size() == 1);
    CHECK_FALSE(done[0].incomplete);
    auto audio = media::decode_wav(store.file);
    REQUIRE(audio);
    return *audio;
  }

  media::RecordRing ring{1 << 20};
  media::RecorderTap tap{ring};
  MediaRig rig{{}, &tap};
  Speaker a, b;
  MemoryStore store;
  std::vector<call::RecordingDone> done;
  media::Recorder recorder{
      {}, store, [this](call::RecordingDone one) { done.push_back(std::move(one)); }};
};

double worst_offset_ms(const media::WavAudio& audio, int pairs_min) {
  const auto left = onsets(media::channel_of(audio, 0), 660, 2500);
  const auto right = onsets(media::channel_of(audio, 1), 660, 2500);
  std::int64_t worst = 0;
  int pairs = 0;
  for (const std::int64_t l : left)
    for (const std::int64_t r : right)
      if (std::abs(l - r) < 800) worst = std::max(worst, std::abs(l - r)), ++pairs;
  CHECK(pairs >= pairs_min);
  return static_cast<double>(worst) / 8;
}

constexpr auto kClick = [](double seconds) { return click(seconds, 1000); };
constexpr auto kQuiet = [](double) { return std::int16_t{0}; };
constexpr auto kTone = [](double seconds) {
  return static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * 500 * seconds));
};

}  // namespace

TEST_CASE("recording leaves the call on the relay path; a tone is in one channel only") {
  for (const bool on_left : {true, false}) {
    RecordedCall call(Codec::kPcmu, Codec::kPcmu, {});
    if (on_left)
      call.talk(4s, kTone, kQuiet);
    else
      call.talk(4s, kQuiet, kTone);
    CHECK(call.rig.engine.path_of({1}) == media::PathKind::kRelay);
    const auto audio = call.stop();
    const auto with = media::channel_of(audio, on_left ? 0 : 1);
    const auto without = media::channel_of(audio, on_left ? 1 : 0);
    CHECK(snr_db(std::span(with).subspan(4000, 24000), 500, 8000) > 30);
    CHECK(rms(without) < 10);
  }
}

TEST_CASE("the channels stay together through loss, hold, another codec and transcoding") {
  support::NetemOptions bad;
  bad.loss = 0.05;
  bad.jitter = 25ms;
  bad.reorder = 0.02;
  bad.duplicate = 0.02;
  RecordedCall call(Codec::kPcmu, Codec::kPcmu, bad);
  call.talk(10s, kClick, kClick);
  // A is held: it falls silent, its clock stands still, it hears music.
  call.a.phone.params.direction = call::Direction::kSendOnly;
  call.rig.update(call.a.phone);
  call.rig.apply(call::MediaPlay{{1}, {1}, call::PlayMusic{}, true});
  call.talk(7s, kClick, kClick, false);
  call.rig.apply(call::MediaStopPlay{{1}});
  call.a.phone.params.direction = call::Direction::kSendRecv;
  call.rig.update(call.a.phone);
  call.talk(10s, kClick, kClick);
  // B changes to G.722: from here on the call is transcoded.
  call.b.phone.params.send = format_of(Codec::kG722);
  call.b.phone.params.receive.front() = format_of(Codec::kG722);
  call.rig.update(call.b.phone);
  call.b.set_codec(Codec::kG722);
  call.talk(10s, kClick, kClick);
  CHECK(call.rig.engine.path_of({1}) == media::PathKind::kTick);
  const auto audio = call.stop();
  CHECK(call.done[0].duration == 37s);
  CHECK(audio.frames() == 37u * 8000);
  CHECK(worst_offset_ms(audio, 90) <= 20);
  // Held: nothing of A, and no music.
  const auto left = media::channel_of(audio, 0);
  CHECK(rms(std::span(left).subspan(10500 * 8, 6000 * 8)) < 10);
}

TEST_CASE("without another side the right channel is what the exchange says") {
  media::RecordRing ring(1 << 20);
  media::RecorderTap tap(ring);
  MediaRig rig({}, &tap);
  AudioPhone phone(rig.add_phone(1, Codec::kPcma), 500);
  rig.open(phone.phone());
  rig.apply(call::MediaEcho{{1}});
  rig.apply(call::MediaRecord{kRecording, {7}, {1}, {}});
  for (int i = 0; i < 100; ++i) {
    phone.say(rig);
    rig.pass(20ms);
  }
  rig.apply(
      call::MediaPlay{{1}, {1}, call::PlayTone{call::Tone::kDial, config::Country::kUs}, true});
  rig.pass(2s);
  rig.apply(call::MediaClose{{1}});  // ends the recording too
  MemoryStore store;
  std::vector<call::RecordingDone> done;
  media::Recorder recorder({}, store,
                           [&](call::RecordingDone one) { done.push_back(std::move(one)); });
  ring.read(1'000'000, [&](const media::RecordEntry& entry, std::span<const std::uint8_t> payload) {
    recorder.on_entry(entry, payload);
  });
  REQUIRE(done.size() == 1);
  const auto audio = media::decode_wav(store.file);
  REQUIRE(audio);
  const auto right = media::channel_of(*audio, 1);
  CHECK(amplitude_at(std::span(right).subspan(4000, 8000), 500, 8000) > 7000);
  CHECK(amplitude_at(std::span(right).subspan(20000, 8000), 350, 8000) > 500);
}

TEST_CASE("worker, recording thread and disk") {
  std::string name = (std::filesystem::temp_directory_path() / "pbx-rec-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<call::RecordingDone> done;
  const media::EventSink sink = [&](call::MediaEvent event) {
    if (auto* one = std::get_if<call::RecordingDone>(&event)) {
      const std::lock_guard lock(mutex);
      done = std::move(*one);
      changed.notify_all();
    }
  };
  {
    core::MetricsRegistry registry;
    media::RecordingThreadOptions options;
    options.directory = name;
    options.metrics = &registry;
    media::RecordingThread thread(options, sink);
    media::WorkerOptions worker_options;
    worker_options.recording = &thread.ring(0);
    media::Worker worker(worker_options, sink);
    call::MediaParams params;
    params.send = call::Format{};
    params.receive = {call::Format{}};
    for (std::uint16_t port = 41000; port < 60000; port = static_cast<std::uint16_t>(port + 614)) {
      media::SocketSet probe{media::SocketSetOptions{}};
      const core::SocketAddress local{*core::parse_ip("127.0.0.1"), port};
      if (!probe.open(0, local, 0)) continue;
      probe.close(0);
      worker.post(call::MediaOpen{{1}, {1}, local, params});
      break;
    }
    worker.post(call::MediaRecord{kRecording, {7}, {1}, {}});
    worker.post(
        call::MediaPlay{{1}, {1}, call::PlayTone{call::Tone::kDial, config::Country::kUs}, true});
    std::unique_lock lock(mutex);
    changed.wait_for(lock, 400ms, [] { return false; });
    lock.unlock();
    worker.stop();
    lock.lock();
    REQUIRE(changed.wait_for(lock, 10s, [&] { return done.has_value(); }));
    lock.unlock();
    thread.stop();
    CHECK(registry.serialize().find("strowger_media_recordings_finished_total 1") !=
          std::string::npos);
  }
  CHECK_FALSE(done->incomplete);
  CHECK(done->sha256.size() == 64);
  const std::filesystem::path file = std::filesystem::path(name) / done->path;
  CHECK(std::filesystem::file_size(file) == done->size_bytes);
  std::ifstream in(file, std::ios::binary);
  std::vector<std::uint8_t> bytes(done->size_bytes);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  CHECK(media::decode_wav(bytes).has_value());
  std::filesystem::remove_all(name);
}
