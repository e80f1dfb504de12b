#include "core/route/rights.h"

#include <doctest/doctest.h>

#include <vector>

namespace pbx::route {
namespace {

using number::Number;
using number::NumberKind;
using std::chrono::minutes;
using std::chrono::seconds;

const Home kMoscow{"RU", "+7495"};

core::WallTime at(const char* text) { return core::parse_iso8601(text).value(); }
constexpr const char* kDay = "2026-11-23T09:00:00Z";  // a Monday
constexpr const char* kNight = "2026-11-23T22:00:00Z";

RightsGroup group(std::set<Destination> destinations, std::set<std::string> countries = {}) {
  RightsGroup group;
  group.name = "g";
  group.destinations = std::move(destinations);
  group.countries = std::move(countries);
  return group;
}

RightsDecision asked(const RightsGroup* of, const Number& called, const RightsUsage& usage = {},
                     const char* now = kDay, bool has_code = false) {
  const ScheduleOverride none;
  return decide(of, {called, kMoscow, usage, at(now), none, has_code});
}

Refusal refusal(const RightsGroup& of, const Number& called, const RightsUsage& usage = {}) {
  return asked(&of, called, usage).refusal;
}

const Number kEmergency{"112", NumberKind::kEmergency};
const Number kColleague{"201", NumberKind::kInternal};
const Number kFeature{"*43", NumberKind::kFeatureCode};
const Number kShort{"122", NumberKind::kShort};
const Number kLocal{"+74957304487", NumberKind::kFixed, "RU"};
const Number kNational{"+78123200000", NumberKind::kFixed, "RU"};
const Number kMobile{"+79104032212", NumberKind::kMobile, "RU"};
const Number kTollFree{"+78002000600", NumberKind::kTollFree, "RU"};
const Number kPremium{"+78091112233", NumberKind::kPremium, "RU"};
const Number kBerlin{"+4930901820", NumberKind::kFixed, "DE"};
const Number kGermanMobile{"+4915112345678", NumberKind::kMobile, "DE"};
const Number kGermanPremium{"+49900123456", NumberKind::kPremium, "DE"};
const Number kGermanTollFree{"+498001234567", NumberKind::kTollFree, "DE"};
const Number kAlmaty{"+77272500000", NumberKind::kFixed, "KZ"};
const Number kSatellite{"+870773111632", NumberKind::kMobile, "001"};
const Number kFreeEverywhere{"+80012345678", NumberKind::kTollFree, "001"};
const Number kName{"reception", NumberKind::kUnknown};

RightsGroup by_money(std::int64_t money) {
  RightsGroup bound = group({Destination::kMobile, Destination::kNational});
  bound.limits.money_per_day = "some";
  bound.money_per_day = money;
  bound.prices =
      std::make_shared<const PriceTable>(std::vector<Price>{{.prefix = "79",
                                                             .per_minute = 2 * kMoneyUnit,
                                                             .connect = kMoneyUnit,
                                                             .first = seconds(60),
                                                             .step = seconds(60)}});
  return bound;
}

std::shared_ptr<const Schedule> office() {
  ScheduleShape shape{.name = "office"};
  shape.week[0] = {*parse_span("08:00-18:00")};
  return std::make_shared<const Schedule>(*Schedule::compile(shape));
}

}  // namespace

TEST_CASE("each number has its destination") {
  struct Row {
    const Number& number;
    Destination destination;
  };
  const Row rows[] = {
      {kEmergency, Destination::kEmergency},
      {kColleague, Destination::kInternal},
      {kFeature, Destination::kInternal},
      {kShort, Destination::kLocal},
      {kLocal, Destination::kLocal},
      {kNational, Destination::kNational},
      {kMobile, Destination::kMobile},
      {kTollFree, Destination::kTollFree},
      {kPremium, Destination::kPremium},
      {kBerlin, Destination::kInternational},
      {kGermanMobile, Destination::kInternational},
      {kGermanPremium, Destination::kPremium},
      {kGermanTollFree, Destination::kInternational},
      {kAlmaty, Destination::kInternational},
      {kSatellite, Destination::kInternational},
      {kFreeEverywhere, Destination::kTollFree},
      {kName, Destination::kOther},
  };
  for (const Row& row : rows) {
    CAPTURE(row.number.text);
    CHECK(destination_of(row.number, kMoscow) == row.destination);
  }
  CHECK(destination_of(kLocal, {"RU", ""}) == Destination::kNational);
  CHECK(destination_of(kBerlin, {"DE", "+4930"}) == Destination::kLocal);
}

// S16: rows are rights, columns numbers.
TEST_CASE("the matrix of rights and numbers") {
  using D = Destination;
  const std::vector<const Number*> numbers = {&kEmergency, &kColleague, &kShort,    &kLocal,
                                              &kNational,  &kMobile,    &kTollFree, &kPremium,
                                              &kBerlin,    &kSatellite, &kName};
  struct Row {
    const char* name;
    RightsGroup rights;
    const char* allowed;  // a letter for each number: + allowed, - refused
  };
  const Row rows[] = {
      //                                           ecslnmtpbso
      {"nothing", group({}), "+----------"},
      {"internal", group({D::kInternal}), "++---------"},
      {"local", group({D::kLocal}), "+-++-------"},
      {"national", group({D::kNational}), "+-+++------"},
      {"mobile", group({D::kMobile}), "+----+-----"},
      {"toll_free", group({D::kTollFree}), "+-----+----"},
      {"premium", group({D::kPremium}), "+------+---"},
      {"international", group({D::kInternational}), "+-------+--"},
      {"international DE", group({}, {"DE"}), "+-------+--"},
      {"international FR", group({}, {"FR"}), "+----------"},
      {"international 001", group({}, {"001"}), "+--------+-"},
      {"other", group({D::kOther}), "+---------+"},
      {"employee", group({D::kInternal, D::kNational, D::kMobile, D::kTollFree}), "+++++++----"},
  };
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      CAPTURE(row.name);
      CAPTURE(numbers[i]->text);
      const Refusal expected = row.allowed[i] == '+' ? Refusal::kNone : Refusal::kDestination;
      CHECK(refusal(row.rights, *numbers[i]) == expected);
    }
  }
}

TEST_CASE("who has no rights may call emergency numbers alone") {
  CHECK(asked(nullptr, kEmergency).is_allowed());
  CHECK(asked(nullptr, kColleague).refusal == Refusal::kNoRights);
  CHECK(asked(nullptr, kLocal).refusal == Refusal::kNoRights);
  CHECK_FALSE(may_use(nullptr, config::Service::kPickup));
}

TEST_CASE("outside of the schedule only internal and emergency numbers may be called") {
  RightsGroup rights = group({Destination::kInternal, Destination::kLocal});
  rights.schedule = office();
  CHECK(asked(&rights, kLocal).is_allowed());
  const auto refused = asked(&rights, kLocal, {}, kNight);
  CHECK(refused.refusal == Refusal::kSchedule);
  CHECK(refused.text == "rights g are for internal numbers now: schedule office is closed");
  CHECK(asked(&rights, kColleague, {}, kNight).is_allowed());
  CHECK(asked(&rights, kEmergency, {}, kNight).is_allowed());
  const ScheduleOverride open{ScheduleOverride::Kind::kOpen, {}, {}};
  CHECK(decide(&rights, {kLocal, kMoscow, {}, at(kNight), open}).is_allowed());
}

TEST_CASE("a code lifts destinations and schedule, not limits") {
  RightsGroup rights = group({});
  rights.schedule = office();
  rights.limits.concurrent = 1;
  CHECK(asked(&rights, kBerlin, {}, kNight, true).is_allowed());
  CHECK(asked(&rights, kBerlin, {.calls_now = 1}, kNight, true).refusal == Refusal::kConcurrent);
  rights.accounts = {{"abcd", "project"}};
  REQUIRE(rights.find_account("abcd") != nullptr);
  CHECK(*rights.find_account("abcd") == "project");
  CHECK(rights.find_account("") == nullptr);
  CHECK(rights.code_text("4711") == "g:4711");
}

TEST_CASE("limits count calls to outside") {
  RightsGroup rights = group({Destination::kInternal, Destination::kLocal, Destination::kTollFree});
  rights.limits = {.concurrent = 2, .per_hour = 10, .minutes_per_day = 30};
  CHECK(refusal(rights, kLocal, {.calls_now = 1, .calls_this_hour = 9}) == Refusal::kNone);
  CHECK(refusal(rights, kLocal, {.calls_now = 2}) == Refusal::kConcurrent);
  CHECK(refusal(rights, kLocal, {.calls_this_hour = 10}) == Refusal::kPerHour);
  CHECK(refusal(rights, kLocal, {.talk_today = minutes(30)}) == Refusal::kMinutes);
  const RightsUsage all_used{2, 10, minutes(30), 0};
  CHECK(refusal(rights, kColleague, all_used) == Refusal::kNone);
  CHECK(refusal(rights, kEmergency, all_used) == Refusal::kNone);
  CHECK(refusal(rights, kTollFree, all_used) == Refusal::kNone);
}

TEST_CASE("a call may last as long as minutes and money are left") {
  RightsGroup rights = group({Destination::kLocal});
  CHECK_FALSE(asked(&rights, kLocal).talk_max.has_value());
  rights.limits.minutes_per_day = 30;
  CHECK(asked(&rights, kLocal, {.talk_today = seconds(1790)}).talk_max == seconds(10));
  // One unit for the connection, two for each minute begun.
  RightsGroup bound = by_money(8 * kMoneyUnit);
  CHECK(asked(&bound, kMobile).talk_max == seconds(180));
  CHECK(asked(&bound, kMobile, {.cost_today = 5 * kMoneyUnit}).talk_max == seconds(60));
  bound.limits.minutes_per_day = 2;
  CHECK(asked(&bound, kMobile).talk_max == seconds(120));
}

TEST_CASE("without money left, or without a price, there is no call") {
  const RightsGroup bound = by_money(8 * kMoneyUnit);
  CHECK(refusal(bound, kMobile, {.cost_today = 6 * kMoneyUnit}) == Refusal::kMoney);
  CHECK(refusal(bound, kMobile, {.cost_today = 100 * kMoneyUnit}) == Refusal::kMoney);
  CHECK(refusal(bound, kNational) == Refusal::kPriceUnknown);
  CHECK(refusal(bound, {"799", NumberKind::kShort}) == Refusal::kPriceUnknown);
  CHECK(refusal(bound, kEmergency) == Refusal::kNone);
}

TEST_CASE("a refusal says what is missing") {
  CHECK(asked(nullptr, kLocal).text == "only emergency numbers may be called without rights");
  const RightsGroup none = group({});
  CHECK(asked(&none, kMobile).text == "mobile is not among the destinations of rights g");
  CHECK(asked(&none, kBerlin).text == "international DE is not among the destinations of rights g");
  CHECK(to_text(asked(&none, kBerlin).refusal) == "destination");
}

TEST_CASE("services are allowed by name") {
  RightsGroup rights = group({});
  rights.services = {config::Service::kPickup};
  CHECK(may_use(&rights, config::Service::kPickup));
  CHECK_FALSE(may_use(&rights, config::Service::kIntrusion));
}

}  // namespace pbx::route
