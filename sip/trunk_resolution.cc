#include "sip/trunk_resolution.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sip/transport_kind.h"

namespace pbx::sip {
namespace {

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

// With what we can send: the transports and families that the profile listens on.
ServerWish wish_for(const config::ServerAddress& address, const Transports& transports) {
  ServerWish wish{address, {}, {}};
  for (const Listener& listener : transports.listeners()) {
    add_once(wish.transports, to_config(listener.transport));
    add_once(wish.families, listener.address.ip.family);
  }
  return wish;
}

const config::ServerAddress& hop_of(const config::Trunk& trunk,
                                    const config::ServerAddress& server) {
  return trunk.proxy.host.empty() ? server : trunk.proxy;
}

}  // namespace

bool has_names(const config::Trunk& trunk) {
  return std::any_of(trunk.servers.begin(), trunk.servers.end(), [&](const auto& server) {
    return !core::parse_ip(hop_of(trunk, server).host);
  });
}

void TrunkResolution::start(core::Instant now, const config::Trunk& trunk,
                            const Transports& transports, Done done) {
  cancel();
  done_ = std::move(done);
  parts_.clear();
  for (const config::ServerAddress& server : trunk.servers)
    parts_.push_back({server, {}, core::fail(core::ErrorCode::kUnavailable)});
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const ServerWish wish = wish_for(hop_of(trunk, parts_[i].server), transports);
    if (auto known = resolver_.find(now, wish)) {
      parts_[i].servers = std::move(*known);
      continue;
    }
    parts_[i].id = resolver_.resolve(now, wish, [this, i](core::Instant, Resolver::Servers found) {
      parts_[i].id = {};
      parts_[i].servers = std::move(found);
      finish_if_over();
    });
  }
  finish_if_over();
}

void TrunkResolution::finish_if_over() {
  const bool waits = std::any_of(parts_.begin(), parts_.end(),
                                 [](const Part& part) { return part.id.value != 0; });
  if (waits || !done_) return;
  std::vector<TrunkTarget> targets;
  std::string reason = "no server is configured";
  for (const Part& part : parts_) {
    if (!part.servers) {
      reason = fmt::format("{}: {}", part.server.host, part.servers.error().detail);
      continue;
    }
    for (const Server& server : *part.servers)
      if (targets.size() < kTrunkTargetsMax)
        targets.push_back(
            {part.server.host, part.server.port, to_call(server.transport), server.address});
  }
  const Done done = std::exchange(done_, nullptr);
  done(std::move(targets), std::move(reason));
}

void TrunkResolution::cancel() {
  for (Part& part : parts_)
    if (part.id.value != 0) resolver_.cancel(std::exchange(part.id, {}));
  done_ = nullptr;
}

}  // namespace pbx::sip
