#include "core/route/rights.h"

#include <algorithm>

#include <fmt/format.h>

namespace pbx::route {
namespace {

using number::NumberKind;
using std::chrono::seconds;

// No call lasts longer; a bound for the search of a time by its cost.
constexpr seconds kTalkMax = std::chrono::hours(24);

// Of a number of the home country.
Destination home_destination(const number::Number& number, const Home& home) {
  switch (number.kind) {
    case NumberKind::kMobile:
      return Destination::kMobile;
    case NumberKind::kTollFree:
      return Destination::kTollFree;
    default:
      return !home.area.empty() && number.text.starts_with(home.area) ? Destination::kLocal
                                                                      : Destination::kNational;
  }
}

RightsDecision refused(Refusal refusal, std::string text) { return {refusal, std::move(text), {}}; }

bool is_permitted(const RightsGroup& group, Destination destination, const std::string& country) {
  if (group.destinations.contains(destination))
    return destination != Destination::kInternational || country != "001";
  if (destination == Destination::kLocal)
    return group.destinations.contains(Destination::kNational);
  return destination == Destination::kInternational && group.countries.contains(country);
}

std::string destination_text(Destination destination, const number::Number& called) {
  if (destination != Destination::kInternational) return std::string(to_text(destination));
  return fmt::format("international {}", called.country);
}

// The longest talk that costs at most `money`; nullopt: no talk at all.
std::optional<seconds> talk_for(const Price& price, std::int64_t money) {
  if (cost(price, seconds(1)) > money) return std::nullopt;
  seconds good(1), bad = kTalkMax + seconds(1);
  while (bad - good > seconds(1)) {
    const seconds middle = good + (bad - good) / 2;
    (cost(price, middle) <= money ? good : bad) = middle;
  }
  return good;
}

RightsDecision decide_money(const RightsGroup& group, const RightsQuestion& question) {
  // A short number is no prefix of E.164: 100 is not in America.
  const number::Number& called = question.called;
  const Price* const price = called.is_e164() ? group.prices->find(called.text) : nullptr;
  if (price == nullptr)
    return refused(Refusal::kPriceUnknown,
                   fmt::format("the price of {} is not known, and rights {} are bound by money",
                               called.text, group.name));
  const auto talk = talk_for(*price, *group.money_per_day - question.usage.cost_today);
  if (!talk)
    return refused(Refusal::kMoney, fmt::format("the {} a day of rights {} are spent",
                                                group.limits.money_per_day, group.name));
  return {Refusal::kNone, {}, *talk};
}

RightsDecision decide_limits(const RightsGroup& group, const RightsQuestion& question) {
  const config::RightsLimits& limits = group.limits;
  const RightsUsage& usage = question.usage;
  if (limits.concurrent > 0 && usage.calls_now >= limits.concurrent)
    return refused(Refusal::kConcurrent, fmt::format("{} calls to outside at once are the most of "
                                                     "rights {}",
                                                     limits.concurrent, group.name));
  if (limits.per_hour > 0 && usage.calls_this_hour >= limits.per_hour)
    return refused(Refusal::kPerHour,
                   fmt::format("{} calls to outside in an hour are the most of rights {}",
                               limits.per_hour, group.name));
  const seconds minutes = std::chrono::minutes(limits.minutes_per_day);
  if (limits.minutes_per_day > 0 && usage.talk_today >= minutes)
    return refused(Refusal::kMinutes, fmt::format("the {} minutes a day of rights {} are used up",
                                                  limits.minutes_per_day, group.name));
  RightsDecision decision;
  if (group.money_per_day) decision = decide_money(group, question);
  if (decision.is_allowed() && limits.minutes_per_day > 0)
    decision.talk_max = std::min(decision.talk_max.value_or(kTalkMax), minutes - usage.talk_today);
  return decision;
}

}  // namespace

std::string_view to_text(Destination destination) {
  switch (destination) {
    case Destination::kEmergency:
      return "emergency";
    case Destination::kInternal:
      return "internal";
    case Destination::kLocal:
      return "local";
    case Destination::kNational:
      return "national";
    case Destination::kMobile:
      return "mobile";
    case Destination::kTollFree:
      return "toll_free";
    case Destination::kPremium:
      return "premium";
    case Destination::kInternational:
      return "international";
    case Destination::kOther:
      break;
  }
  return "other";
}

std::string_view to_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "none";
    case Refusal::kNoRights:
      return "no_rights";
    case Refusal::kDestination:
      return "destination";
    case Refusal::kSchedule:
      return "schedule";
    case Refusal::kConcurrent:
      return "concurrent";
    case Refusal::kPerHour:
      return "per_hour";
    case Refusal::kMinutes:
      return "minutes";
    case Refusal::kMoney:
      return "money";
    case Refusal::kPriceUnknown:
      break;
  }
  return "price_unknown";
}

Destination destination_of(const number::Number& number, const Home& home) {
  switch (number.kind) {
    case NumberKind::kEmergency:
      return Destination::kEmergency;
    case NumberKind::kInternal:
    case NumberKind::kFeatureCode:
      return Destination::kInternal;
    case NumberKind::kShort:
      return Destination::kLocal;
    case NumberKind::kPremium:
    case NumberKind::kSharedCost:
    case NumberKind::kPersonal:
      return Destination::kPremium;
    default:
      break;
  }
  if (!number.is_e164()) return Destination::kOther;
  if (number.country == home.country) return home_destination(number, home);
  // +800 is free to whom it is called by, in every country (ITU-T E.169.1); the free numbers of
  // another country are not.
  if (number.kind == NumberKind::kTollFree && number.country == "001")
    return Destination::kTollFree;
  return Destination::kInternational;
}

const std::string* RightsGroup::find_account(std::string_view sha256) const {
  const auto found = accounts.find(sha256);
  return found == accounts.end() ? nullptr : &found->second;
}

std::string RightsGroup::code_text(std::string_view code) const {
  return fmt::format("{}:{}", name, code);
}

RightsDecision decide(const RightsGroup* group, const RightsQuestion& question) {
  if (question.called.kind == NumberKind::kEmergency) return {};
  if (group == nullptr)
    return refused(Refusal::kNoRights, "only emergency numbers may be called without rights");
  const Destination destination = destination_of(question.called, question.home);
  if (!question.has_code && !is_permitted(*group, destination, question.called.country))
    return refused(Refusal::kDestination,
                   fmt::format("{} is not among the destinations of rights {}",
                               destination_text(destination, question.called), group->name));
  if (destination == Destination::kInternal) return {};
  const bool is_open = !group->schedule || group->schedule->is_open(question.now, question.hand);
  if (!is_open && !question.has_code)
    return refused(Refusal::kSchedule,
                   fmt::format("rights {} are for internal numbers now: schedule {} is closed",
                               group->name, group->schedule->name()));
  if (destination == Destination::kTollFree) return {};
  return decide_limits(*group, question);
}

bool may_use(const RightsGroup* group, config::Service service) {
  return group != nullptr && group->services.contains(service);
}

}  // namespace pbx::route
