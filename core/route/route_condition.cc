#include "core/route/route_condition.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::route {
namespace {

// FNV-1a, then the finisher of splitmix64, because FNV's low bits are weak.  Not std::hash: each
// server must draw the same.  (http://www.isthe.com/chongo/tech/comp/fnv, https://prng.di.unimi.it)
std::uint64_t hash_of(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto take = [&hash](unsigned char octet) { hash = (hash ^ octet) * 0x100000001b3; };
  for (const std::string_view part : parts) {
    for (const char c : part) take(static_cast<unsigned char>(c));
    take(0);
  }
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

std::string joined(const std::vector<std::string>& names, std::string_view empty) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += " or ";
    text += name.empty() ? empty : std::string_view(name);
  }
  return text;
}

std::string load_name(const LoadSubject& subject) {
  switch (subject.kind) {
    case LoadSubject::Kind::kFreeAgents:
      return "free agents of " + subject.target;
    case LoadSubject::Kind::kWaitingCalls:
      return "waiting calls of " + subject.target;
    case LoadSubject::Kind::kTrunkCalls:
      return "calls on trunk " + subject.target;
  }
  return {};
}

}  // namespace

bool region_fits(std::string_view wanted, std::string_view region) {
  if (!region.starts_with(wanted)) return false;
  return region.size() == wanted.size() || (!wanted.empty() && region[wanted.size()] == '/');
}

bool header_fits(const HeaderCondition& wanted, std::span<const HeaderField> headers) {
  return std::any_of(headers.begin(), headers.end(), [&](const HeaderField& field) {
    if (!core::equals_nocase(field.name, wanted.name)) return false;
    switch (wanted.kind) {
      case HeaderCondition::Kind::kPresent:
        return true;
      case HeaderCondition::Kind::kEquals:
        return field.value == wanted.value;
      case HeaderCondition::Kind::kContains:
        return field.value.find(wanted.value) != std::string_view::npos;
    }
    return false;
  });
}

bool list_fits(const ListCondition& wanted, std::span<const std::string_view> lists) {
  return (std::find(lists.begin(), lists.end(), wanted.list) != lists.end()) == wanted.on;
}

unsigned draw_percent(std::string_view call_id, std::string_view plan, std::string_view rule) {
  return static_cast<unsigned>(hash_of({call_id, plan, rule}) % 100);
}

std::string trunk_reason(const RuleShape& rule, const RouteFacts& facts) {
  constexpr std::string_view kInside = "an extension";
  return fmt::format("it came from {}, not from {}", facts.trunk.empty() ? kInside : facts.trunk,
                     joined(rule.trunks, kInside));
}

std::string region_reason(const RuleShape& rule, const RouteFacts& facts) {
  return fmt::format("region {} is not {}", facts.region.empty() ? "unknown" : facts.region,
                     joined(rule.regions, "unknown"));
}

std::string list_reason(const RuleShape& rule, const RouteFacts& facts) {
  for (const ListCondition& list : rule.lists)
    if (!list_fits(list, facts.caller_lists))
      return fmt::format("caller is {}on the list {}", list.on ? "not " : "", list.list);
  return {};
}

std::string header_reason(const RuleShape& rule, const RouteFacts& facts) {
  for (const HeaderCondition& header : rule.headers) {
    if (header_fits(header, facts.headers)) continue;
    if (header.kind == HeaderCondition::Kind::kPresent)
      return fmt::format("there is no header {}", header.name);
    const bool equals = header.kind == HeaderCondition::Kind::kEquals;
    return fmt::format("no header {} {} {}", header.name, equals ? "is" : "contains", header.value);
  }
  return {};
}

std::string load_reason(const LoadCondition& wanted, std::optional<std::uint32_t> load) {
  const std::string name = load_name(wanted.subject);
  if (!load) return fmt::format("{}: not known", name);
  if (*load < wanted.at_least)
    return fmt::format("{}: {}, at least {} wanted", name, *load, wanted.at_least);
  return fmt::format("{}: {}, at most {} wanted", name, *load, wanted.at_most);
}

}  // namespace pbx::route
