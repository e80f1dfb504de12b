#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"
#include "core/config/phrase_form.h"

namespace pbx::config {
namespace {

constexpr std::array<std::pair<std::string_view, TrunkOrder>, 5> kOrders{
    {{"priority", TrunkOrder::kPriority},
     {"weight", TrunkOrder::kWeight},
     {"least_used", TrunkOrder::kLeastUsed},
     {"round_robin", TrunkOrder::kRoundRobin},
     {"cheapest", TrunkOrder::kCheapest}}};

constexpr Count kConditions{0, 100};
constexpr Count kRules{1, 10'000};
constexpr Count kNumbers{0, 1000};
constexpr Count kGroupTrunks{1, 100};

constexpr std::string_view kPattern =
    "a number, a number with X, Z, N, [1-35], `.` or `!`, a regular expression between slashes, a "
    "SIP user name";

void describe_numbers(Visitor& v, PlanRule& rule) {
  v.option({.name = "called",
            .help = "The number that is called, in its stored form (docs/numbers.md).",
            .default_text = "any",
            .example = "+7495730XXXX"},
           rule.called, PhraseForm{kPattern});
  v.option({.name = "caller",
            .help = "The number that calls, in its stored form; a withheld one is no number.",
            .default_text = "any",
            .example = "+7495!"},
           rule.caller, PhraseForm{kPattern});
}

void describe_lists(Visitor& v, PlanRule& rule) {
  v.list(
      {.name = "trunks", .help = "The call came by one of them; none is a call from an extension."},
      rule.trunks, PhraseForm{"names of trunks, none"}, kConditions);
  v.list({.name = "regions",
          .help = "The outside number is from one of them; RU holds for RU/Moscow too."},
         rule.regions, PhraseForm{"regions such as RU or RU/Moscow, unknown"}, kConditions);
  v.list({.name = "lists", .help = "The caller is on all of them, or is not on those with `not`."},
         rule.lists, PhraseForm{"names in `caller_lists`, not NAME"}, kConditions);
  v.list({.name = "headers",
          .help = "The INVITE has all of these headers: with any value, with this value, or with "
                  "this text in it."},
         rule.headers, PhraseForm{"`X-Name`, `X-Name: value`, `X-Name ~ part`"}, kConditions);
}

}  // namespace

void describe(Visitor& v, PlanRule& rule) {
  v.option(
      {.name = "to",
       .help = "What becomes of the call; `extension` alone is the one that was dialled.",
       .example = "extension",
       .required = true},
      rule.to,
      PhraseForm{"extension, extension N, trunk NAME, trunks NAME of a group, domain NAME, plan "
                 "NAME, announcement NAME, reject CAUSE, reject STATUS TEXT"});
  v.option({.name = "name",
            .help = "What people are told who ask where a call goes.",
            .default_text = "`rule N`, counted from 1",
            .example = "night"},
           rule.name, TextForm{.min = 1, .max = 64});
  describe_numbers(v, rule);
  describe_lists(v, rule);
  v.option({.name = "schedule",
            .help = "It is open, or with `not` closed.",
            .default_text = "at any time",
            .example = "not office"},
           rule.schedule, PhraseForm{"a name in `schedules`, not NAME"});
  v.option({.name = "load",
            .help = "How much there is to do; what is not known never holds.",
            .default_text = "any",
            .example = "trunk_calls provider < 30"},
           rule.load, PhraseForm{"trunk_calls TRUNK, then one of < <= = >= > and a number"});
  v.option({.name = "percent",
            .help = "The share of the calls for which all else holds; the same call is always in "
                    "it or never."},
           rule.percent, NumberForm{.min = 0, .max = 100, .unit = "percent"});
}

void describe(Visitor& v, Plan& plan) {
  v.items({.name = "rules",
           .help = "Read from the first to the last; the conditions that a rule gives must all "
                   "hold."},
          plan.rules, kRules);
}

void describe(Visitor& v, CallerList& list) {
  v.list({.name = "numbers",
          .help = "Who is on it: numbers in any way of writing, or patterns of the stored form."},
         list.numbers, PhraseForm{kPattern}, kNumbers);
  v.option({.name = "file",
            .help = "A CSV file with a column `number` of those who are on it too; a million at "
                    "most in all lists.",
            .default_text = "none",
            .example = "/etc/strowger/vip.csv"},
           list.file, PathForm{});
}

void describe(Visitor& v, PriceList& prices) {
  v.option({.name = "file",
            .help = "A CSV file with columns `prefix` and `price` (docs/routes.md, Prices); "
                    "without it no price is known.",
            .default_text = "none",
            .example = "/etc/strowger/prices.csv"},
           prices.file, PathForm{});
}

void describe(Visitor& v, GroupTrunk& member) {
  v.option(
      {.name = "trunk", .help = "A name in `trunks`.", .example = "provider", .required = true},
      member.trunk, kPlainName);
  v.option({.name = "priority", .help = "1 is tried before 2, whatever the order."},
           member.priority, NumberForm{.min = 1, .max = 1000});
  v.option({.name = "weight",
            .help = "With order weight the share of calls among trunks of one priority."},
           member.weight, NumberForm{.min = 1, .max = 1000});
  v.option({.name = "prices",
            .help = "With order cheapest what its calls cost, a name in `prices`; without it the "
                    "trunk comes after those whose price is known.",
            .default_text = "none",
            .example = "provider"},
           member.prices, kPlainName);
}

void describe(Visitor& v, TrunkGroup& group) {
  v.items({.name = "members", .help = "Its trunks."}, group.members, kGroupTrunks);
  v.option(
      {.name = "order",
       .help = "Which of the trunks of one priority is first: as listed, by chance and weight, "
               "with the fewest calls, after the one last used, or at the lowest price."},
      group.order, WordForm{kOrders});
}

}  // namespace pbx::config
