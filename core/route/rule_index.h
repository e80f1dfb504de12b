// core/route/rule_index.h — finds the rules that a number can match, without looking at the others.
//
// Pure.  A trie over the literal beginnings of patterns; each node keeps the ascending numbers of
// the rules whose literal ends there.  Only digits, "+", "*" and "#" lead on: a literal is indexed
// up to the first other character.  What is found still has to be matched.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pbx::route {

class RuleIndex {
 public:
  // Deeper than this a literal is not followed: longer than any number that is dialled.
  static constexpr std::size_t kDepthMax = 32;

  RuleIndex() : nodes_(1) {}

  // REQUIRES: `rule` is larger than all before.
  void add(std::string_view literal, std::uint32_t rule);

  // Where the rules along the path of `number` are listed, at most kDepthMax + 1 lists, none empty.
  class Lists {
   public:
    [[nodiscard]] std::span<std::span<const std::uint32_t>> items() {
      return {items_.data(), size_};
    }
    void push(std::span<const std::uint32_t> list) {
      if (!list.empty()) items_[size_++] = list;
    }

   private:
    std::array<std::span<const std::uint32_t>, 2 * (kDepthMax + 1)> items_;
    std::size_t size_ = 0;
  };
  // Appends to `lists`: two indexes may be asked for one call.
  void find(std::string_view number, Lists& lists) const;

 private:
  static constexpr std::size_t kSymbols = 13;
  struct Node {
    std::array<std::uint32_t, kSymbols> next{};  // 0: none, the root is nobody's child
    std::vector<std::uint32_t> rules;
  };
  std::vector<Node> nodes_;
};

// Takes the smallest number off the fronts of ascending lists that have no number in common.
// REQUIRES: some list is not empty.
[[nodiscard]] std::uint32_t take_first(std::span<std::span<const std::uint32_t>> lists);

}  // namespace pbx::route
