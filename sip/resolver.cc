#include "sip/resolver.h"

#include <algorithm>
#include <utility>

namespace pbx::sip {
namespace {

Resolver::Servers servers_of(ServerOrder&& order) {
  if (order.servers.empty()) return core::fail(core::ErrorCode::kNotFound, std::move(order.reason));
  return std::move(order.servers);
}

DnsAnswer failure() {
  DnsAnswer out;
  out.failed = true;
  return out;
}

}  // namespace

Resolver::Resolver(su_root_t* root, DnsOptions options, const core::Random& random)
    : random_(random.split("weights")),
      dns_(root, std::move(options), random.split("messages"), *this) {}

std::optional<Resolver::Servers> Resolver::find(core::Instant now, const ServerWish& wish) {
  DnsAnswers answers;
  for (;;) {
    auto order = order_servers(wish, answers, random_);
    if (order.questions.empty()) return servers_of(std::move(order));
    for (const auto& question : order.questions) {
      const auto* known = dns_.find(now, question);
      if (!known) return std::nullopt;
      answers.emplace(question, *known);
    }
  }
}

ResolutionId Resolver::resolve(core::Instant now, ServerWish wish, Reply reply) {
  const ResolutionId id{next_id_++};
  const bool is_full = resolutions_.size() >= kResolutionsMax;
  auto& it = resolutions_[id.value];
  it.wish = std::move(wish);
  it.reply = std::move(reply);
  it.deadline = now + kResolutionTime;
  if (is_full)
    it.result = core::fail(core::ErrorCode::kLimitReached, "too many names are being resolved");
  else
    advance(now, it);
  return id;
}

void Resolver::cancel(ResolutionId id) { resolutions_.erase(id.value); }

std::optional<core::Instant> Resolver::next_deadline() const {
  auto first = dns_.next_deadline();
  for (const auto& [id, it] : resolutions_) {
    const auto at = it.result ? core::Instant() : it.deadline;
    if (!first || at < *first) first = at;
  }
  return first;
}

void Resolver::run(core::Instant now) {
  dns_.run(now);
  for (auto& [id, it] : resolutions_)
    if (!it.result && it.deadline <= now) make_late(now, it);
  tell(now);
}

void Resolver::on_dns_answer(core::Instant now, const DnsQuestion& question,
                             const DnsAnswer& answer) {
  for (auto& [id, it] : resolutions_) {
    if (it.waiting.erase(question) == 0) continue;
    it.answers.emplace(question, answer);
    if (it.waiting.empty()) advance(now, it);
  }
  tell(now);
}

// Each round knows at least one answer more, and the questions are bounded by order_servers().
void Resolver::advance(core::Instant now, Resolution& it) {
  while (it.waiting.empty() && !it.result) {
    auto order = order_servers(it.wish, it.answers, random_);
    if (order.questions.empty()) it.result = servers_of(std::move(order));
    for (const auto& question : order.questions) take_or_ask(now, it, question);
  }
}

void Resolver::take_or_ask(core::Instant now, Resolution& it, const DnsQuestion& question) {
  if (const auto* known = dns_.find(now, question)) {
    it.answers.emplace(question, *known);
  } else if (it.is_late) {
    it.answers.emplace(question, failure());
  } else {
    it.waiting.insert(question);
    dns_.ask(now, question);
  }
}

void Resolver::make_late(core::Instant now, Resolution& it) {
  it.is_late = true;
  for (const auto& question : std::exchange(it.waiting, {}))
    it.answers.emplace(question, failure());
  advance(now, it);
}

void Resolver::tell(core::Instant now) {
  std::vector<std::uint64_t> done;
  for (const auto& [id, it] : resolutions_)
    if (it.result) done.push_back(id);
  for (const auto id : done) {
    auto it = resolutions_.extract(id);
    if (it) it.mapped().reply(now, std::move(*it.mapped().result));  // else: cancelled by another
  }
}

}  // namespace pbx::sip
