#include "core/route/rights_section.h"

#include "section_samples.h"

namespace pbx::route {
namespace {

const std::string kCode(64, 'a');

struct Made {
  RightsGroups groups;
  std::string flaws;
};

Made made(const std::string& rights) {
  const auto config = testing::config_of(
      "numbering: {area_code: 495, local_digits: 7}\n"
      "prices: {mts: }\n"
      "schedules: {office: {zone: UTC}}\n" +
      rights);
  const auto office = Schedule::compile({.name = "office"});
  std::vector<core::Flaw> flaws;
  auto groups = compile_rights(*config, {std::make_shared<const Schedule>(*office)},
                               {{"mts", std::make_shared<const PriceTable>()}}, flaws);
  return {std::move(groups), testing::text_of(flaws)};
}

}  // namespace

TEST_CASE("a group of rights is read") {
  const Made all = made(
      "rights:\n"
      "  plain: \n"
      "  boss:\n"
      "    destinations: [internal, national, international, international DE, international 001]\n"
      "    services: [pickup, recording_control]\n"
      "    limits: {concurrent: 2, per_hour: 10, minutes_per_day: 60, money_per_day: '99.50', "
      "prices: mts}\n"
      "    schedule: office\n"
      "    account_codes: [{name: project, sha256: " +
      kCode + "}]\n");
  CHECK(all.flaws.empty());
  REQUIRE(all.groups.size() == 2);
  const RightsGroup& boss = all.groups.at("boss");
  CHECK(boss.name == "boss");
  CHECK(boss.destinations == std::set<Destination>{Destination::kInternal, Destination::kNational,
                                                   Destination::kInternational});
  CHECK(boss.countries == std::set<std::string>{"001", "DE"});
  CHECK(boss.services ==
        std::set<config::Service>{config::Service::kPickup, config::Service::kRecordingControl});
  CHECK(boss.limits.per_hour == 10);
  CHECK(boss.money_per_day == 99'500'000);
  CHECK(boss.prices != nullptr);
  REQUIRE(boss.schedule != nullptr);
  CHECK(boss.schedule->name() == "office");
  REQUIRE(boss.find_account(kCode) != nullptr);
  CHECK(*boss.find_account(kCode) == "project");
  const RightsGroup& plain = all.groups.at("plain");
  CHECK(plain.destinations == std::set<Destination>{Destination::kInternal});
  CHECK(plain.schedule == nullptr);
  CHECK_FALSE(plain.money_per_day.has_value());
}

TEST_CASE("what is wrong is told at its option") {
  struct Row {
    const char* rights;
    const char* flaw;  // after "rights.a"
  };
  const Row rows[] = {
      {"destinations: [internal, mobil]",
       ".destinations[1]: `mobil` is not known, did you mean `mobile`?; allowed: internal, local"},
      {"destinations: [international QQ]",
       ".destinations[0]: `international QQ` is no destination"},
      {"destinations: [international de]",
       ".destinations[0]: `international de` is no destination"},
      {"destinations: [mobile DE]", ".destinations[0]: `mobile DE` is no destination"},
      {"limits: {prices: mtt}",
       ".limits.prices: there is no price list `mtt`, did you mean `mts`?"},
      {"limits: {prices: mts, money_per_day: much}", ".limits.money_per_day: `much` is no amount"},
      {"limits: {prices: mts, money_per_day: -1}", ".limits.money_per_day: `-1` is no amount"},
      {"schedule: offic", ".schedule: there is no schedule `offic`, did you mean `office`?"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rights);
    const Made wrong = made(std::string("rights: {a: {") + row.rights + "}}\n");
    CAPTURE(wrong.flaws);
    CHECK(wrong.flaws.starts_with(std::string("rights.a") + row.flaw));
    CHECK(wrong.flaws.find('\n') == wrong.flaws.size() - 1);
  }
  const std::string code = "{name: a, sha256: " + kCode + "}";
  CHECK(made("rights: {a: {account_codes: [" + code + ", " + code + "]}}\n").flaws ==
        "rights.a.account_codes[1].sha256: another account has this code\n");
}

}  // namespace pbx::route
