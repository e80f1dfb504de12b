#include "core/number/numbering.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/number/phone_library.h"

namespace pbx::number {
namespace {

// Of a domain, or of the house.
const config::Numbering& section_of(const config::Config& config, const std::string& domain) {
  return domain.empty() ? config.numbering : config.domains.at(domain).numbering;
}

std::string section_path(const std::string& domain) {
  return domain.empty() ? "numbering" : fmt::format("domains.{}.numbering", domain);
}

NumberPlanOptions plan_options(const config::Config& config, const std::string& domain) {
  const config::Numbering& from = section_of(config, domain);
  NumberPlanOptions options;
  options.country = from.country;
  options.area_code = from.area_code;
  options.local_digits_min = options.local_digits_max = from.local_digits;
  options.international_prefixes = from.international_prefixes;
  options.emergency_numbers = from.emergency_numbers;
  options.short_numbers = from.short_numbers;
  for (const auto& [id, extension] : config.extensions)
    if (extension.domain == domain)
      options.internal.push_back({extension.number, extension.number});
  return options;
}

std::string field_path(const RewriteMistake& mistake, const std::string& set) {
  const std::string rules = fmt::format("rewrites.{}.rules", set);
  switch (mistake.field) {
    case RewriteMistake::Field::kMatch:
      return fmt::format("{}[{}].match", rules, mistake.rule);
    case RewriteMistake::Field::kReplace:
      return fmt::format("{}[{}].replace", rules, mistake.rule);
    case RewriteMistake::Field::kSet:
      break;
  }
  return rules;
}

// Places within the match of the file, which may stand between slashes; a replacement never does.
std::string told(const RewriteMistake& mistake, const config::RewriteRule& rule) {
  const bool is_match = mistake.field == RewriteMistake::Field::kMatch;
  const auto written = is_match ? WrittenPattern::of(rule.match) : WrittenPattern{};
  return written.told(mistake.offset, mistake.text);
}

using RewriteSets = std::map<std::string, RewriteSet, std::less<>>;

RewriteSets compile_rewrites(const config::Config& config, std::vector<core::Flaw>& flaws) {
  RewriteSets sets;
  for (const auto& [name, set] : config.rewrites) {
    std::vector<RewriteRule> rules;
    for (const config::RewriteRule& rule : set.rules) rules.push_back(rewrite_rule(rule));
    auto compiled = RewriteSet::compile(rules);
    if (compiled) {
      sets.emplace(name, std::move(*compiled));
      continue;
    }
    for (const RewriteMistake& mistake : compiled.error())
      core::add_flaw(flaws, field_path(mistake, name), told(mistake, set.rules[mistake.rule]));
  }
  return sets;
}

std::optional<RangeTable> read_ranges(const config::Numbering& from, const std::string& path,
                                      const Numbering::ReadFile& read_table,
                                      std::vector<core::Flaw>& flaws) {
  if (from.ranges.empty()) return std::nullopt;
  const std::string file = from.ranges.string();
  const auto text = read_table(from.ranges);
  if (!text) {
    core::add_flaw(flaws, path, fmt::format("{} {}", file, text.error().detail));
    return std::nullopt;
  }
  RangeLoad load = RangeTable::read({file, *text}, country_code_of(from.country));
  for (const config::Mistake& mistake : load.mistakes)
    core::add_flaw(flaws, path, mistake.message());
  return std::move(load.table);
}

}  // namespace

RewriteRule rewrite_rule(const config::RewriteRule& rule) {
  const WrittenPattern match = WrittenPattern::of(rule.match);
  return {match.kind, std::string(match.text), rule.replace, rule.then};
}

std::optional<Numbering::OfDomain> Numbering::make_domain(const config::Config& config,
                                                          const std::string& name,
                                                          const ReadFile& read_table,
                                                          std::vector<core::Flaw>& flaws) {
  const std::string path = section_path(name);
  auto plan = NumberPlan::open(plan_options(config, name));
  if (!plan) core::add_flaw(flaws, path, plan.error().detail);
  auto ranges = read_ranges(section_of(config, name), path + ".ranges", read_table, flaws);
  if (!plan) return std::nullopt;
  DialForm national = home_form(plan->options().country);
  return OfDomain{std::move(*plan), std::move(national), std::move(ranges)};
}

core::Checked<Numbering> Numbering::make(const config::Config& config, const ReadFile& read_table) {
  std::vector<core::Flaw> flaws;
  Numbering numbering;
  const auto add = [&](const std::string& name) {
    if (auto domain = make_domain(config, name, read_table, flaws))
      numbering.domains_.emplace(name, std::move(*domain));
  };
  add({});
  for (const auto& [name, domain] : config.domains) add(name);
  numbering.rewrites_ = compile_rewrites(config, flaws);
  if (!flaws.empty()) return tl::unexpected(std::move(flaws));
  return numbering;
}

const Numbering::OfDomain& Numbering::of(std::string_view domain) const {
  const auto found = domains_.find(domain);
  return found == domains_.end() ? domains_.find("")->second : found->second;
}

std::vector<const NumberPlan*> Numbering::plans() const {
  std::vector<const NumberPlan*> plans;
  for (const auto& [name, domain] : domains_) plans.push_back(&domain.plan);
  return plans;
}

std::string Numbering::rewrite(std::string_view set, std::string_view number) const {
  const RewriteSet* const rules = set.empty() ? nullptr : find_rewrites(set);
  auto result = rules == nullptr ? core::Result<std::string>(number) : rules->apply(number);
  return result ? std::move(*result) : std::string(number);
}

std::string Numbering::written(const Number& number, config::NumberWriting writing,
                               std::string_view dialled, std::string_view domain) const {
  switch (writing) {
    case config::NumberWriting::kPlus:
      return format(number, e164_form());
    case config::NumberWriting::kDigits:
      return format(number, digits_form());
    case config::NumberWriting::kNational:
      return format(number, of(domain).national);
    case config::NumberWriting::kAsDialled:
      break;
  }
  return std::string(dialled);
}

Number Numbering::read(std::string_view text, std::string_view domain) const {
  auto number = normalise(text, plan(domain));
  return number ? std::move(*number) : Number{.text = std::string(text)};
}

const RewriteSet* Numbering::find_rewrites(std::string_view name) const {
  const auto found = rewrites_.find(name);
  return found == rewrites_.end() ? nullptr : &found->second;
}

Region Numbering::region_of(const Number& number, std::string_view language,
                            std::string_view domain) const {
  const std::optional<RangeTable>& ranges = of(domain).ranges;
  return number::region_of(number, ranges ? &*ranges : nullptr, language);
}

NumberExplanation explain_number(const Numbering& numbering, const NumberQuestion& question,
                                 std::string_view language) {
  NumberExplanation told;
  told.rewritten = question.text;
  for (const std::string& name : question.sets) {
    const RewriteSet* set = numbering.find_rewrites(name);
    PBX_ASSERT(set != nullptr);
    auto& applied = told.sets.emplace_back(NumberExplanation::Set{name, {}});
    auto after = set->apply(told.rewritten, applied.steps);
    if (!after) {
      told.problem = after.error().detail;
      return told;
    }
    told.rewritten = std::move(*after);
  }
  auto number = normalise(told.rewritten, numbering.plan(question.domain));
  if (!number) {
    told.problem = number.error().detail;
    return told;
  }
  told.region = numbering.region_of(*number, language, question.domain);
  told.number = std::move(*number);
  return told;
}

}  // namespace pbx::number
