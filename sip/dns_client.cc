#include "sip/dns_client.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "sip/name_servers.h"
#include "sip/sip_time.h"

namespace pbx::sip {

DnsClient::DnsClient(su_root_t* root, DnsOptions options, core::Random random,
                     DnsClientListener& listener)
    : root_(root), options_(std::move(options)), random_(random), listener_(listener) {}

void DnsClient::ask(core::Instant now, const DnsQuestion& question) {
  const auto same = [&](const auto& entry) { return entry.second.question == question; };
  if (std::any_of(queries_.begin(), queries_.end(), same)) return;
  const auto key = next_key_++;
  auto& query = queries_[key];
  query.question = question;
  query.name = question.name;
  turns_.push_back(key);
  give_turns(now);
}

std::optional<core::Instant> DnsClient::next_deadline() const {
  if (!ended_.empty()) return core::Instant();
  std::optional<core::Instant> first;
  for (const auto& [key, query] : queries_)
    if (query.socket && (!first || query.deadline < *first)) first = query.deadline;
  return first;
}

void DnsClient::run(core::Instant now) {
  std::vector<std::uint64_t> late;
  for (const auto& [key, query] : queries_)
    if (query.socket && query.deadline <= now) late.push_back(key);
  for (const auto key : late) try_next(now, key);
  give_turns(now);
  tell(now);
}

void DnsClient::on_readable(std::uint64_t key) {
  const auto now = sip_now();
  const auto& query = queries_.at(key);
  auto response = query.socket->receive().and_then([&](const std::string& packet) {
    return read_dns_response(packet, query.id, {query.question.type, query.name});
  });
  // Not for us: an answer that came late, a forged one, or nothing at all.
  if (!response && response.error().code == core::ErrorCode::kNotFound) return;
  response ? handle(now, key, std::move(*response)) : try_next(now, key);
  give_turns(now);
  tell(now);
}

void DnsClient::handle(core::Instant now, std::uint64_t key, DnsResponse&& response) {
  auto& query = queries_.at(key);
  switch (response.status) {
    case DnsStatus::kAnswered:
      return end(now, key, std::move(response.answer), std::min(query.life, response.life));
    case DnsStatus::kAlias:
      return follow_alias(now, key, std::move(response));
    case DnsStatus::kNotUnderstood:
      // The same server once more, without what it may not know.
      if (std::exchange(query.edns, false) && send(now, key)) return;
      return try_next(now, key);
    case DnsStatus::kServerFailure:
      return try_next(now, key);
  }
}

void DnsClient::follow_alias(core::Instant now, std::uint64_t key, DnsResponse&& response) {
  auto& query = queries_.at(key);
  if (++query.aliases > kDnsAliasesMax) return end(now, key, {}, kFailureLife);
  query.life = std::min(query.life, response.life);
  query.name = std::move(response.alias);
  query.tries = 0;
  try_next(now, key);
}

void DnsClient::try_next(core::Instant now, std::uint64_t key) {
  auto& query = queries_.at(key);
  while (query.tries < options_.tries) {
    ++query.tries;
    if (send(now, key)) return;
  }
  DnsAnswer failure;
  failure.failed = true;
  end(now, key, std::move(failure), kFailureLife);
}

// To the server whose turn it is, over a new socket.
bool DnsClient::send(core::Instant now, std::uint64_t key) {
  auto& query = queries_.at(key);
  if (std::exchange(query.socket, nullptr)) --sockets_;
  read_servers(now);
  query.id = static_cast<std::uint16_t>(random_.below(1U << 16));
  const auto packet = write_dns_query(query.id, {query.question.type, query.name}, query.edns);
  const auto& server = servers_[(std::max(query.tries, 1U) - 1) % servers_.size()];
  auto socket = DnsSocket::open(root_, server, *this, key);
  if (!packet || !socket || !(*socket)->send(*packet)) return false;
  query.socket = std::move(*socket);
  ++sockets_;
  query.deadline = now + options_.try_time;
  return true;
}

void DnsClient::end(core::Instant now, std::uint64_t key, DnsAnswer answer,
                    std::chrono::seconds life) {
  auto query = queries_.extract(key);
  if (query.mapped().socket) --sockets_;
  cache_.store(now, query.mapped().question, answer, life);
  ended_.emplace_back(std::move(query.mapped().question), std::move(answer));
}

void DnsClient::give_turns(core::Instant now) {
  while (sockets_ < kSocketsMax && !turns_.empty()) {
    const auto key = turns_.front();
    turns_.pop_front();
    try_next(now, key);
  }
}

void DnsClient::tell(core::Instant now) {
  while (!ended_.empty()) {
    const auto [question, answer] = std::move(ended_.front());
    ended_.pop_front();
    listener_.on_dns_answer(now, question, answer);
  }
}

void DnsClient::read_servers(core::Instant now) {
  if (!servers_.empty() && now < read_at_ + kRereadTime) return;
  read_at_ = now;
  std::ifstream file(options_.resolv_conf);
  servers_ = read_name_servers(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace pbx::sip
