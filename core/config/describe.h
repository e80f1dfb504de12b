// core/config/describe.h — the description of every section; see schema.h.
//
// Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/config/schema.h"

namespace pbx::config {

// Its values are filled into the entries; a Config does not keep it.
inline constexpr std::string_view kDefaultsSection = "defaults";
// The maps of named things: across files, an entry of them belongs to one file.
inline constexpr std::string_view kProfilesSection = "profiles";
inline constexpr std::string_view kExtensionsSection = "extensions";
inline constexpr std::string_view kDomainsSection = "domains";
inline constexpr std::size_t kDomainsMax = 1000;
inline constexpr std::size_t kPassagesMax = 10'000;
inline constexpr std::string_view kRewritesSection = "rewrites";
inline constexpr std::size_t kRewriteSetsMax = 1000;
inline constexpr std::string_view kTrunksSection = "trunks";
inline constexpr std::size_t kTrunksMax = 1000;
inline constexpr std::string_view kSchedulesSection = "schedules";
inline constexpr std::string_view kHolidaysSection = "holidays";
inline constexpr std::string_view kPlansSection = "plans";
inline constexpr std::string_view kCallerListsSection = "caller_lists";
inline constexpr std::string_view kPricesSection = "prices";
inline constexpr std::string_view kTrunkGroupsSection = "trunk_groups";
inline constexpr std::string_view kRightsSection = "rights";
inline constexpr std::size_t kSchedulesMax = 256;
inline constexpr std::size_t kHolidayCalendarsMax = 256;
inline constexpr std::size_t kPlansMax = 1000;
inline constexpr std::size_t kCallerListsMax = 100;
inline constexpr std::size_t kPriceListsMax = 100;
inline constexpr std::size_t kTrunkGroupsMax = 1000;
inline constexpr std::size_t kRightsMax = 1000;
inline constexpr std::size_t kProfilesMax = 16;  // each has a thread
inline constexpr std::size_t kExtensionsMax = 100'000;

// All of it, from top to bottom.
void describe(Visitor& visitor, Config& config);

void describe(Visitor& visitor, Server& server);
void describe(Visitor& visitor, Log& log);
void describe(Visitor& visitor, Limits& limits);

void describe(Visitor& visitor, Profile& profile);
void describe(Visitor& visitor, Tls& tls);
void describe(Visitor& visitor, Registration& registration);
void describe(Visitor& visitor, Digest& digest);
void describe(Visitor& visitor, Guard& guard);
void describe(Visitor& visitor, SessionTimer& timer);
void describe(Visitor& visitor, Nat& nat);
void describe(Visitor& visitor, SipTimers& timers);

void describe(Visitor& visitor, Extension& extension);
void describe(Visitor& visitor, Domain& domain);
void describe(Visitor& visitor, Passage& passage);
void describe(Visitor& visitor, PassageRewrites& rewrites);
void describe(Visitor& visitor, Media& media);
void describe(Visitor& visitor, JitterBuffer& buffer);
void describe(Visitor& visitor, Recording& recording);
void describe(Visitor& visitor, Services& services);
void describe(Visitor& visitor, Numbering& numbering);
void describe(Visitor& visitor, RewriteSet& set);
void describe(Visitor& visitor, RewriteRule& rule);
void describe(Visitor& visitor, Trunk& trunk);
void describe(Visitor& visitor, TrunkLogin& login);
void describe(Visitor& visitor, TrunkRegistration& registration);
void describe(Visitor& visitor, TrunkHealth& health);
void describe(Visitor& visitor, TrunkLimits& limits);
void describe(Visitor& visitor, TrunkIdentity& identity);
void describe(Visitor& visitor, TrunkRewrites& rewrites);
void describe(Visitor& visitor, WeekHours& week);
void describe(Visitor& visitor, DatedHours& dates);
void describe(Visitor& visitor, HolidayHours& holidays);
void describe(Visitor& visitor, Schedule& schedule);
void describe(Visitor& visitor, HolidayCalendar& calendar);
void describe(Visitor& visitor, PlanRule& rule);
void describe(Visitor& visitor, Plan& plan);
void describe(Visitor& visitor, CallerList& list);
void describe(Visitor& visitor, PriceList& prices);
void describe(Visitor& visitor, GroupTrunk& member);
void describe(Visitor& visitor, TrunkGroup& group);
void describe(Visitor& visitor, Rights& rights);
void describe(Visitor& visitor, RightsLimits& limits);
void describe(Visitor& visitor, AccountCode& code);
void describe(Visitor& visitor, Fraud& fraud);
void describe(Visitor& visitor, Storage& storage);
void describe(Visitor& visitor, Api& api);
void describe(Visitor& visitor, Metrics& metrics);
void describe(Visitor& visitor, Call& call);

// Section `defaults`: what all extensions begin with.
struct Defaults {
  Extension extension;
};
void describe(Visitor& visitor, Defaults& defaults);

// The words for codecs, for media.codecs and extensions.*.codecs.
[[nodiscard]] WordForm<CodecName> codec_form();
[[nodiscard]] WordForm<SrtpMode> srtp_form();
// Words that extensions, profiles and trunks share.
[[nodiscard]] WordForm<DtmfMode> dtmf_form();
[[nodiscard]] WordForm<RecordingChoice> recording_choice_form();
[[nodiscard]] WordForm<ReliableProvisional> reliable_form();
[[nodiscard]] WordForm<SessionTimerMode> session_timer_form();

template <>
struct Naming<Profile> {
  static constexpr std::size_t kMax = kProfilesMax;
  static std::string allowed();
  static Parsed<std::vector<std::string>> expand(std::string_view key);
  static void give_name(Profile& profile, const std::string& name);
};

// Of entries whose key is one name, which nothing else is told by.
inline constexpr TextForm kPlainName{.min = 1, .max = 32, .kind = TextKind::kName};

template <class T, std::size_t Max>
struct PlainNaming {
  static constexpr std::size_t kMax = Max;
  static std::string allowed() { return kPlainName.allowed(); }
  static Parsed<std::vector<std::string>> expand(std::string_view key) {
    return kPlainName.read(key).map([](std::string name) { return std::vector{std::move(name)}; });
  }
  static void give_name(T& entry, const std::string& name) { entry.name = name; }
};

template <>
struct Naming<Trunk> : PlainNaming<Trunk, kTrunksMax> {};
template <>
struct Naming<Domain> : PlainNaming<Domain, kDomainsMax> {};
template <>
struct Naming<RewriteSet> : PlainNaming<RewriteSet, kRewriteSetsMax> {};
template <>
struct Naming<Schedule> : PlainNaming<Schedule, kSchedulesMax> {};
template <>
struct Naming<HolidayCalendar> : PlainNaming<HolidayCalendar, kHolidayCalendarsMax> {};
template <>
struct Naming<Plan> : PlainNaming<Plan, kPlansMax> {};
template <>
struct Naming<CallerList> : PlainNaming<CallerList, kCallerListsMax> {};
template <>
struct Naming<PriceList> : PlainNaming<PriceList, kPriceListsMax> {};
template <>
struct Naming<TrunkGroup> : PlainNaming<TrunkGroup, kTrunkGroupsMax> {};
template <>
struct Naming<Rights> : PlainNaming<Rights, kRightsMax> {};

template <>
struct Naming<Extension> {
  static constexpr std::size_t kMax = kExtensionsMax;
  static std::string allowed();
  static Parsed<std::vector<std::string>> expand(std::string_view key);
  static void give_name(Extension& extension, const std::string& name);
};

}  // namespace pbx::config
