// sip/dns_client.h — asks name servers questions, several at a time, and remembers the answers.
//
// SIP thread.  How it looks on the wire is sip/dns_message.h.
//
// A name server that does not answer in try_time, or cannot say, is followed by the next one of
// the list, `tries` times in all; then the question has failed, which is remembered for
// kFailureLife, so that dead name servers are not asked again for each call.  Under way may be as
// many questions as the caller asks; kSocketsMax of them have a socket, the others wait.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/base/time.h"
#include "sip/dns_cache.h"
#include "sip/dns_message.h"
#include "sip/dns_socket.h"

namespace pbx::sip {

struct DnsOptions {
  std::filesystem::path resolv_conf = "/etc/resolv.conf";  // read anew after kRereadTime
  std::chrono::milliseconds try_time{1'500};
  unsigned tries = 4;  // of one name
};

class DnsClientListener {
 public:
  virtual void on_dns_answer(core::Instant now, const DnsQuestion& question,
                             const DnsAnswer& answer) = 0;

 protected:
  ~DnsClientListener() = default;
};

class DnsClient final : private DnsListener {
 public:
  static constexpr std::size_t kSocketsMax = 32;
  static constexpr std::chrono::seconds kFailureLife{5};
  static constexpr std::chrono::seconds kRereadTime{30};

  // `root` and `listener` outlive it.  `random` makes the message ids: of its own, and seeded by
  // the kernel where it matters.
  DnsClient(su_root_t* root, DnsOptions options, core::Random random, DnsClientListener& listener);

  // Null: to be asked.  Valid until the next call.
  [[nodiscard]] const DnsAnswer* find(core::Instant now, const DnsQuestion& question) const {
    return cache_.find(now, question);
  }
  // The listener is told, once for all who asked the same, and never before this returns.
  void ask(core::Instant now, const DnsQuestion& question);

  [[nodiscard]] std::optional<core::Instant> next_deadline() const;
  void run(core::Instant now);

  [[nodiscard]] std::size_t questions() const { return queries_.size(); }  // under way
  [[nodiscard]] std::size_t sockets() const { return sockets_; }

 private:
  struct Query {
    DnsQuestion question;
    std::string name;  // of the question, or what that is an alias for
    std::size_t aliases = 0;
    std::chrono::seconds life = DnsCache::kLifeMax;  // the shortest of the aliases
    unsigned tries = 0;
    bool edns = true;
    std::uint16_t id = 0;
    std::unique_ptr<DnsSocket> socket;  // null: it waits for its turn
    core::Instant deadline;
  };

  void on_readable(std::uint64_t key) override;
  void handle(core::Instant now, std::uint64_t key, DnsResponse&& response);
  void follow_alias(core::Instant now, std::uint64_t key, DnsResponse&& response);
  void try_next(core::Instant now, std::uint64_t key);  // ends the query if there is no next
  [[nodiscard]] bool send(core::Instant now, std::uint64_t key);
  void end(core::Instant now, std::uint64_t key, DnsAnswer answer, std::chrono::seconds life);
  void give_turns(core::Instant now);
  void tell(core::Instant now);
  void read_servers(core::Instant now);

  su_root_t* root_;
  DnsOptions options_;
  core::Random random_;
  DnsClientListener& listener_;
  DnsCache cache_;
  std::vector<core::SocketAddress> servers_;
  core::Instant read_at_{};
  std::uint64_t next_key_ = 1;
  std::map<std::uint64_t, Query> queries_;
  std::deque<std::uint64_t> turns_;                      // queries that wait for a socket
  std::deque<std::pair<DnsQuestion, DnsAnswer>> ended_;  // not told yet
  std::size_t sockets_ = 0;
};

}  // namespace pbx::sip
