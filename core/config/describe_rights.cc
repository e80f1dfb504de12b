#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"
#include "core/config/phrase_form.h"

namespace pbx::config {
namespace {

constexpr std::array<std::pair<std::string_view, Service>, 5> kServices{
    {{"pickup", Service::kPickup},
     {"intrusion", Service::kIntrusion},
     {"recording_control", Service::kRecordingControl},
     {"forwarding_outside", Service::kForwardingOutside},
     {"conference", Service::kConference}}};

constexpr Count kDestinations{0, 300};
constexpr Count kServiceCount{0, kServices.size()};
constexpr Count kAccountCodes{0, 1000};

}  // namespace

void describe(Visitor& v, RightsLimits& limits) {
  v.option({.name = "concurrent", .help = "Calls to outside at once."}, limits.concurrent,
           NumberForm{.min = 1, .max = 1000, .unit = "calls", .zero = "no bound"});
  v.option({.name = "per_hour", .help = "Calls to outside begun within 60 minutes."},
           limits.per_hour,
           NumberForm{.min = 1, .max = 10'000, .unit = "calls", .zero = "no bound"});
  v.option({.name = "minutes_per_day",
            .help = "Talk with the outside a day; a call that comes to the bound is ended."},
           limits.minutes_per_day,
           NumberForm{.min = 1, .max = 100'000, .unit = "minutes", .zero = "no bound"});
  v.option({.name = "money_per_day",
            .help = "What calls to outside may cost a day, in the currency of the prices; a call "
                    "that comes to the bound is ended, and one whose price is not known is "
                    "refused.",
            .default_text = "no bound",
            .example = "100.00"},
           limits.money_per_day, PhraseForm{"an amount such as 100 or 99.50", 20});
  v.option({.name = "prices",
            .help = "A name in `prices`: by it money is counted.",
            .default_text = "none",
            .example = "provider"},
           limits.prices, kPlainName);
  v.rule(limits.money_per_day.empty() || !limits.prices.empty(), {"money_per_day", "prices"},
         "money_per_day needs prices");
}

void describe(Visitor& v, AccountCode& code) {
  v.option({.name = "name",
            .help = "Whose code it is, for records.",
            .example = "project",
            .required = true},
           code.name, kPlainName);
  v.option({.name = "sha256",
            .help = "The SHA-256 of the name of the group, `:` and the code, as of "
                    "`employees:4711` (docs/routes.md, Rights).",
            .example = "19d0e92a30fc1915ab596e06a112b9d432adec318cbf46d6ff92830ce6cd92a9",
            .required = true},
           code.sha256, HashForm{64});
}

void describe(Visitor& v, Rights& rights) {
  v.list({.name = "destinations",
          .help = "What may be called; emergency numbers always may.  national holds for local, "
                  "international for every country, international DE for one."},
         rights.destinations,
         PhraseForm{"internal, local, national, mobile, toll_free, premium, international, "
                    "international and two letters of a country (001 for satellites), other"},
         kDestinations);
  v.list({.name = "services", .help = "What may be done besides calling."}, rights.services,
         WordForm{kServices}, kServiceCount);
  v.section({.name = "limits", .help = "Bounds for each extension of the group by itself."},
            rights.limits);
  v.option({.name = "schedule",
            .help = "Outside of it only internal and emergency numbers may be called.",
            .default_text = "at any time",
            .example = "office"},
           rights.schedule, kPlainName);
  v.items({.name = "account_codes",
           .help = "Codes that lift what destinations and schedule forbid; limits stay."},
          rights.account_codes, kAccountCodes);
}

}  // namespace pbx::config
