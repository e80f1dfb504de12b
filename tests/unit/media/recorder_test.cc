#include "media/recorder.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "media/recording_recovery.h"
#include "media/wav_file.h"
#include "media/wav_writer.h"
#include "tests/support/record_source.h"

using namespace pbx;
using namespace pbx::media;
using namespace pbx::test;
using namespace std::chrono_literals;
using call::Codec;

namespace {

const core::Instant kStart{500s};
constexpr core::RecordingId kId{0xab};
constexpr core::CallId kCall{0x7f};

// Files in memory; fails on demand.
class MemoryStore : public RecordingStore {
 public:
  using File = std::vector<std::uint8_t>;
  class Sink : public RecordingSink {
   public:
    Sink(MemoryStore& store, File& file) : store_(store), file_(file) {}
    core::Result<> write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
      if (store_.full) return core::fail(core::ErrorCode::kLimitReached, "write: disk full");
      if (file_.size() < offset + bytes.size()) file_.resize(offset + bytes.size());
      std::copy(bytes.begin(), bytes.end(), file_.begin() + static_cast<std::ptrdiff_t>(offset));
      return {};
    }
    core::Result<Closed> close() override { return Closed{file_.size(), "hash"}; }

   private:
    MemoryStore& store_;
    File& file_;
  };
  core::Result<std::unique_ptr<RecordingSink>> create(const std::string& path) override {
    if (full) return core::fail(core::ErrorCode::kLimitReached, "create: disk full");
    return std::make_unique<Sink>(*this, files[path]);
  }
  std::uint64_t free_bytes() const override { return free; }

  std::map<std::string, File> files;
  bool full = false;
  std::uint64_t free = 1'000'000'000'000;
};

struct Rig {
  explicit Rig(RecorderOptions options = {})
      : recorder(options, store,
                 [this](call::RecordingDone done) { finished.push_back(std::move(done)); }) {}
  void start() {
    RecordEntry entry;
    entry.kind = RecordEntry::Kind::kStart;
    entry.recording = kId;
    entry.call = kCall;
    entry.started = *core::parse_iso8601("2026-11-22T23:59:59Z");
    entry.at = kStart;
    recorder.on_entry(entry, {});
  }
  void stop(core::Duration after, std::uint64_t lost = 0) {
    RecordEntry entry;
    entry.kind = RecordEntry::Kind::kStop;
    entry.recording = kId;
    entry.call = kCall;
    entry.at = kStart + after;
    entry.lost = lost;
    recorder.on_entry(entry, {});
  }
  // `ms` of tone on the left, with the recorder's timer every 50 ms.
  void talk(int from_ms, int until_ms) {
    for (const auto& packet :
         left.say(kStart, from_ms, until_ms, Codec::kPcmu, random, [](double s) {
           return static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * 500 * s));
         })) {
      for (; clock < packet.entry.at; clock += 50ms) recorder.on_time(clock);
      recorder.on_entry(packet.entry, packet.payload);
    }
  }
  const MemoryStore::File& file() { return store.files.begin()->second; }
  std::vector<std::int16_t> left_samples() {
    const auto audio = decode_wav(file());
    REQUIRE(audio);
    return channel_of(*audio, 0);
  }

  MemoryStore store;
  std::vector<call::RecordingDone> finished;
  Recorder recorder;
  RecordSource left{RecordSide::kLeft, kId};
  core::Random random{1};
  core::Instant clock = kStart;
};

struct TempDir {
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "pbx-rec-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a recording ends as a named file of its length and says so") {
  Rig rig;
  rig.start();
  rig.talk(0, 3000);
  rig.stop(3050ms);
  REQUIRE(rig.finished.size() == 1);
  const call::RecordingDone& done = rig.finished[0];
  CHECK(done.path == "2026/11/22/7f-ab.wav");
  CHECK(done.recording == kId);
  CHECK(done.call == kCall);
  CHECK(done.duration == 3050ms);
  CHECK_FALSE(done.incomplete);
  CHECK(done.sha256 == "hash");
  CHECK(done.size_bytes == 44 + 3050 * 32);
  const auto head = parse_wav(rig.file());
  REQUIRE(head);
  CHECK(head->data_bytes == 3050 * 32);
  const auto samples = rig.left_samples();
  CHECK(snr_db(std::span(samples).subspan(1000, 20000), 500, 8000) > 30);
}

TEST_CASE("the header is right every second, as a crash would find it") {
  Rig rig;
  rig.start();
  REQUIRE(parse_wav(rig.file()));
  rig.talk(0, 5000);
  const auto head = parse_wav(rig.file());
  REQUIRE(head);
  CHECK(head->data_bytes == rig.file().size() - 44);
  CHECK(head->data_bytes >= 3000 * 32);
}

TEST_CASE("A-law halves it") {
  Rig rig({WavEncoding::kAlaw});
  rig.start();
  rig.talk(0, 2000);
  rig.stop(2000ms);
  const auto head = parse_wav(rig.file());
  REQUIRE(head);
  CHECK(head->format.encoding == WavEncoding::kAlaw);
  CHECK(head->data_bytes == 2000 * 16);
}

TEST_CASE("a full disk leaves silence, the recording goes on when there is room again") {
  Rig rig;
  rig.start();
  rig.talk(0, 3000);
  rig.store.full = true;
  rig.talk(3000, 6000);
  rig.store.full = false;
  rig.talk(6000, 9000);
  rig.stop(9000ms);
  REQUIRE(rig.finished.size() == 1);
  CHECK(rig.finished[0].incomplete);
  CHECK(rig.finished[0].problem == "write: disk full");
  CHECK(rig.recorder.counters().write_errors > 0);
  const auto samples = rig.left_samples();
  CHECK(samples.size() == 9000 * 8);
  CHECK(amplitude_at(std::span(samples).subspan(0, 8000), 500, 8000) > 7000);
  CHECK(rms(std::span(samples).subspan(4000 * 8, 1000 * 8)) == 0);
  CHECK(amplitude_at(std::span(samples).subspan(7500 * 8, 8000), 500, 8000) > 7000);
}

TEST_CASE("a disk that is nearly full, or refuses the file, makes no file and says so") {
  Rig low(RecorderOptions{.disk_free_min = 1000});
  low.store.free = 10;
  low.start();
  low.talk(0, 1000);
  low.stop(1s);
  REQUIRE(low.finished.size() == 1);
  CHECK(low.finished[0].problem == "disk nearly full");
  CHECK(low.finished[0].path.empty());
  Rig refused;
  refused.store.full = true;
  refused.start();
  refused.stop(1s);
  REQUIRE(refused.finished.size() == 1);
  CHECK(refused.finished[0].problem == "create: disk full");
}

TEST_CASE("new options hold for the recordings that begin after them") {
  Rig rig;
  rig.start();
  rig.recorder.set_options({.encoding = WavEncoding::kAlaw});
  rig.talk(0, 1000);
  rig.stop(1s);
  const auto first = decode_wav(rig.file());
  REQUIRE(first);
  CHECK(first->format.encoding == WavEncoding::kPcm16);
  CHECK(first->frames() == 8000);
  rig.store.files.clear();
  rig.start();
  rig.stop(1s);
  CHECK(decode_wav(rig.file())->format.encoding == WavEncoding::kAlaw);
  rig.recorder.set_options({.disk_free_min = 1000});
  rig.store.free = 10;
  rig.start();
  rig.stop(1s);
  CHECK(rig.finished.back().problem == "disk nearly full");
}

TEST_CASE("packets that found no room make it incomplete") {
  Rig rig;
  rig.start();
  rig.stop(1s, 12);
  REQUIRE(rig.finished.size() == 1);
  CHECK(rig.finished[0].problem == "recording too slow: 12 packets missing");
}

TEST_CASE("the end of the exchange ends its recordings; packets of none are counted") {
  Rig rig;
  rig.start();
  rig.recorder.finish_all(kStart + 2s);
  REQUIRE(rig.finished.size() == 1);
  CHECK(rig.recorder.open() == 0);
  rig.talk(0, 100);
  CHECK(rig.recorder.counters().strays == 5);
}

TEST_CASE("files on a disk: hash, no overwriting, and mending after a crash") {
  TempDir dir;
  DiskStore store(dir.path);
  const std::vector<std::uint8_t> abc{'a', 'b', 'c'};
  {
    auto sink = store.create("x/abc.bin");
    REQUIRE(sink);
    REQUIRE((*sink)->write(0, abc));
    const auto closed = (*sink)->close();
    REQUIRE(closed);
    CHECK(closed->size_bytes == 3);
    CHECK(closed->sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
  CHECK(store.create("x/abc.bin").error().code == core::ErrorCode::kAlreadyExists);
  CHECK(store.free_bytes() > 0);

  const auto write = [&](const char* name, const WavFormat& format, std::size_t data) {
    const WavWriter::Header header = WavWriter::header_for(format, 400);
    std::ofstream file(dir.path / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(header.array.data()),
               static_cast<std::streamsize>(header.size));
    file << std::string(data, '\0');
  };
  write("crashed.wav", {}, 1203);
  write("crashed-alaw.wav", {WavEncoding::kAlaw}, 1203);
  write("whole.wav", {}, 400);
  std::ofstream(dir.path / "other.wav") << std::string(100, 'x');
  std::ofstream(dir.path / "notes.txt") << "no recording";
  const RecoveryResult result = recover_recordings(dir.path);
  CHECK(result.files == 4);
  CHECK(result.mended == 2);
  CHECK(result.failed == 1);
  CHECK(recover_recordings(dir.path).mended == 0);
  std::ifstream file(dir.path / "crashed.wav", std::ios::binary);
  std::vector<std::uint8_t> bytes(2000);
  file.read(reinterpret_cast<char*>(bytes.data()), 2000);
  CHECK(parse_wav(bytes)->data_bytes == 1200);
  const auto remains = examine_recording(dir.path / "crashed.wav");
  REQUIRE(remains);
  CHECK(remains->size_bytes == std::filesystem::file_size(dir.path / "crashed.wav"));
  CHECK(remains->duration == 37ms);  // 300 frames of 8000 Hz
  CHECK(remains->sha256.size() == 64);
  CHECK_FALSE(examine_recording(dir.path / "other.wav"));
  CHECK_FALSE(examine_recording(dir.path / "missing.wav"));
  CHECK(recover_recordings(dir.path / "missing").files == 0);
}
