// core/call/fraud.h — calls of an extension that look like stolen ones: too many abroad, too many
// short ones, too many at night.  Such an extension is blocked for calls to outside.
//
// Pure.  Owner: control.  Blocks outlive a restart (lasting.h), what is counted does not.
//
// Bounds: kRememberedMax calls of the last hour of one extension and kind, the latest; an extension
// above that is blocked long before, unless its limit is higher.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/config/fraud.h"

namespace pbx::call {

enum class Suspicion : std::uint8_t { kInternational, kShort, kClosed };
[[nodiscard]] std::string_view text(Suspicion suspicion);  // "international calls"

struct Block {
  std::string extension;
  Suspicion reason = Suspicion::kInternational;
  std::uint32_t calls = 0;  // within an hour
  core::Instant until{};

  // "2026-11-22T16:37:19.000Z 21 international calls": until, calls, reason.
  [[nodiscard]] std::string text(const core::WallAnchor& wall) const;
  // nullopt: it is not what text() writes, or is over.
  [[nodiscard]] static std::optional<Block> parse(std::string_view extension, std::string_view text,
                                                  const core::WallAnchor& wall);
};

class FraudWatch {
 public:
  static constexpr std::size_t kRememberedMax = 10'000;

  // One more call of that kind.  The block, if it begins with this call.
  std::optional<Block> note(const config::Fraud& limits, std::string_view extension, Suspicion kind,
                            core::Instant now);

  // Null: it is not blocked.
  [[nodiscard]] const Block* find(std::string_view extension, core::Instant now) const;
  [[nodiscard]] std::vector<Block> list(core::Instant now) const;  // by extension
  void restore(const Block& block) { accounts_[block.extension].block = block; }
  // Forgets the block and what led to it.  False: there was none.
  bool lift(std::string_view extension, core::Instant now);

 private:
  struct Account {
    std::array<std::deque<core::Instant>, 3> calls;  // by Suspicion
    std::optional<Block> block;
  };
  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace pbx::call
