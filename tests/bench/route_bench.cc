// tests/bench/route_bench.cc — how long a route decision takes, beside a bare search in a std::map.
//
//   route_bench [RULES [PREFIXES]]   default 10000 and 100000
//
// It prints microseconds of wall time of one thread.  Each row is measured in kBatches batches over
// the same random numbers; a batch is the mean of its questions, and the median and the worst batch
// are printed.  All rows are of one run, so that they can be compared.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/route/dial_plan.h"
#include "core/route/price_table.h"

namespace {

using namespace pbx;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kNumbers = 20'000;
constexpr std::size_t kBatches = 25;

std::string digits(core::Random& random, std::size_t count) {
  std::string text;
  for (; count > 0; --count) text += static_cast<char>('0' + random.below(10));
  return text;
}

// Unlike prefixes of 2 to 8 digits, most of them long, as in price lists.
std::vector<std::string> make_prefixes(core::Random& random, std::size_t count) {
  std::map<std::string, bool> known;
  while (known.size() < count)
    known[digits(random, 8 - std::min<std::uint64_t>(random.below(4), random.below(7)))] = true;
  std::vector<std::string> prefixes;
  for (const auto& [prefix, unused] : known) prefixes.push_back(prefix);
  return prefixes;
}

// Half of the numbers begin with a prefix that is known.
std::vector<std::string> make_numbers(core::Random& random,
                                      const std::vector<std::string>& prefixes) {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < kNumbers; ++i) {
    std::string number = i % 2 ? prefixes[random.below(prefixes.size())] : std::string();
    numbers.push_back(number + digits(random, 11 - number.size()));
  }
  return numbers;
}

std::shared_ptr<const route::Schedule> office() {
  route::ScheduleShape shape{.name = "office", .zone = "Europe/Moscow"};
  for (std::size_t i = 0; i < 5; ++i) shape.week[i] = {*route::parse_span("09:00-18:00")};
  return std::make_shared<route::Schedule>(*route::Schedule::compile(shape));
}

// Every fourth rule has a further condition that may fail, so that the search goes on; before all
// stand twenty rules without any number, as lists and headers are, and last one for all the rest.
route::PlanShape make_plan(const std::vector<std::string>& prefixes, std::size_t rules) {
  using Kind = route::RouteAction::Kind;
  route::PlanShape plan{"outgoing", {}};
  for (int i = 0; i < 20; ++i)
    plan.rules.push_back({.name = "list " + std::to_string(i),
                          .lists = {{"list" + std::to_string(i), true}},
                          .action = {Kind::kQueue, "vip", {}}});
  for (std::size_t i = 0; plan.rules.size() + 1 < rules; ++i) {
    const std::string prefix = prefixes[i * 7919 % prefixes.size()].substr(0, 2 + i % 6);
    route::RuleShape rule{.name = std::to_string(i), .action = {Kind::kTrunkGroup, "a", {}}};
    rule.called = number::NumberPattern::of(prefix + "!");
    if (i % 4 == 0) rule.schedule = route::ScheduleCondition{"office", false};
    if (i % 4 == 1) rule.regions = {"RU/Moscow"};
    if (i % 4 == 2) rule.percent = 50;
    plan.rules.push_back(std::move(rule));
  }
  plan.rules.push_back({.name = "rest", .action = {Kind::kTrunkGroup, "rest", {}}});
  return plan;
}

// The same rules without their numbers in the index: each is looked at until one matches.
route::PlanShape without_index(route::PlanShape plan) {
  for (route::RuleShape& rule : plan.rules) {
    rule.called = {};
    rule.schedule.reset();
    rule.percent = 100;
    rule.regions = {"DE"};
  }
  plan.rules.back().regions.clear();
  return plan;
}

volatile std::size_t g_sink;  // what is computed must not be optimised away

template <typename Ask>
void measure(const char* name, const std::vector<std::string>& numbers, Ask ask) {
  std::vector<double> batches;
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    std::size_t sum = 0;
    const auto start = Clock::now();
    for (const std::string& number : numbers) sum += ask(number);
    const std::chrono::duration<double, std::micro> spent = Clock::now() - start;
    batches.push_back(spent.count() / static_cast<double>(numbers.size()));
    g_sink = sum;
  }
  std::sort(batches.begin(), batches.end());
  std::printf("%-44s %9.3f %9.3f\n", name, batches[kBatches / 2], batches.back());
}

route::DialPlans compile(route::PlanShape plan) {
  auto plans = route::DialPlans::compile({std::move(plan)}, {{office()}});
  if (plans) return std::move(*plans);
  std::fprintf(stderr, "%s: %s\n", plans.error()[0].path.c_str(), plans.error()[0].text.c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rules = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  const std::size_t prefix_count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100'000;
  if (rules < 30 || rules > route::kRulesMax || prefix_count < 10 || prefix_count > 1'000'000) {
    std::fputs("route_bench [RULES 30-100000 [PREFIXES 10-1000000]]\n", stderr);
    return 2;
  }
  core::Random random(1);
  const auto prefixes = make_prefixes(random, prefix_count);
  const auto numbers = make_numbers(random, prefixes);
  const std::vector<std::string> few(numbers.begin(), numbers.begin() + 200);

  std::map<std::string, std::uint32_t, std::less<>> bare;
  std::vector<route::Price> prices;
  for (const std::string& prefix : prefixes) {
    bare.emplace(prefix, static_cast<std::uint32_t>(bare.size()));
    prices.push_back({.prefix = prefix, .per_minute = route::kMoneyUnit});
  }
  const route::PriceTable table(prices);
  const route::PlanShape plan = make_plan(prefixes, rules);
  const route::DialPlans plans = compile(plan), linear = compile(without_index(plan));
  const route::TrunkTariff tariffs[] = {{"a", &table}, {"b", &table}, {"c", &table}};

  const auto ask = [&](const route::DialPlans& of, std::string_view number) {
    const auto route = of.decide("outgoing", {.called = number,
                                              .caller = "+74951112233",
                                              .trunk = "provider",
                                              .region = "RU/Kazan",
                                              .call_id = number,
                                              .now = core::WallTime(std::chrono::hours(490'000))});
    return route ? route->rule->name.size() : 0;
  };
  std::printf("%zu rules, %zu prefixes, %zu numbers; microseconds a question\n", rules,
              prefixes.size(), numbers.size());
  std::printf("%-44s %9s %9s\n", "", "median", "worst");
  measure("decide, rules by number", numbers, [&](const auto& n) { return ask(plans, n); });
  measure("decide, no rule has a number (all looked at)", few,
          [&](const auto& n) { return ask(linear, n); });
  measure("price by longest prefix", numbers,
          [&](const auto& n) { return table.find(n) ? std::size_t{1} : 0; });
  measure("cheapest of three trunks", numbers,
          [&](const auto& n) { return route::cheapest_first(n, tariffs).size(); });
  measure("decide and cheapest of three trunks", numbers,
          [&](const auto& n) { return ask(plans, n) + route::cheapest_first(n, tariffs).size(); });
  measure("bare std::map upper_bound on the prefixes", numbers, [&](const auto& n) {
    const auto found = bare.upper_bound(n);
    return found == bare.end() ? std::size_t{0} : std::size_t{found->second};
  });
  return 0;
}
