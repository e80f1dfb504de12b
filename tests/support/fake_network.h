// tests/support/fake_network.h — a media::Network that keeps what is sent, for engine tests.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "media/network.h"

namespace pbx::test {

struct Sent {
  media::Slot slot;
  media::Port port;
  core::SocketAddress to;
  std::vector<std::uint8_t> bytes;
};

class FakeNetwork : public media::Network {
 public:
  core::Result<> open(media::Slot slot, const core::SocketAddress& rtp, std::uint8_t) override {
    if (taken.contains(rtp)) return core::fail(core::ErrorCode::kAlreadyExists, rtp.text());
    local[slot] = rtp;
    return {};
  }
  void close(media::Slot slot) override { local.erase(slot); }
  void send(media::Slot slot, media::Port port, const core::SocketAddress& to,
            std::span<const std::uint8_t> datagram) override {
    sent.push_back({slot, port, to, {datagram.begin(), datagram.end()}});
  }

  std::map<media::Slot, core::SocketAddress> local;
  std::set<core::SocketAddress> taken;
  std::vector<Sent> sent;
};

}  // namespace pbx::test
