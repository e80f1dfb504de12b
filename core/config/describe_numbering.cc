#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"

namespace pbx::config {
namespace {

constexpr std::array<std::pair<std::string_view, AfterRule>, 2> kAfterRule{
    {{"stop", AfterRule::kStop}, {"continue", AfterRule::kContinue}}};

constexpr std::size_t kRuleTextMax = 256;
constexpr std::size_t kRulesMax = 1000;
constexpr std::size_t kNumberListMax = 100;

}  // namespace

void describe(Visitor& v, Numbering& numbering) {
  const TextForm digits{.min = 1, .max = 15, .kind = TextKind::kDial};
  v.option({.name = "country",
            .help = "The country whose numbers need no country code, by its two letters (ISO "
                    "3166-1).",
            .default_text = "that of server.country",
            .example = "RU"},
           numbering.country, TextForm{.min = 2, .max = 2, .kind = TextKind::kName});
  v.option({.name = "area_code",
            .help = "What is put before a number that is dialled without its area code.",
            .default_text = "none",
            .example = "495"},
           numbering.area_code, TextForm{.min = 1, .max = 6, .kind = TextKind::kDial});
  v.option({.name = "local_digits",
            .help = "How many digits a number without area code has; 0: area codes are always "
                    "dialled."},
           numbering.local_digits, NumberForm{.min = 0, .max = 12, .unit = "digits"});
  v.list({.name = "international_prefixes",
          .help = "What is dialled before the code of another country, besides that of `country` "
                  "itself (8-10, 011)."},
         numbering.international_prefixes, digits, Count{0, kNumberListMax});
  v.list({.name = "emergency_numbers",
          .help = "Emergency numbers besides those of the country; 112 is always one."},
         numbering.emergency_numbers, digits, Count{0, kNumberListMax});
  v.list({.name = "short_numbers",
          .help = "Numbers that are dialled outside as they are, besides those of the country."},
         numbering.short_numbers, digits, Count{0, kNumberListMax});
  v.option({.name = "ranges",
            .help = "A table of number ranges that tells operator and place (docs/numbers.md); "
                    "without it both come from libphonenumber, which knows places roughly.",
            .default_text = "none",
            .example = "/etc/strowger/ranges.csv"},
           numbering.ranges, PathForm{});
  v.rule((numbering.local_digits == 0) == numbering.area_code.empty(),
         {"area_code", "local_digits"}, "area_code and local_digits need one another");
}

void describe(Visitor& v, RewriteRule& rule) {
  v.option({.name = "match",
            .help = "The whole number before: digits, X (0-9), Z (1-9), N (2-9), [1-35], `.` for "
                    "the rest, groups in brackets; or a regular expression between slashes.",
            .example = "8(XXXXXXXXXX)",
            .required = true},
           rule.match, TextForm{.min = 1, .max = kRuleTextMax});
  v.option(
      {.name = "replace",
       .help = "The number after; $1 is the first group, ${name} one with a name, $0 the whole "
               "number.  An empty text (\"\") takes the number away.",
       .example = "+7$1",
       .required = true},
      rule.replace, TextForm{.min = 0, .max = kRuleTextMax});
  v.option({.name = "then", .help = "Whether the rules after it are tried on the new number."},
           rule.then, WordForm{kAfterRule});
}

void describe(Visitor& v, RewriteSet& set) {
  v.items({.name = "rules",
           .help = "Tried once each, from the first to the last; a narrow rule stands before a "
                   "wide one."},
          set.rules, Count{1, kRulesMax});
}

}  // namespace pbx::config
