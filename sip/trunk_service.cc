#include "sip/trunk_service.h"

#include <algorithm>
#include <vector>

#include "core/base/log.h"

namespace pbx::sip {
namespace {

using State = call::TrunkChanged::State;

bool goes_on(const config::Trunk& a, const config::Trunk& b) {
  return a.servers == b.servers && a.proxy == b.proxy && a.login == b.login &&
         a.registration == b.registration && a.health == b.health &&
         a.identity.from_domain == b.identity.from_domain;
}

}  // namespace

void TrunkService::open(const Context& context, su_root_t* root) {
  DnsOptions options;
  options.resolv_conf = context.config->server.resolv_conf;
  resolver_ = std::make_unique<Resolver>(root, options, context.random.split("resolver"));
}

void TrunkService::resolve(Context& context, const std::string& name, core::Instant now) {
  Entry& entry = entries_.find(name)->second;
  if (!entry.resolution) entry.resolution = std::make_unique<TrunkResolution>(*resolver_);
  entry.agent->note_resolving();
  const auto take = [this, &context, &entry](std::vector<TrunkTarget> targets,
                                             const std::string& reason) {
    entry.agent->take_targets(context, std::move(targets), reason);
    settle(context, entry);
  };
  entry.resolution->start(now, entry.agent->trunk(), context.transports, take);
}

void TrunkService::apply(Context& context) {
  context.trunks.apply(context.config, context.options.profile);
  std::vector<std::string> gone;
  for (const auto& [name, entry] : entries_) {
    const config::Trunk* trunk = context.trunks.find(name);
    if (!trunk || !goes_on(entry.agent->trunk(), *trunk)) gone.push_back(name);
  }
  for (const std::string& name : gone) remove(context, name);
  for (const auto& [name, trunk] : context.config->trunks) {
    if (!context.trunks.find(name) || entries_.contains(name)) continue;
    Entry& entry = entries_[name];
    entry.id = next_id_++;
    names_.emplace(entry.id, name);
    entry.agent =
        std::make_unique<TrunkAgent>(entry.id, trunk, core::Random(context.random.next()));
    entry.agent->start(context);
    resolve(context, name, sip_now());
    settle(context, entry);
  }
}

void TrunkService::remove(Context& context, const std::string& name) {
  const auto found = entries_.find(name);
  found->second.agent->stop(context);
  timers_.cancel(found->second.timer);
  names_.erase(found->second.id);
  entries_.erase(found);
  if (context.trunks.find(name)) return;  // it begins anew
  core::log_info("sip", "trunk={} off", name);
  emit(context, call::TrunkChanged{context.options.id, name, State::kOff, {}, "", {}, {}});
}

void TrunkService::stop(Context& context) {
  for (auto& [name, entry] : entries_) entry.agent->stop(context);
}

void TrunkService::on_response(Context& context, TransactionKey key,
                               const nta_outgoing_t* transaction, const sip_t* sip) {
  const auto name = names_.find(key.id);
  if (name == names_.end()) return;
  Entry& entry = entries_.find(name->second)->second;
  if (key.purpose == Purpose::kRegister)
    entry.agent->on_register_answer(context, sip);
  else
    entry.agent->on_options_answer(context, transaction, sip);
  settle(context, entry);
}

void TrunkService::on_call_answer(Context& context, std::string_view trunk,
                                  const core::SocketAddress& server) {
  const auto found = entries_.find(trunk);
  if (found == entries_.end()) return;
  if (found->second.agent->on_call_answer(context, server)) settle(context, found->second);
}

void TrunkService::on_call_silence(Context& context, std::string_view trunk,
                                   const core::SocketAddress& server) {
  const auto found = entries_.find(trunk);
  if (found == entries_.end()) return;
  found->second.agent->on_call_silence(context, server);
  settle(context, found->second);
}

void TrunkService::on_call_failure(Context& context, std::string_view trunk,
                                   const core::SocketAddress& server, std::string_view reason) {
  const auto found = entries_.find(trunk);
  if (found == entries_.end()) return;
  found->second.agent->on_call_failure(context, server, reason);
  settle(context, found->second);
}

DigestAuthorizer* TrunkService::login(std::string_view trunk) {
  const auto found = entries_.find(trunk);
  return found == entries_.end() ? nullptr : &found->second.agent->login();
}

void TrunkService::run(Context& context, core::Instant now) {
  if (resolver_) resolver_->run(now);
  timers_.expire(now, [&](std::uint64_t id) {
    const std::string& name = names_.find(id)->second;
    Entry& entry = entries_.find(name)->second;
    entry.timer = {};
    entry.agent->run(context, now);
    if (entry.agent->wants_targets(now)) resolve(context, name, now);
    settle(context, entry);
  });
}

std::optional<core::Instant> TrunkService::next_deadline() const {
  std::optional<core::Instant> next = resolver_ ? resolver_->next_deadline() : std::nullopt;
  if (const auto due = timers_.next_deadline(); due && (!next || *due < *next)) next = due;
  return next;
}

void TrunkService::settle(Context& context, Entry& entry) {
  timers_.cancel(entry.timer);
  entry.timer = {};
  if (const auto due = entry.agent->next_deadline()) entry.timer = timers_.schedule(*due, entry.id);
  tell(context, entry);
}

void TrunkService::tell(Context& context, Entry& entry) {
  call::TrunkChanged now = entry.agent->standing(context);
  if (entry.told == now) return;
  if (!entry.told || entry.told->state != now.state || entry.told->reason != now.reason) {
    const auto level = now.state == State::kDown ? core::LogLevel::kWarn : core::LogLevel::kInfo;
    core::log(level, "sip", "trunk={} {}{}{}", now.trunk, call::text(now.state),
              now.reason.empty() ? "" : ": ", now.reason);
  }
  entry.told = now;
  emit(context, std::move(now));
}

}  // namespace pbx::sip
