#include "core/route/rule_text.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/cause.h"
#include "core/base/text.h"
#include "core/config/domain.h"

namespace pbx::route {
namespace {

using config::Parsed;
using config::refuse;
using config::WordForm;
using ActionKind = RouteAction::Kind;
using LoadKind = LoadSubject::Kind;

constexpr std::array<std::pair<std::string_view, ActionKind>, 11> kActions{
    {{"extension", ActionKind::kExtension},
     {"group", ActionKind::kGroup},
     {"queue", ActionKind::kQueue},
     {"flow", ActionKind::kFlow},
     {"voicemail", ActionKind::kVoicemail},
     {"domain", ActionKind::kDomain},
     {"trunk", ActionKind::kTrunk},
     {"trunks", ActionKind::kTrunkGroup},
     {"announcement", ActionKind::kAnnouncement},
     {"reject", ActionKind::kReject},
     {"plan", ActionKind::kPlan}}};
constexpr std::array<std::pair<std::string_view, LoadKind>, 3> kLoads{
    {{"free_agents", LoadKind::kFreeAgents},
     {"waiting_calls", LoadKind::kWaitingCalls},
     {"trunk_calls", LoadKind::kTrunkCalls}}};

struct NamedCause {
  std::uint16_t sip_status;
  std::uint8_t q850;
};
// Statuses and causes belong together as in core/base/cause.h.
constexpr std::array<std::pair<std::string_view, NamedCause>, 8> kCauses{
    {{"busy", {486, 17}},
     {"congestion", {503, 42}},
     {"declined", {603, 21}},
     {"forbidden", {403, 21}},
     {"incomplete", {484, 28}},
     {"moved", {410, 22}},
     {"unallocated", {404, 1}},
     {"unavailable", {480, 20}}}};

constexpr std::uint16_t kStatusMin = 400, kStatusMax = 699;

// The first word and the rest, without the spaces between and around them.
std::pair<std::string_view, std::string_view> first_word(std::string_view text) {
  text = core::trim(text);
  const std::size_t end = text.find_first_of(" \t");
  if (end == std::string_view::npos) return {text, {}};
  return {text.substr(0, end), core::trim(text.substr(end))};
}

bool is_one_word(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t") == std::string_view::npos;
}

template <class E>
Parsed<E> read_word(const WordForm<E>& form, std::string_view word) {
  auto found = form.read(word);
  if (!found)
    return refuse(fmt::format("`{}` {}; allowed: {}", word, found.error(), form.allowed()));
  return found;
}

Parsed<core::Cause> parse_cause(std::string_view text) {
  const auto [word, rest] = first_word(text);
  if (word.empty()) return refuse("`reject` needs a cause, as in `reject busy` or `reject 403`");
  if (!core::are_digits(word)) {
    const auto named = read_word(WordForm{kCauses}, word);
    if (!named) return refuse(named.error() + ", or a SIP status and a text");
    if (!rest.empty()) return refuse(fmt::format("nothing may follow `reject {}`", word));
    return core::Cause{named->sip_status, named->q850, std::string(core::q850_text(named->q850))};
  }
  const auto status = core::parse_uint<std::uint16_t>(word, kStatusMax);
  if (!status || *status < kStatusMin)
    return refuse(fmt::format("`{}` is no status to reject with; allowed: {} to {}", word,
                              kStatusMin, kStatusMax));
  const std::uint8_t q850 = core::q850_from_status(*status);
  return core::Cause{*status, q850, std::string(rest.empty() ? core::q850_text(q850) : rest)};
}

// "not office" → "office", false.
Parsed<std::pair<std::string, bool>> parse_not(std::string_view text) {
  const auto [word, rest] = first_word(text);
  const bool is_negated = word == "not" && !rest.empty();
  const std::string_view name = is_negated ? rest : core::trim(text);
  if (!is_one_word(name))
    return refuse(fmt::format("`{}` is no name; allowed: NAME, not NAME", text));
  return std::pair{std::string(name), !is_negated};
}

struct Bounds {
  std::uint32_t at_least;
  std::uint32_t at_most;
};

// Nothing is less than 0 or more than the largest number.
std::optional<Bounds> bounds_of(std::string_view relation, std::uint32_t number) {
  constexpr std::uint32_t kMost = 0xffffffff;
  if (relation == "=") return Bounds{number, number};
  if (relation == "<=") return Bounds{0, number};
  if (relation == ">=") return Bounds{number, kMost};
  if (relation == "<" && number > 0) return Bounds{0, number - 1};
  if (relation == ">" && number < kMost) return Bounds{number + 1, kMost};
  return std::nullopt;
}

bool is_header_name(std::string_view text) {
  // RFC 3261 25.1, token; "~" is left out, because it stands between name and part here.
  for (const char c : text) {
    const bool is_alnum =
        core::is_digit(c) || (core::to_lower(c) >= 'a' && core::to_lower(c) <= 'z');
    if (!is_alnum && std::string_view("-.!%*_+`'").find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

}  // namespace

Parsed<RouteAction> parse_action(std::string_view text) {
  const auto [word, rest] = first_word(text);
  const auto kind = read_word(WordForm{kActions}, word);
  if (!kind) return refuse(kind.error());
  RouteAction action{*kind, {}, {}};
  if (*kind == ActionKind::kReject) {
    auto cause = parse_cause(rest);
    if (!cause) return refuse(std::move(cause.error()));
    action.cause = std::move(*cause);
    return action;
  }
  const bool may_be_alone = *kind == ActionKind::kExtension;
  if (!is_one_word(rest) && !(rest.empty() && may_be_alone))
    return refuse(fmt::format("`{}` needs one name after it; here `{}`", word, rest));
  const bool is_house = *kind == ActionKind::kDomain && rest == config::kHouseWord;
  if (!is_house) action.target = rest;
  return action;
}

std::string to_text(const RouteAction& action) {
  const std::string word = WordForm{kActions}.write(action.kind);
  if (action.kind == ActionKind::kReject)
    return fmt::format("{} {} {}", word, action.cause.sip_status, action.cause.text);
  if (action.kind == ActionKind::kDomain && action.target.empty())
    return fmt::format("{} {}", word, config::kHouseWord);
  return action.target.empty() ? word : fmt::format("{} {}", word, action.target);
}

Parsed<LoadCondition> parse_load(std::string_view text) {
  constexpr std::string_view kForm = "a load is written like `waiting_calls sales < 5`";
  const std::size_t begin = text.find_first_of("<=>");
  if (begin == std::string_view::npos) return refuse(std::string(kForm));
  const std::size_t end = std::min(text.find_first_not_of("<=>", begin), text.size());
  const auto [word, target] = first_word(text.substr(0, begin));
  const auto kind = read_word(WordForm{kLoads}, word);
  if (!kind) return refuse(kind.error());
  const auto number = core::parse_uint<std::uint32_t>(core::trim(text.substr(end)));
  if (!is_one_word(target) || !number) return refuse(std::string(kForm));
  const std::string_view relation = text.substr(begin, end - begin);
  const auto bounds = bounds_of(relation, *number);
  if (!bounds)
    return refuse(
        fmt::format("`{} {}` can never be; allowed: < <= = >= > and a number", relation, *number));
  return LoadCondition{{*kind, std::string(target)}, bounds->at_least, bounds->at_most};
}

Parsed<HeaderCondition> parse_header(std::string_view text) {
  const std::size_t cut = text.find_first_of(":~");
  HeaderCondition header;
  header.name = core::trim(text.substr(0, cut));
  if (!is_header_name(header.name))
    return refuse(
        fmt::format("`{}` is no name of a header; allowed: X-Name, X-Name: value, "
                    "X-Name ~ part",
                    header.name));
  if (cut == std::string_view::npos) return header;
  header.kind =
      text[cut] == ':' ? HeaderCondition::Kind::kEquals : HeaderCondition::Kind::kContains;
  header.value = core::trim(text.substr(cut + 1));
  if (header.value.empty()) return refuse("nothing stands after the name of the header");
  return header;
}

Parsed<ListCondition> parse_list(std::string_view text) {
  return parse_not(text).map([](auto parsed) {
    return ListCondition{std::move(parsed.first), parsed.second};
  });
}

Parsed<ScheduleCondition> parse_schedule(std::string_view text) {
  return parse_not(text).map([](auto parsed) {
    return ScheduleCondition{std::move(parsed.first), parsed.second};
  });
}

}  // namespace pbx::route
