#include "core/call/port_pool.h"

#include "core/base/assert.h"

namespace pbx::call {

PortPool::PortPool(std::uint16_t first, std::uint16_t last, core::Duration quarantine)
    : quarantine_(quarantine), total_(0) {
  PBX_ASSERT(first % 2 == 0 && last > first);
  for (unsigned port = first; port + 1 <= last; port += 2)
    resting_.push_back({static_cast<std::uint16_t>(port), core::Instant::min()});
  total_ = resting_.size();
}

std::optional<std::uint16_t> PortPool::take(core::Instant now) {
  if (resting_.empty() || resting_.front().usable_from > now) return std::nullopt;
  const std::uint16_t port = resting_.front().port;
  resting_.pop_front();
  return port;
}

void PortPool::give_back(std::uint16_t port, core::Instant now) {
  PBX_ASSERT(resting_.size() < total_);
  resting_.push_back({port, now + quarantine_});
}

}  // namespace pbx::call
