#include "core/call/usage.h"

#include <algorithm>

namespace pbx::call {
namespace {

constexpr std::chrono::hours kHour{1};

std::chrono::sys_days day_of(core::WallTime wall) {
  return std::chrono::floor<std::chrono::days>(wall);
}

}  // namespace

route::RightsUsage UsageBook::of(std::string_view extension, core::Instant now,
                                 core::WallTime wall) const {
  const auto found = accounts_.find(extension);
  if (found == accounts_.end()) return {};
  const Account& account = found->second;
  const auto first = std::upper_bound(account.begun.begin(), account.begun.end(), now - kHour);
  const bool is_today = account.day == day_of(wall);
  return {account.calls_now, static_cast<std::uint32_t>(account.begun.end() - first),
          is_today ? account.talked : std::chrono::seconds(0), is_today ? account.cost : 0};
}

void UsageBook::begin(std::string_view extension, core::Instant now) {
  Account& account = accounts_[std::string(extension)];
  ++account.calls_now;
  while (!account.begun.empty() &&
         (account.begun.front() <= now - kHour || account.begun.size() >= kHourCallsMax))
    account.begun.pop_front();
  account.begun.push_back(now);
}

void UsageBook::end(std::string_view extension, core::WallTime wall, std::chrono::seconds talked,
                    std::int64_t cost) {
  Account& account = accounts_[std::string(extension)];
  if (account.calls_now > 0) --account.calls_now;
  if (account.day != day_of(wall)) {
    account.day = day_of(wall);
    account.talked = std::chrono::seconds(0);
    account.cost = 0;
  }
  account.talked += talked;
  account.cost += cost;
}

}  // namespace pbx::call
