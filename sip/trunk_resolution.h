// sip/trunk_resolution.h — from the servers of a trunk, as they are written, to the addresses where
// its calls go.
//
// SIP thread.  One at a time for a trunk; what comes late for an earlier one is dropped.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/config/trunk.h"
#include "sip/resolver.h"
#include "sip/transports.h"
#include "sip/trunk_table.h"

namespace pbx::sip {

class TrunkResolution {
 public:
  // The targets in the order of the trunk's servers, or none and why.
  using Done = std::function<void(std::vector<TrunkTarget> targets, std::string reason)>;

  explicit TrunkResolution(Resolver& resolver) : resolver_(resolver) {}
  ~TrunkResolution() { cancel(); }
  TrunkResolution(const TrunkResolution&) = delete;
  TrunkResolution& operator=(const TrunkResolution&) = delete;

  // `done` is called once, maybe before this returns, and may destroy nothing.
  void start(core::Instant now, const config::Trunk& trunk, const Transports& transports,
             Done done);

 private:
  struct Part {
    config::ServerAddress server;  // of request URIs
    ResolutionId id;               // 0: it is over
    Resolver::Servers servers;
  };
  void cancel();
  void finish_if_over();

  Resolver& resolver_;
  std::vector<Part> parts_;
  Done done_;
};

// Whether any server of the trunk has a name, whose addresses may change.
[[nodiscard]] bool has_names(const config::Trunk& trunk);

}  // namespace pbx::sip
