#include "media/rtcp_agent.h"

#include <algorithm>

namespace pbx::media {
namespace {
constexpr std::size_t kCnameDigits = 24;  // 96 bits, RFC 7022 4.2
}

RtcpAgent::RtcpAgent(const Options& options, core::Random random)
    : options_(options), random_(random), cname_(random_.hex(kCnameDigits)) {}

void RtcpAgent::start(core::Instant now) {
  started_ = options_.interval > core::Duration::zero();
  // The first report comes after half the interval (RFC 3550 6.2).
  next_ = now + std::chrono::duration_cast<core::Duration>(options_.interval *
                                                           (0.25 + random_.unit() / 2));
}

bool RtcpAgent::is_due(core::Instant now) const { return started_ && now >= next_; }

std::size_t RtcpAgent::write(core::Instant now, std::uint32_t ssrc, bool bye,
                             const SendStatistics& sent, ReceiveStatistics& received,
                             std::span<std::uint8_t> out) {
  next_ =
      now + std::chrono::duration_cast<core::Duration>(options_.interval * (0.5 + random_.unit()));
  RtcpReport report;
  report.ssrc = ssrc;
  report.sender = sent.report(now, ntp_time(now, options_.wall_offset));
  report.cname = cname_;
  report.bye = bye;
  ReportBlock block;
  if (received.has_received()) {
    block = received.report(now);
    report.blocks = std::span(&block, 1);
  }
  return write_rtcp(report, out);
}

bool RtcpAgent::on_compound(core::Instant now, std::span<const std::uint8_t> datagram,
                            std::uint32_t ssrc, ReceiveStatistics& received) {
  const auto compound = parse_rtcp(datagram);
  if (!compound) return false;
  if (compound->sender) received.on_sender_report(compound->sender->ntp, now);
  if (const ReportBlock* block = compound->block_about(ssrc)) on_block(now, *block);
  return true;
}

void RtcpAgent::on_block(core::Instant now, const ReportBlock& block) {
  remote_.known = true;
  remote_.lost = static_cast<std::uint64_t>(std::max(block.cumulative_lost, 0));
  remote_.jitter_ticks = block.jitter;
  remote_.loss_ratio = block.fraction_lost / 256.0;
  if (const auto trip = round_trip(block, ntp_time(now, options_.wall_offset)))
    remote_.round_trip = *trip;
}

}  // namespace pbx::media
