// tools/call_load/media_link.h — the SIP thread's end of RTP: ports, commands, reports.
//
// Owner: the SIP thread.  Without RTP (--no-rtp) every leg gets the same silent port and its report
// is empty.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tools/call_load/media_port.h"
#include "tools/call_load/ring.h"
#include "tools/call_load/rtp_engine.h"
#include "tools/call_load/rtp_sockets.h"

namespace pbx::call_load {

class MediaLink final : public MediaPort {
 public:
  explicit MediaLink(const Options& options) : options_(options), sockets_(options) {}

  // Opens what is shared.  Errors: kUnavailable, kLimitReached.
  core::Result<> start();
  // The time that open() lends ports at.
  void set_now(core::Instant now) { now_ = now; }
  // The next report of a closed leg; its port is free again.
  std::optional<MediaReport> poll();

  core::Result<core::SocketAddress> open(const MediaLeg& leg) override;
  void connect(std::uint32_t leg, const core::SocketAddress& remote, Codec codec) override;
  void start(std::uint32_t leg) override;
  void pause(std::uint32_t leg) override;
  void close(std::uint32_t leg) override;

  Ring<MediaCommand>& commands() { return commands_; }
  Ring<MediaReport>& reports() { return reports_; }
  [[nodiscard]] const std::vector<int>& shared_fds() const { return sockets_.shared_fds(); }

 private:
  struct Lent {
    MediaLeg leg;
    std::uint32_t socket = 0;
    bool is_open = false;
  };
  void command(MediaCommand::Kind kind, std::uint32_t leg);
  [[nodiscard]] core::SocketAddress relay_address(std::uint32_t leg) const;

  const Options& options_;
  RtpSockets sockets_;
  std::uint32_t silent_socket_ = 0;  // with --no-rtp
  Ring<MediaCommand> commands_;
  Ring<MediaReport> reports_;
  std::vector<Lent> lent_;  // by leg index
  core::Instant now_{};
};

}  // namespace pbx::call_load
