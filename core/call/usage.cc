#include "core/call/usage.h"

#include <algorithm>

namespace pbx::call {
namespace {

constexpr std::chrono::hours kHour{1};

}  // namespace

route::RightsUsage UsageBook::of(std::string_view extension, core::Instant now,
                                 core::WallTime wall) const {
  const auto found = accounts_.find(extension);
  if (found == accounts_.end()) return {};
  const Account& account = found->second;
  const auto first = std::upper_bound(account.begun.begin(), account.begun.end(), now - kHour);
  return {account.calls_now, static_cast<std::uint32_t>(account.begun.end() - first),
          std::chrono::floor<std::chrono::seconds>(account.today.talked(wall)),
          account.today.cost(wall)};
}

void UsageBook::begin(std::string_view extension, core::Instant now) {
  Account& account = accounts_[std::string(extension)];
  ++account.calls_now;
  while (!account.begun.empty() &&
         (account.begun.front() <= now - kHour || account.begun.size() >= kHourCallsMax))
    account.begun.pop_front();
  account.begun.push_back(now);
}

const DayTotal& UsageBook::end(std::string_view extension, core::WallTime wall,
                               std::chrono::seconds talked, std::int64_t cost) {
  Account& account = accounts_[std::string(extension)];
  if (account.calls_now > 0) --account.calls_now;
  account.today.add(wall, talked, cost);
  return account.today;
}

void UsageBook::restore(std::string_view extension, const DayTotal& today) {
  accounts_[std::string(extension)].today = today;
}

}  // namespace pbx::call
