// The RTP engine on real loopback sockets under a clock of the test.

#include "tools/call_load/rtp_engine.h"

#include <doctest/doctest.h>
#include <time.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kSerial = 77;

// Two legs of a call with a socket each, and a third socket that plays the server.
struct Bench {
  explicit Bench(const Options& given, bool is_shared = false) : options(given) {
    for (core::UniqueFd& fd : fds) {
      auto opened = open_udp({loopback(), 0});
      REQUIRE(opened.has_value());
      fd = std::move(*opened);
      stamp_arrivals(fd.get());
    }
    const std::vector<int> shared = {fds[0].get()};
    engine.emplace(options, is_shared ? shared : std::vector<int>{}, commands, reports);
    engine->begin_measuring();
  }
  [[nodiscard]] core::SocketAddress address(std::size_t socket) const {
    return local_address(fds[socket].get());
  }
  void command(MediaCommand::Kind kind, std::uint32_t leg, int fd = -1,
               core::SocketAddress remote = {}) {
    MediaCommand command;
    command.kind = kind;
    command.leg = {leg, kSerial + leg / 2};
    command.fd = fd;
    command.remote = remote;
    commands.push(command);
  }
  void open(std::uint32_t leg, std::size_t socket, const core::SocketAddress& remote) {
    command(MediaCommand::Kind::kOpen, leg, fds[socket].get());
    command(MediaCommand::Kind::kConnect, leg, -1, remote);
  }
  void run(core::Duration time) {
    for (const core::Instant end = now + time; now < end; now += 1ms) engine->step(now);
  }
  // Closes the leg; the kernel gets some time to deliver what is on its way.
  MediaReport close(std::uint32_t leg) {
    const timespec pause{0, 20'000'000};
    ::nanosleep(&pause, nullptr);
    run(200ms);
    command(MediaCommand::Kind::kClose, leg);
    run(1ms);
    const auto report = reports.pop();
    REQUIRE(report.has_value());
    CHECK(report->leg.index == leg);
    return *report;
  }
  void server_sends(std::size_t to, const RtpHeader& header, const PacketMark* mark) {
    std::array<std::uint8_t, 172> packet{};
    write_header(packet, header);
    if (mark != nullptr) write_mark(std::span(packet).subspan(kRtpHeaderSize), *mark);
    sockaddr_storage address;
    const socklen_t size = core::to_sockaddr(this->address(to), address);
    CHECK(::sendto(fds[2].get(), packet.data(), packet.size(), 0,
                   reinterpret_cast<sockaddr*>(&address), size) == 172);
  }

  Options options;
  std::array<core::UniqueFd, 3> fds;
  Ring<MediaCommand> commands;
  Ring<MediaReport> reports;
  std::optional<RtpEngine> engine;
  core::Instant now{std::chrono::seconds(50)};
};

}  // namespace

TEST_CASE("two legs send each other a packet every 20 ms, all arrive") {
  for (const bool is_shared : {false, true}) {
    Bench bench(options_for(true), is_shared);
    bench.open(0, 0, bench.address(is_shared ? 0 : 1));
    bench.open(1, is_shared ? 0 : 1, bench.address(0));
    bench.run(100ms);
    CHECK(bench.engine->times().datagrams_sent == 0);
    bench.command(MediaCommand::Kind::kStart, 0);
    bench.command(MediaCommand::Kind::kStart, 1);
    bench.run(1s);
    bench.command(MediaCommand::Kind::kPause, 0);
    bench.command(MediaCommand::Kind::kPause, 1);
    for (const std::uint32_t leg : {0u, 1u}) {
      const MediaReport report = bench.close(leg);
      CHECK(report.sent == 50);
      CHECK(report.marked == 50);
      CHECK(report.first == 0);
      CHECK(report.highest == 49);
      CHECK(report.reordered + report.duplicated + report.crossed + report.unmarked == 0);
    }
    const MediaTimes& times = bench.engine->times();
    CHECK(times.delay[0].count() == 50);
    CHECK(times.delay[1].count() == 50);
    CHECK(times.first_packet.count() == 2);
    CHECK(times.jitter.count() == 98);
    CHECK(times.strays + times.not_rtp + times.send_errors + times.clock_steps == 0);
  }
}

TEST_CASE("a pause leaves no gap in the marks but takes RTP time") {
  Bench bench(options_for(true));
  bench.open(0, 0, bench.address(2));
  bench.command(MediaCommand::Kind::kStart, 0);
  bench.run(100ms);
  bench.command(MediaCommand::Kind::kPause, 0);
  bench.run(1s);
  bench.command(MediaCommand::Kind::kStart, 0);
  bench.run(100ms);
  UdpReader reader(1500);
  REQUIRE(reader.read(bench.fds[2].get()) == 10);
  const auto view_of = [&](std::size_t i) { return *parse_rtp(reader[i].bytes); };
  const RtpHeader first = view_of(0).header;
  CHECK(first.is_marked);
  CHECK_FALSE(view_of(1).header.is_marked);
  CHECK(view_of(5).header.is_marked);
  for (std::size_t i = 0; i < 10; ++i) {
    const RtpView view = view_of(i);
    const std::uint32_t intervals = static_cast<std::uint32_t>(i < 5 ? i : i + 50);
    CHECK(view.header.sequence == static_cast<std::uint16_t>(first.sequence + i));
    CHECK(view.header.timestamp == first.timestamp + intervals * 160);
    CHECK(view.header.ssrc == first.ssrc);
    CHECK(view.payload.size() == 160);
    const auto mark = parse_mark(view.payload);
    REQUIRE(mark.has_value());
    CHECK(mark->sequence == i);
    CHECK(mark->serial == kSerial);
    CHECK(mark->leg == 0);
  }
}

TEST_CASE("packets of the server are told apart") {
  Bench bench(options_for(true));
  bench.open(1, 1, bench.address(2));
  RtpHeader header;
  PacketMark mark{0, kSerial, 5, 1};
  for (const std::uint32_t sequence : {5u, 6u, 8u, 7u, 7u}) {
    mark.sequence = sequence;
    bench.server_sends(1, header, &mark);
  }
  const PacketMark of_other_call{0, kSerial + 1, 6, 1};
  bench.server_sends(1, header, &of_other_call);
  const PacketMark of_other_leg{4, kSerial, 6, 1};
  bench.server_sends(1, header, &of_other_leg);
  for (const std::uint16_t sequence : {10, 11, 14}) {
    header.sequence = sequence;
    bench.server_sends(1, header, nullptr);
  }
  sockaddr_storage to;
  const socklen_t size = core::to_sockaddr(bench.address(1), to);
  ::sendto(bench.fds[2].get(), "noise", 5, 0, reinterpret_cast<sockaddr*>(&to), size);
  const MediaReport report = bench.close(1);
  CHECK(report.marked == 4);
  CHECK(report.first == 5);
  CHECK(report.highest == 8);
  CHECK(report.reordered == 1);
  CHECK(report.duplicated == 1);
  CHECK(report.crossed == 2);
  CHECK(report.unmarked == 3);
  CHECK(report.unmarked_lost == 2);
  CHECK(bench.engine->times().not_rtp == 1);
  CHECK(bench.engine->times().clock_steps == 5);  // sent in 1970
}

TEST_CASE("on a shared socket the source tells whose an unmarked packet is") {
  Bench bench(options_for(false), true);
  bench.open(0, 0, bench.address(1));
  bench.open(2, 0, bench.address(2));
  RtpHeader header;
  bench.server_sends(0, header, nullptr);  // comes from socket 2
  const PacketMark for_leg_0{1, kSerial, 0, 1};
  bench.server_sends(0, header, &for_leg_0);  // but leg 0 talks with socket 1
  const PacketMark for_nobody{9, kSerial, 0, 1};
  bench.server_sends(0, header, &for_nobody);
  CHECK(bench.close(0).unmarked == 0);
  const MediaReport report = bench.close(2);
  CHECK(report.unmarked == 1);
  CHECK(report.crossed == 1);
  CHECK(bench.engine->times().strays == 1);
}

TEST_CASE("a tone has no mark, the codec gives the payload type") {
  Options options = options_for(false);
  options.tone = true;
  Bench bench(options);
  bench.command(MediaCommand::Kind::kOpen, 0, bench.fds[0].get());
  MediaCommand connect;
  connect.kind = MediaCommand::Kind::kConnect;
  connect.leg = {0, kSerial};
  connect.remote = bench.address(2);
  connect.codec = Codec::kPcma;
  bench.commands.push(connect);
  bench.command(MediaCommand::Kind::kStart, 0);
  bench.run(100ms);
  UdpReader reader(1500);
  REQUIRE(reader.read(bench.fds[2].get()) == 5);
  const auto view = parse_rtp(reader[0].bytes);
  CHECK(view->header.payload_type == 8);
  CHECK_FALSE(parse_mark(view->payload).has_value());
}

TEST_CASE("many legs are spread evenly over the milliseconds") {
  Options options = options_for(true);
  Bench bench(options);
  for (std::uint32_t leg = 0; leg < 200; leg += 2) bench.open(leg, 0, bench.address(2));
  for (std::uint32_t leg = 0; leg < 200; leg += 2) bench.command(MediaCommand::Kind::kStart, leg);
  for (int ms = 0; ms < 40; ++ms) {
    const std::uint64_t before = bench.engine->times().datagrams_sent;
    bench.run(1ms);
    CHECK(bench.engine->times().datagrams_sent - before == 5);
  }
}

TEST_CASE("after a short stall packets are sent late, after a long one not at all") {
  Bench bench(options_for(true));
  bench.open(0, 0, bench.address(2));
  bench.command(MediaCommand::Kind::kStart, 0);
  bench.run(20ms);
  bench.now += 60ms;
  bench.run(1ms);
  CHECK(bench.engine->times().datagrams_sent == 4);
  CHECK(bench.engine->times().ticks_skipped == 0);
  bench.now += 10s;
  bench.run(1ms);
  CHECK(bench.engine->times().datagrams_sent <= 5);
  CHECK(bench.engine->times().ticks_skipped >= 9900);
}
