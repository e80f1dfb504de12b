// tools/call_load/rtp_engine.h — sends, receives and measures the RTP of all legs.
//
// Owner: the RTP thread (or the only thread).  Commands arrive and reports leave through Rings.
// step() is called once a millisecond: legs are spread over the milliseconds of a packet interval,
// so the load is even; each leg's socket is read every kReadEvery packet intervals with one system
// call, which loses nothing (socket buffers hold seconds) and costs a fraction of a wake-up for
// each packet.  Arrival times are the kernel's, so this does not touch the measured delay.
//
// Units: nanoseconds.  Neither sending nor receiving allocates or logs.

#pragma once

#include <netinet/in.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/base/net.h"
#include "core/base/time.h"
#include "tools/call_load/histogram.h"
#include "tools/call_load/media_port.h"
#include "tools/call_load/options.h"
#include "tools/call_load/receive_counter.h"
#include "tools/call_load/ring.h"
#include "tools/call_load/rtp_packet.h"
#include "tools/call_load/udp.h"

namespace pbx::call_load {

struct MediaCommand {
  enum class Kind : std::uint8_t { kOpen, kConnect, kStart, kPause, kClose };
  Kind kind = Kind::kOpen;
  MediaLeg leg;
  int fd = -1;                 // kOpen
  core::SocketAddress remote;  // kConnect
  Codec codec = Codec::kPcmu;  // kConnect
};

struct MediaTimes {
  std::array<Histogram, 2> delay;  // by receiving side: one way, through the server
  Histogram jitter;         // deviation of the interval between successive packets from ptime
  Histogram first_packet;   // from the start of sending to the first packet heard
  Histogram tick_lateness;  // of the generator's own clock tick
  std::uint64_t ticks_skipped = 0;  // the generator was stopped for longer than kCatchUp
  std::uint64_t clock_steps = 0;    // delays that make no sense: the wall clock was set
  std::uint64_t datagrams_sent = 0, send_errors = 0;
  std::uint64_t datagrams_received = 0, not_rtp = 0;
  std::uint64_t strays = 0;  // on a shared socket: for no open leg
};

class RtpEngine {
 public:
  static constexpr core::Duration kTick = std::chrono::milliseconds(1);
  static constexpr core::Duration kCatchUp = std::chrono::milliseconds(100);
  static constexpr unsigned kReadEvery = 5;
  static constexpr unsigned kReadRounds = 8;  // batches taken from one socket at a time

  // shared_fds: empty if each leg has a socket of its own.
  RtpEngine(const Options& options, std::vector<int> shared_fds, Ring<MediaCommand>& commands,
            Ring<MediaReport>& reports);

  void step(core::Instant now);
  [[nodiscard]] core::Instant next_tick() const { return next_tick_; }
  // From now on delays are recorded.  Any thread.
  void begin_measuring() { is_measuring_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] const MediaTimes& times() const { return times_; }

 private:
  struct Stream {
    MediaLeg leg;
    int fd = -1;            // -1: closed
    sockaddr_in6 remote{};  // holds IPv4 as well
    core::SocketAddress remote_address;
    socklen_t remote_size = 0;
    bool is_sending = false;
    bool is_resumed = true;  // the next packet is the first after silence
    bool has_heard = false;
    std::uint8_t payload_type = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0, ssrc = 0;
    std::uint32_t mark_sequence = 0;
    std::uint32_t wheel_slot = 0, wheel_place = 0;
    unsigned until_read = kReadEvery;
    core::Instant started{};
    std::int64_t last_arrival_ns = 0;
    ReceiveCounter marked, unmarked;
    SequenceExtender extender;
    std::uint64_t unmarked_count = 0, unmarked_lost = 0, crossed = 0;
    std::uint64_t sent = 0;
  };

  void take_commands(core::Instant now);
  void apply(core::Instant now, const MediaCommand& command);
  void open(const MediaCommand& command);
  void connect(Stream& stream, const MediaCommand& command);
  void forget_remote(const Stream& stream);
  void close(core::Instant now, Stream& stream);

  void tick(core::Instant now);
  void send(Stream& stream);
  void queue(const Stream& stream, std::size_t size);
  void flush();

  // `owner`: whose socket it is; nullptr for a shared one.
  void read(core::Instant now, int fd, Stream* owner);
  Stream* find_receiver(const UdpReader::Datagram& datagram, const RtpView& view);
  void receive(core::Instant now, Stream& stream, const UdpReader::Datagram& datagram,
               const RtpView& view);
  void receive_unmarked(Stream& stream, const RtpHeader& header, std::int64_t arrived_ns);
  void record_interval(Stream& stream, bool is_successive, std::int64_t arrived_ns);

  const Options& options_;
  std::vector<int> shared_fds_;
  Ring<MediaCommand>& commands_;
  Ring<MediaReport>& reports_;

  std::vector<Stream> streams_;                    // by leg index; grows with the calls at a time
  std::vector<std::vector<std::uint32_t>> wheel_;  // legs by millisecond of the packet interval
  std::unordered_map<core::SocketAddress, std::uint32_t> by_remote_;  // shared sockets only
  core::Instant next_tick_{};
  std::uint64_t ticks_ = 0;
  std::uint32_t next_wheel_slot_ = 0;

  static constexpr std::size_t kPacketMax = kRtpHeaderSize + 8 * 60;
  static constexpr std::size_t kSendBatch = 16;  // small, so that send times stay true
  struct Outgoing {
    std::array<std::array<std::uint8_t, kPacketMax>, kSendBatch> packets;
    std::array<sockaddr_in6, kSendBatch> to;
    std::array<iovec, kSendBatch> vectors;
    std::array<mmsghdr, kSendBatch> headers;
    std::size_t size = 0;
    int fd = -1;
  };
  Outgoing out_;
  std::array<std::vector<std::uint8_t>, 2> payload_;  // by side; the mark is written over it
  UdpReader reader_;
  std::atomic<bool> is_measuring_{false};
  MediaTimes times_;
};

}  // namespace pbx::call_load
