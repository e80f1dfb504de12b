// core/route/caller_lists.h — who is on which list of callers: black, white, VIP.
//
// Pure and immutable once made; any thread may ask.  Numbers are found by hash, however many there
// are; patterns are tried one after the other.
//
// Bounds: kListedNumbersMax numbers in all lists; more is a flaw.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/flaw.h"
#include "core/base/text.h"
#include "core/config/config.h"
#include "core/number/number.h"
#include "core/number/number_pattern.h"
#include "core/number/numbering.h"

namespace pbx::route {

inline constexpr std::size_t kListedNumbersMax = 1'000'000;

class CallerLists {
 public:
  // Numbers may be written in any way that `plan` reads; they are kept in their stored form.  What
  // is wrong goes to `flaws` with paths of the documentation: "caller_lists.vip.numbers[3]".
  [[nodiscard]] static CallerLists make(const config::Config& config,
                                        const number::NumberPlan& plan,
                                        const number::Numbering::ReadFile& read_file,
                                        std::vector<core::Flaw>& flaws);

  // The names of the lists that `caller` is on, in the order of names; a withheld caller is on
  // none.  `caller` is in its stored form.  The views live as long as the CallerLists.
  [[nodiscard]] std::vector<std::string_view> lists_of(std::string_view caller) const;

 private:
  class Builder;
  struct ListPattern {
    std::uint32_t list;
    number::NumberPattern pattern;
  };

  std::vector<std::string> names_;
  std::unordered_multimap<std::string, std::uint32_t, core::HashText, std::equal_to<>> numbers_;
  std::vector<ListPattern> patterns_;
};

}  // namespace pbx::route
