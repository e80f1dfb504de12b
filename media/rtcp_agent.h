// media/rtcp_agent.h — the RTCP of one leg: when a report is due, what it says, what the other
// side's reports tell (RFC 3550 6).
//
// Pure.  Owner: the session.

#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/random.h"
#include "core/base/time.h"
#include "media/rtcp.h"
#include "media/rtp_statistics.h"

namespace pbx::media {

// What the remote side said about the packets we sent it.
struct RemoteReport {
  bool known = false;
  std::uint64_t lost = 0;
  std::uint32_t jitter_ticks = 0;
  double loss_ratio = 0;                    // of the last interval
  std::chrono::microseconds round_trip{0};  // 0: never measured
};

class RtcpAgent {
 public:
  struct Options {
    core::Duration interval = std::chrono::seconds(5);  // mean; 0: sends none
    core::Duration wall_offset{0};                      // see ntp_time()
  };
  RtcpAgent(const Options& options, core::Random random);

  void start(core::Instant now);
  [[nodiscard]] bool is_due(core::Instant now) const;

  // Writes a compound and sets the time of the next: uniform within 0.5 to 1.5 of the interval, so
  // that calls which began together do not report together (RFC 3550 6.2, 6.3.1).
  [[nodiscard]] std::size_t write(core::Instant now, std::uint32_t ssrc, bool bye,
                                  const SendStatistics& sent, ReceiveStatistics& received,
                                  std::span<std::uint8_t> out);

  // Takes a compound; false: it is not RTCP.
  bool on_compound(core::Instant now, std::span<const std::uint8_t> datagram, std::uint32_t ssrc,
                   ReceiveStatistics& received);

  [[nodiscard]] const RemoteReport& remote() const { return remote_; }

 private:
  void on_block(core::Instant now, const ReportBlock& block);

  Options options_;
  core::Random random_;
  std::string cname_;  // random and short-lived (RFC 7022)
  core::Instant next_{};
  bool started_ = false;
  RemoteReport remote_;
};

}  // namespace pbx::media
