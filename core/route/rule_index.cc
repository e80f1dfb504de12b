#include "core/route/rule_index.h"

#include "core/base/assert.h"
#include "core/base/text.h"

namespace pbx::route {
namespace {

// -1: leads nowhere.
int symbol_of(char c) {
  if (core::is_digit(c)) return c - '0';
  if (c == '+') return 10;
  if (c == '*') return 11;
  return c == '#' ? 12 : -1;
}

}  // namespace

void RuleIndex::add(std::string_view literal, std::uint32_t rule) {
  std::uint32_t at = 0;
  for (const char c : literal.substr(0, kDepthMax)) {
    const int symbol = symbol_of(c);
    if (symbol < 0) break;
    const auto slot = static_cast<std::size_t>(symbol);
    if (nodes_[at].next[slot] == 0) {
      nodes_[at].next[slot] = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    }
    at = nodes_[at].next[slot];
  }
  PBX_ASSERT(nodes_[at].rules.empty() || nodes_[at].rules.back() < rule);
  nodes_[at].rules.push_back(rule);
}

void RuleIndex::find(std::string_view number, Lists& lists) const {
  const Node* node = &nodes_.front();
  lists.push(node->rules);
  for (const char c : number.substr(0, kDepthMax)) {
    const int symbol = symbol_of(c);
    if (symbol < 0) return;
    const std::uint32_t next = node->next[static_cast<std::size_t>(symbol)];
    if (next == 0) return;
    node = &nodes_[next];
    lists.push(node->rules);
  }
}

std::uint32_t take_first(std::span<std::span<const std::uint32_t>> lists) {
  std::span<const std::uint32_t>* best = nullptr;
  for (auto& list : lists)
    if (!list.empty() && (best == nullptr || list.front() < best->front())) best = &list;
  PBX_ASSERT(best != nullptr);
  const std::uint32_t rule = best->front();
  *best = best->subspan(1);
  return rule;
}

}  // namespace pbx::route
