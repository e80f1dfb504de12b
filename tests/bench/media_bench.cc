// tests/bench/media_bench.cc — what media costs: CPU per call-second and memory per session.
//
//   media_bench [calls] [seconds]
//
// A child process plays the telephones (rtp_load.h); all CPU of this process, user and system, is
// that of the thing measured.  The bare loop is epoll, recv and sendto without looking at a packet,
// in the same run: machines differ, the ratio does not.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "media/recording_thread.h"
#include "media/worker.h"
#include "tests/bench/bare_work.h"
#include "tests/bench/rtp_load.h"

using namespace pbx;

namespace {

double resident_kb() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

struct Row {
  std::string what;
  double cpu_ms = 0;  // per call and second
  bench::LoadResult load;
};

void print(const Row& row, double bare_ms) {
  const double lost = row.load.sent == 0 ? 0
                                         : 100.0 * (1 - static_cast<double>(row.load.received) /
                                                            static_cast<double>(row.load.sent));
  std::printf("%-34s %8.3f ms/call-s %8.2f us/packet  ratio %5.2f  lost %.2f %%\n",
              row.what.c_str(), row.cpu_ms, row.cpu_ms * 10, row.cpu_ms / bare_ms, lost);
}

constexpr std::uint16_t kFirstPort = 20000;
core::SocketAddress ours(std::size_t phone) {
  return {*core::parse_ip("127.0.0.3"), static_cast<std::uint16_t>(kFirstPort + 2 * phone)};
}

// Runs `load` against `targets` and measures this process meanwhile.
Row measure(const std::string& what, bench::RtpLoad& load, std::size_t calls, double seconds,
            const std::function<void(core::Instant until)>& work) {
  std::vector<core::SocketAddress> targets;
  for (std::size_t i = 0; i < 2 * calls; ++i) targets.push_back(ours(i));
  load.start(targets, seconds);
  const double before = bench::cpu_s();
  work(core::monotonic_now() + std::chrono::milliseconds(static_cast<int>(seconds * 1000) + 50));
  Row row{what, 0, {}};
  row.load = load.join();
  row.cpu_ms = (bench::cpu_s() - before) * 1000 / static_cast<double>(calls) / seconds;
  return row;
}

// --- the worker ---

call::MediaParams params(const core::SocketAddress& remote, call::Codec codec) {
  call::MediaParams out;
  const call::CodecInfo& info = call::info(codec);
  const call::Format format{codec, static_cast<std::uint8_t>(info.static_payload_type),
                            info.clock_hz, ""};
  out.remote_rtp = remote;
  out.send = format;
  out.receive = {format, {call::Codec::kPcmu, 0, 8000, ""}};
  return out;
}

struct WorkerCase {
  std::string what;
  call::Codec codec_b = call::Codec::kPcmu;  // of every second leg
  bool recorded = false;
};

void complain(const call::MediaEvent& event) {
  if (const auto* failed = std::get_if<call::MediaFailed>(&event))
    std::fprintf(stderr, "failed: %s\n", failed->detail.c_str());
  if (const auto* done = std::get_if<call::RecordingDone>(&event); done && done->incomplete)
    std::fprintf(stderr, "incomplete: %s\n", done->problem.c_str());
}

Row run_worker(const WorkerCase& one, bench::RtpLoad& load, std::size_t calls, double seconds) {
  std::optional<media::RecordingThread> recording;
  std::string directory = "/tmp/media-bench-XXXXXX";
  media::WorkerOptions options;
  if (one.recorded) {
    if (::mkdtemp(directory.data()) == nullptr) std::perror("mkdtemp"), std::exit(1);
    media::RecordingThreadOptions to_disk;
    to_disk.directory = directory;
    recording.emplace(to_disk, complain);
    options.recording = &recording->ring(0);
  }
  media::Worker worker(options, complain);
  const double before_kb = resident_kb();
  for (std::size_t i = 0; i < 2 * calls; ++i) {
    const bool second = i % 2 == 1;
    worker.post(
        call::MediaOpen{{i + 1},
                        {i / 2 + 1},
                        ours(i),
                        params(load.address(i), second ? one.codec_b : call::Codec::kPcmu)});
    if (!second) continue;
    worker.post(call::MediaConnect{{i}, {i + 1}});
    if (one.recorded) worker.post(call::MediaRecord{{i}, {i}, {i}, {i + 1}});
  }
  ::usleep(200'000);
  Row row = measure(one.what, load, calls, seconds, [](core::Instant until) {
    ::usleep(static_cast<useconds_t>((until - core::monotonic_now()).count() / 1000));
  });
  std::printf("%-34s %8.1f KB per call\n", (one.what + ", memory").c_str(),
              (resident_kb() - before_kb) / static_cast<double>(calls));
  worker.stop();
  if (recording) {
    recording->stop();
    std::filesystem::remove_all(directory);
  }
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t calls = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 200;
  const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 5;
  std::printf("media bench: %zu calls, %.0f s, G.711 20 ms both ways, loopback\n", calls, seconds);
  bench::RtpLoad load(calls);
  double bare_ms = 0;
  {
    bench::BareRelay bare(ours(0), 2 * calls);
    const Row row = measure("bare epoll, recv, sendto", load, calls, seconds,
                            [&](core::Instant until) { bare.run(until); });
    bare_ms = row.cpu_ms;
    print(row, bare_ms);
  }
  print(run_worker({"relay PCMU"}, load, calls, seconds), bare_ms);
  print(run_worker({"relay PCMU, recorded", call::Codec::kPcmu, true}, load, calls, seconds),
        bare_ms);
  const double codec_ms = bench::bare_codec_ms();
  std::printf("%-34s %8.3f ms/call-s\n", "bare PCMU to G.722 codec work", codec_ms);
  const Row transcoded =
      run_worker({"transcoded PCMU to G.722", call::Codec::kG722}, load, calls, seconds);
  print(transcoded, bare_ms);
  std::printf("%-34s %8.2f of the bare codec work, %.2f of codec and bare loop together\n", "",
              transcoded.cpu_ms / codec_ms, transcoded.cpu_ms / (codec_ms + bare_ms));
  return 0;
}
