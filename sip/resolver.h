// sip/resolver.h — finds the servers of trunks by DNS without holding up the SIP thread.
//
// SIP thread.  What to ask and what follows from the answers is sip/server_order.h; who is asked
// and how long is sip/dns_client.h.  Answers are kept as long as DNS allows.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "sip/dns_client.h"
#include "sip/server_order.h"

namespace pbx::sip {

struct ResolutionId {
  std::uint64_t value = 0;  // 0: none
  friend bool operator==(const ResolutionId&, const ResolutionId&) = default;
};

class Resolver final : private DnsClientListener {
 public:
  // At least one server.  Errors: kNotFound with the reason for people; kLimitReached.
  using Servers = core::Result<std::vector<Server>>;
  using Reply = std::function<void(core::Instant now, Servers servers)>;

  static constexpr std::size_t kResolutionsMax = 512;  // under way; more fail at once
  // After this it does with what is known: what is still open counts as failed.
  static constexpr std::chrono::seconds kResolutionTime{15};

  // `root` outlives it.  `random`: as for DnsClient; it also draws among the weights of SRV.
  Resolver(su_root_t* root, DnsOptions options, const core::Random& random);
  // Destroying it drops what is under way without a reply.
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // The servers, if nothing has to be asked: an address, or all that is needed is known.
  [[nodiscard]] std::optional<Servers> find(core::Instant now, const ServerWish& wish);

  // `reply` is called once, never before this returns.  It may resolve and cancel, but not destroy
  // the resolver.
  ResolutionId resolve(core::Instant now, ServerWish wish, Reply reply);
  void cancel(ResolutionId id);  // without a reply; nothing happens if it is over

  [[nodiscard]] std::optional<core::Instant> next_deadline() const;
  void run(core::Instant now);

  [[nodiscard]] std::size_t resolutions() const { return resolutions_.size(); }
  [[nodiscard]] const DnsClient& dns() const { return dns_; }

 private:
  struct Resolution {
    ServerWish wish;
    Reply reply;
    core::Instant deadline;
    DnsAnswers answers{};
    std::set<DnsQuestion> waiting{};
    bool is_late = false;
    std::optional<Servers> result{};  // until it is told
  };

  void on_dns_answer(core::Instant now, const DnsQuestion& question,
                     const DnsAnswer& answer) override;
  void advance(core::Instant now, Resolution& it);
  void take_or_ask(core::Instant now, Resolution& it, const DnsQuestion& question);
  void make_late(core::Instant now, Resolution& it);
  void tell(core::Instant now);

  core::Random random_;
  DnsClient dns_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, Resolution> resolutions_;
};

}  // namespace pbx::sip
