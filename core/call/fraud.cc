#include "core/call/fraud.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::call {
namespace {

constexpr std::chrono::hours kHour{1};

std::uint32_t limit_of(const config::Fraud& limits, Suspicion kind) {
  switch (kind) {
    case Suspicion::kInternational:
      return limits.international_per_hour;
    case Suspicion::kShort:
      return limits.short_per_hour;
    case Suspicion::kClosed:
      break;
  }
  return limits.closed_per_hour;
}

}  // namespace

std::string_view text(Suspicion suspicion) {
  switch (suspicion) {
    case Suspicion::kInternational:
      return "international calls";
    case Suspicion::kShort:
      return "short calls";
    case Suspicion::kClosed:
      break;
  }
  return "calls out of hours";
}

std::string Block::text(const core::WallAnchor& wall) const {
  return fmt::format("{} {} {}", core::iso8601(wall.wall_at(until)), calls, call::text(reason));
}

std::optional<Block> Block::parse(std::string_view extension, std::string_view text,
                                  const core::WallAnchor& wall) {
  const auto parts = core::split_once(text, ' ');
  const auto rest = parts ? core::split_once(parts->second, ' ') : std::nullopt;
  if (!rest) return std::nullopt;
  const auto until = core::parse_iso8601(parts->first);
  const auto calls = core::parse_uint<std::uint32_t>(rest->first);
  if (!until || *until <= wall.wall || !calls) return std::nullopt;
  for (const Suspicion reason : {Suspicion::kInternational, Suspicion::kShort, Suspicion::kClosed})
    if (call::text(reason) == rest->second)
      return Block{std::string(extension), reason, *calls, wall.at + (*until - wall.wall)};
  return std::nullopt;
}

std::optional<Block> FraudWatch::note(const config::Fraud& limits, std::string_view extension,
                                      Suspicion kind, core::Instant now) {
  const std::uint32_t limit = limit_of(limits, kind);
  if (limit == 0) return std::nullopt;
  Account& account = accounts_[std::string(extension)];
  auto& calls = account.calls[static_cast<std::size_t>(kind)];
  while (!calls.empty() && (calls.front() <= now - kHour || calls.size() >= kRememberedMax))
    calls.pop_front();
  calls.push_back(now);
  if (calls.size() <= limit || (account.block && now < account.block->until)) return std::nullopt;
  account.block = Block{std::string(extension), kind, static_cast<std::uint32_t>(calls.size()),
                        now + limits.block_time};
  return account.block;
}

const Block* FraudWatch::find(std::string_view extension, core::Instant now) const {
  const auto found = accounts_.find(extension);
  if (found == accounts_.end() || !found->second.block) return nullptr;
  return now < found->second.block->until ? &*found->second.block : nullptr;
}

std::vector<Block> FraudWatch::list(core::Instant now) const {
  std::vector<Block> blocks;
  for (const auto& [extension, account] : accounts_)
    if (account.block && now < account.block->until) blocks.push_back(*account.block);
  return blocks;
}

bool FraudWatch::lift(std::string_view extension, core::Instant now) {
  if (find(extension, now) == nullptr) return false;
  accounts_.erase(accounts_.find(extension));
  return true;
}

}  // namespace pbx::call
