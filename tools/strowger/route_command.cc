#include "tools/strowger/route_command.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/config/domain_forms.h"
#include "core/config/loader.h"
#include "core/config/suggest.h"
#include "core/route/rule_text.h"
#include "tools/strowger/lines.h"
#include "tools/strowger/moment.h"

namespace pbx::tools {
namespace {

std::string domain_text(const std::string& domain) { return config::DomainForm{}.write(domain); }

void print(std::FILE* out, const std::string& text) { std::fputs(text.c_str(), out); }

Exit failed(const std::string& text) {
  print(stderr, "strowger: " + text + '\n');
  return Exit::kFailed;
}

// A configuration and what follows from it; nullopt: its mistakes were printed.
struct Loaded {
  std::shared_ptr<const config::Config> config;
  route::Routing routing;
};

std::optional<Loaded> load(const std::filesystem::path& conf) {
  const auto loaded = config::load(conf, {.check = route::check_routing});
  for (const auto& mistake : loaded.mistakes) print(stderr, mistake.message() + '\n');
  if (!loaded.has_config()) return std::nullopt;
  auto routing = route::Routing::make(*loaded.config, config::read_table);
  if (routing) return Loaded{loaded.config, std::move(*routing)};
  failed("a table was changed meanwhile");  // the check has just read them all
  return std::nullopt;
}

core::Result<core::WallTime> moment_of(const std::string& at) {
  return at.empty() ? core::wall_now() : parse_moment(at);
}

using Text = tl::unexpected<std::string>;

// Of the trunk, or of the calling extension; "": it has none.
tl::expected<std::string, std::string> own_plan(const RouteArguments& arguments,
                                                const config::Config& config) {
  if (!arguments.trunk.empty()) return config.trunks.at(arguments.trunk).plan;
  const auto extension = config.extensions.find(arguments.from);
  if (extension == config.extensions.end())
    return Text("who calls? --from EXTENSION, --trunk NAME or --plan NAME");
  return extension->second.plan;
}

// The one asked for, else that of who calls.
tl::expected<std::string, std::string> plan_of(const RouteArguments& arguments,
                                               const config::Config& config) {
  if (!arguments.trunk.empty() && !config.trunks.contains(arguments.trunk))
    return Text(config::not_there("trunk", arguments.trunk, config::keys_of(config.trunks)));
  if (arguments.plan.empty()) return own_plan(arguments, config);
  if (config.plans.contains(arguments.plan)) return arguments.plan;
  return Text(config::not_there("plan", arguments.plan, config::keys_of(config.plans)));
}

// Null: it comes by a trunk, or nobody here has that number.
const config::Extension* caller_of(const RouteArguments& arguments, const config::Config& config) {
  if (!arguments.trunk.empty()) return nullptr;
  const auto found = config.extensions.find(arguments.from);
  return found == config.extensions.end() ? nullptr : &found->second;
}

// Whose numbers they dial; "" is the house.
std::string domain_of(const RouteArguments& arguments, const config::Config& config) {
  const auto trunk = config.trunks.find(arguments.trunk);
  if (trunk != config.trunks.end()) return trunk->second.domain;
  const config::Extension* caller = caller_of(arguments, config);
  return caller == nullptr ? std::string() : caller->domain;
}

// What an extension dials without any plan.
bool is_dialled_directly(const RouteArguments& arguments, const config::Config& config) {
  if (!arguments.trunk.empty() || !arguments.plan.empty()) return false;
  const std::string id = config::extension_id(arguments.to, domain_of(arguments, config));
  return config.extensions.contains(id) || arguments.to == config.services.echo ||
         arguments.to == config.services.own_number;
}

std::vector<std::string> set_named(const std::string& name) {
  return name.empty() ? std::vector<std::string>{} : std::vector{name};
}

tl::expected<route::RouteQuestion, std::string> question_of(const RouteArguments& arguments,
                                                            const config::Config& config) {
  auto plan = plan_of(arguments, config);
  if (!plan) return Text(std::move(plan.error()));
  const auto now = moment_of(arguments.at);
  if (!now) return Text(now.error().detail);
  route::RouteQuestion question{.plan = std::move(*plan),
                                .called = arguments.to,
                                .caller = arguments.from,
                                .trunk = arguments.trunk,
                                .domain = domain_of(arguments, config),
                                .call_id = arguments.call_id,
                                .now = *now};
  if (const config::Extension* caller = caller_of(arguments, config))
    question.caller = caller->caller_id;
  if (const auto trunk = config.trunks.find(arguments.trunk); trunk != config.trunks.end()) {
    question.called_rewrites = set_named(trunk->second.rewrites.called_in);
    question.caller_rewrites = set_named(trunk->second.rewrites.caller_in);
  }
  for (const std::string& header : arguments.headers) {
    const auto parts = core::split_once(header, ':');
    if (!parts) return Text(fmt::format("`{}` is no header such as `X-Name: value`", header));
    question.headers.emplace_back(core::trim(parts->first), core::trim(parts->second));
  }
  return question;
}

std::string number_text(const number::Number& number, const std::string& problem) {
  if (number.text.empty()) return "withheld";
  if (!problem.empty()) return fmt::format("{}, no number: it {}", number.text, problem);
  return fmt::format("{}, {}", number.text, number::to_text(number.kind));
}

std::string action_text(const route::RouteAction& action, const route::RouteExplanation& told) {
  const bool is_dialled =
      action.kind == route::RouteAction::Kind::kExtension && action.target.empty();
  if (is_dialled) return fmt::format("extension {}, the one dialled", told.numbers.called.text);
  return route::to_text(action);
}

Lines facts_of(const route::RouteQuestion& question, const route::RouteExplanation& told,
               const ShowTime& time) {
  Lines facts;
  add_steps(facts, told.caller);
  facts.add("from", number_text(told.numbers.caller, told.caller.problem));
  add_steps(facts, told.called);
  facts.add("to", number_text(told.numbers.called, told.called.problem));
  if (!question.domain.empty()) facts.add("domain", question.domain);
  facts.add("by", question.trunk.empty() ? "an extension" : "trunk " + question.trunk);
  facts.add("region", told.numbers.region.empty() ? "unknown" : told.numbers.region);
  if (!told.numbers.lists.empty())
    facts.add("lists", fmt::format("{}", fmt::join(told.numbers.lists, ", ")));
  facts.add("time", time(core::iso8601(question.now)));
  for (const auto& [name, state] : told.schedules) facts.add("schedule " + name, state);
  return facts;
}

bool is_saved(const route::RouteQuestion& question, const route::RouteExplanation& told) {
  return question.trunk.empty() && told.numbers.called.kind == number::NumberKind::kEmergency;
}

// What becomes of a call for which no rule holds.
std::string end_text(const route::RouteQuestion& question, const route::RouteExplanation& told) {
  if (is_saved(question, told)) return "an emergency number, it goes out by any trunk\n";
  if (question.plan.empty()) return "its caller has no plan, the call is refused\n";
  return "no rule matches, the call is refused\n";
}

}  // namespace

std::string format_route(const route::RouteQuestion& question, const route::RouteExplanation& told,
                         const ShowTime& time) {
  std::string text = "call\n" + facts_of(question, told, time).text();
  for (std::size_t i = 0; i < told.verdicts.size();) {
    const route::PlanShape* const plan = told.verdicts[i].plan;
    Lines rules;
    for (; i < told.verdicts.size() && told.verdicts[i].plan == plan; ++i) {
      const route::RuleVerdict& verdict = told.verdicts[i];
      rules.add(verdict.rule->name, verdict.matches ? "→ " + action_text(verdict.rule->action, told)
                                                    : "no: " + verdict.reason);
    }
    text += "plan " + plan->name + '\n' + rules.text();
  }
  return told.is_decided() ? text : text + end_text(question, told);
}

namespace {

// What is asked in the domain that the call goes on into; nullopt: it does not, or it was told why
// it cannot.
std::optional<route::RouteQuestion> question_beyond(const config::Config& config,
                                                    const route::RouteQuestion& question,
                                                    const route::RouteExplanation& told) {
  if (!told.is_decided()) return std::nullopt;
  const route::RouteAction& action = told.verdicts.back().rule->action;
  if (action.kind != route::RouteAction::Kind::kDomain) return std::nullopt;
  const auto* passage = config::find_passage(config, question.domain, action.target);
  if (passage == nullptr) {
    print(stdout, fmt::format("no passage leads from {} to {}, the call is refused\n",
                              domain_text(question.domain), domain_text(action.target)));
    return std::nullopt;
  }
  route::RouteQuestion next = question;
  next.domain = passage->to;
  next.plan = passage->plan;
  next.called = told.numbers.called.text;
  next.caller = told.numbers.caller.text;
  next.called_rewrites = set_named(passage->rewrites.called);
  next.caller_rewrites = set_named(passage->rewrites.caller);
  return next;
}

// By a passage without a plan: extensions are all that it leads to.
Exit explain_ringing(const Loaded& loaded, const route::RouteQuestion& question,
                     const route::RouteExplanation& told) {
  const auto id = config::extension_id(told.numbers.called.text, question.domain);
  const bool is_there = loaded.config->extensions.contains(id);
  print(stdout, is_there ? fmt::format("→ extension {}\n", id)
                         : fmt::format("{} is nobody there, the call is refused\n", id));
  return is_there ? Exit::kDone : Exit::kFailed;
}

Exit explain_from(const Loaded& loaded, route::RouteQuestion question, const ShowTime& time) {
  for (std::uint32_t passages = 0; passages <= route::kPassagesOfCallMax; ++passages) {
    const auto told = route::explain_route(loaded.routing, question);
    if (passages > 0 && question.plan.empty()) return explain_ringing(loaded, question, told);
    print(stdout, format_route(question, told, time));
    auto next = question_beyond(*loaded.config, question, told);
    if (!next) return told.is_decided() || is_saved(question, told) ? Exit::kDone : Exit::kFailed;
    question = std::move(*next);
    print(stdout, fmt::format("passage into {}\n", domain_text(question.domain)));
  }
  print(stdout, "from one domain into another without end, the call is refused\n");
  return Exit::kFailed;
}

}  // namespace

Exit explain_route(const RouteArguments& arguments, const ShowTime& time) {
  const auto loaded = load(arguments.conf);
  if (!loaded) return Exit::kFailed;
  if (is_dialled_directly(arguments, *loaded->config)) {
    print(stdout, fmt::format("{} is ours, it is dialled without a plan\n", arguments.to));
    return Exit::kDone;
  }
  const auto question = question_of(arguments, *loaded->config);
  if (!question) return failed(question.error());
  return explain_from(*loaded, *question, time);
}

Exit show_schedule(const ScheduleArguments& arguments, const ShowTime& time) {
  const auto loaded = load(arguments.conf);
  if (!loaded) return Exit::kFailed;
  const route::Schedule* const schedule = loaded->routing.find_schedule(arguments.name);
  if (schedule == nullptr)
    return failed(
        config::not_there("schedule", arguments.name, config::keys_of(loaded->config->schedules)));
  const auto now = moment_of(arguments.at);
  if (!now) return failed(now.error().detail);
  const auto change = schedule->next_change(*now);
  Lines lines;
  lines.add(arguments.at.empty() ? "now" : "then", schedule->explain(*now));
  lines.add("until", change ? time(core::iso8601(*change)) : "for more than a year");
  print(stdout, schedule->name() + '\n' + lines.text());
  return Exit::kDone;
}

}  // namespace pbx::tools
