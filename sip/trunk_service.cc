#include "sip/trunk_service.h"

#include "core/base/log.h"

namespace pbx::sip {
namespace {

using State = call::TrunkChanged::State;

std::string_view text(State state) {
  switch (state) {
    case State::kUnknown:
      return "unknown";
    case State::kUp:
      return "up";
    case State::kDown:
      return "down";
    case State::kOff:
      break;
  }
  return "off";
}

// The address of ours that audio towards the trunk is told.
core::IpAddress local_ip(const Context& context, const std::vector<TrunkTarget>& targets) {
  if (context.profile().media_address) return context.profile().media_address;
  for (const TrunkTarget& target : targets)
    if (const auto local = context.transports.local_for(target.transport, target.address))
      return local->ip;
  return {};
}

call::TrunkChanged standing(const Context& context, const std::string& name) {
  call::TrunkChanged change{context.options.id, name, State::kUnknown, {}, {}};
  const auto targets = context.trunks.targets(name);
  change.local_ip = local_ip(context, targets);
  if (targets.empty()) change.reason = "no server has an address yet";
  return change;
}

}  // namespace

void TrunkService::apply(Context& context) {
  context.trunks.apply(context.config, context.options.profile);
  for (const auto& [name, change] : std::map(told_))
    if (!context.trunks.find(name))
      tell(context, {context.options.id, name, State::kOff, {}, "not in the configuration"});
  for (const auto& [name, trunk] : context.config->trunks)
    if (context.trunks.find(name)) tell(context, standing(context, name));
}

void TrunkService::tell(Context& context, call::TrunkChanged change) {
  const auto known = told_.find(change.trunk);
  if (known != told_.end() && known->second == change) return;
  const bool is_new = known == told_.end() || known->second.state != change.state;
  if (is_new)
    core::log_info("sip", "trunk={} {}{}{}", change.trunk, text(change.state),
                   change.reason.empty() ? "" : ": ", change.reason);
  if (change.state == State::kOff)
    told_.erase(change.trunk);
  else
    told_.insert_or_assign(change.trunk, change);
  emit(context, std::move(change));
}

}  // namespace pbx::sip
