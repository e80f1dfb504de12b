// tools/strowger/main.cc — the `strowger` command: its command line (docs/cli.md).
#include <CLI/CLI.hpp>
#include <ctime>

#include "core/base/wall_time.h"
#include "core/config/server.h"
#include "tools/strowger/commands.h"
#include "tools/strowger/number_command.h"
#include "tools/strowger/route_command.h"

namespace pbx::tools {
namespace {

// Local time to the second; what cannot be read is shown as it came.
std::string local_time(std::string_view iso) {
  const auto wall = core::parse_iso8601(iso);
  if (!wall) return std::string(iso);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(*wall);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return {text, length};
}

constexpr const char* kTableRows = "20";  // what fits a terminal

struct Arguments {
  std::filesystem::path socket = config::Server{}.data_dir / "strowger.sock";
  bool json = false, utc = false;
  std::string id, file, path, address;
  std::string from, to, number, outcome, limit, format = "table", call, extension, state;
  std::vector<std::string> level;
  NumberQuestion number_question;
  RouteArguments route;
  ScheduleArguments schedule;
};

class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    app_.fallthrough();  // general options may follow the command
    app_.add_option("--socket", args_.socket, "the daemon's socket")->capture_default_str();
    app_.add_flag("--json", args_.json, "print the answer as JSON, as the API gives it");
    app_.add_flag("--utc", args_.utc, "show times in UTC, not in local time");
    add_live();
    add_records();
    add_service();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : static_cast<int>(Exit::kUsage);
    }
    return static_cast<int>(exit_);
  }

 private:
  template <typename Run>
  CLI::App* add(CLI::App& parent, const char* name, const char* summary, Run run) {
    auto* command = parent.add_subcommand(name, summary);
    command->final_callback([this, run] {
      Commands commands(args_.socket, args_.json);
      exit_ = run(commands);
    });
    return command;
  }
  template <typename Run>
  CLI::App* add(const char* name, const char* summary, Run run) {
    return add(app_, name, summary, run);
  }
  [[nodiscard]] ShowTime time() const {
    if (args_.utc) return [](std::string_view iso) { return std::string(iso); };
    return local_time;
  }
  [[nodiscard]] std::string limit_or(const char* rows) const {
    return args_.limit.empty() ? rows : args_.limit;
  }
  // A formatter that shows times.
  template <typename Format>
  [[nodiscard]] Commands::Formatter timed(Format format) const {
    return
        [format, show = time()](const boost::json::value& answer) { return format(answer, show); };
  }

  void add_live() {
    add("status", "the exchange at a glance",
        [this](Commands& c) { return c.run("GET", "/api/v1/status", timed(format_status)); });
    add("calls", "calls in progress",
        [this](Commands& c) { return c.run("GET", "/api/v1/calls", timed(format_calls)); });
    add("call", "one call, in progress or over",
        [this](Commands& c) { return c.call(args_.id, time()); })
        ->add_option("id", args_.id)
        ->required();
    add("hangup", "hang up a call",
        [this](Commands& c) {
          return c.run("DELETE", "/api/v1/calls/" + path_part(args_.id),
                       [](const auto&) { return std::string("hung up\n"); });
        })
        ->add_option("id", args_.id)
        ->required();
    add("trace", "SIP messages and media figures of a call",
        [this](Commands& c) {
          return c.run("GET", "/api/v1/calls/" + path_part(args_.id) + "/trace",
                       timed(format_trace));
        })
        ->add_option("call", args_.id)
        ->required();
    add("registrations", "registered phones", [this](Commands& c) {
      return c.run("GET", "/api/v1/registrations" + query_text({{"extension", args_.extension}}),
                   timed(format_registrations));
    })->add_option("--extension", args_.extension, "only this one");
    add("trunks", "whether trunks live, and what they carry",
        [this](Commands& c) { return c.run("GET", "/api/v1/trunks", timed(format_trunks)); });
    add("schedules", "which schedules are open, and why",
        [](Commands& c) { return c.run("GET", "/api/v1/schedules", format_schedules); });
    add_set_schedule();
    add("accounts", "extensions, with passwords that were generated",
        [](Commands& c) { return c.run("GET", "/api/v1/accounts", format_accounts); });
  }

  void add_fraud() {
    auto* fraud = app_.add_subcommand("fraud", "extensions blocked by the fraud watch")
                      ->require_subcommand(1);
    add(*fraud, "list", "who is blocked, and why",
        [this](Commands& c) { return c.run("GET", "/api/v1/fraud", timed(format_blocks)); });
    add(*fraud, "lift", "let an extension call again",
        [this](Commands& c) {
          return c.run("DELETE", "/api/v1/fraud/" + path_part(args_.id),
                       [](const auto&) { return std::string("lifted\n"); });
        })
        ->add_option("extension", args_.id)
        ->required();
  }

  void add_set_schedule() {
    auto* set =
        add("set-schedule", "open or close a schedule by hand (night mode)", [this](Commands& c) {
          return c.run("PUT",
                       "/api/v1/schedules/" + path_part(args_.id) +
                           query_text({{"state", args_.state},
                                       {"until", args_.to},
                                       {"by", "strowger set-schedule"}}),
                       [](const auto&) { return std::string("set\n"); });
        });
    set->add_option("name", args_.id)->required();
    set->add_option("state", args_.state, "open, closed, or none: back to its hours")
        ->required()
        ->check(CLI::IsMember({"open", "closed", "none"}));
    set->add_option("--until", args_.to,
                    "such as 2026-11-23T09:00:00Z; else until it is taken off");
  }

  void add_records() {
    auto* cdr =
        add("cdr", "call records, newest first", [this](Commands& c) { return show_cdr(c); });
    add_range(*cdr);
    cdr->add_option("--number", args_.number, "caller, called or dialled number");
    cdr->add_option("--outcome", args_.outcome)
        ->check(CLI::IsMember(
            {"answered", "no_answer", "busy", "cancelled", "refused", "failed", "interrupted"}));
    cdr->add_option("--format", args_.format)
        ->check(CLI::IsMember({"table", "csv", "json", "jsonl"}))
        ->capture_default_str();
    auto* recordings = add("recordings", "recordings, newest first", [this](Commands& c) {
      return c.run("GET",
                   "/api/v1/recordings" + query_text({{"from", args_.from},
                                                      {"to", args_.to},
                                                      {"call", args_.call},
                                                      {"limit", limit_or(kTableRows)}}),
                   timed(format_recordings));
    });
    add_range(*recordings);
    recordings->add_option("--call", args_.call, "only those of this call");
    auto* recording = add("recording", "one recording", [this](Commands& c) {
      const auto target = "/api/v1/recordings/" + path_part(args_.id);
      if (!args_.file.empty()) return c.save(target + "/file", args_.file);
      return c.run("GET", target, timed(format_recording));
    });
    recording->add_option("id", args_.id)->required();
    recording->add_option("--save", args_.file, "write its sound to this file");
  }

  void add_range(CLI::App& command) {
    command.add_option("--from", args_.from, "first moment, such as 2026-11-22T01:15:00Z");
    command.add_option("--to", args_.to, "moment before which it started");
    command.add_option("--limit", args_.limit, "rows; default 20, for csv, json and jsonl all")
        ->check(CLI::NonNegativeNumber);
  }

  Exit show_cdr(Commands& commands) const {
    Query query{{"from", args_.from},
                {"to", args_.to},
                {"number", args_.number},
                {"outcome", args_.outcome}};
    query.emplace_back("limit", limit_or(args_.format == "table" ? kTableRows : "0"));
    if (args_.format == "table")
      return commands.run("GET", "/api/v1/cdr" + query_text(query), timed(format_cdrs));
    query.emplace_back("format", args_.format);
    return commands.print_as_it_comes("/api/v1/cdr" + query_text(query));
  }

  void add_service() {
    add("reload", "read the configuration again",
        [](Commands& c) { return c.run("POST", "/api/v1/reload", format_reload, 422); });
    add("drain", "take no new calls; those in progress go on", [](Commands& c) {
      return c.run("POST", "/api/v1/drain", [](const auto&) {
        return std::string("draining: new calls are refused from now on\n");
      });
    });
    add("check", "check a configuration; needs no daemon",
        [this](Commands&) { return check_configuration(args_.path); })
        ->add_option("path", args_.path, "a file, or a directory of *.yaml")
        ->required();
    add("health", "whether each part works",
        [](Commands& c) { return c.run("GET", "/health", format_health, 503); });
    add("metrics", "figures in Prometheus text format",
        [](Commands& c) { return c.print_as_it_comes("/metrics"); });
    add_number();
    add_route();
    add_log();
    add_guard();
    add_fraud();
  }

  void add_number() {
    auto* number = app_.add_subcommand("number", "telephone numbers")->require_subcommand(1);
    NumberQuestion& question = args_.number_question;
    auto* explain = add(*number, "explain", "what a number becomes, step by step; needs no daemon",
                        [&question](Commands&) { return explain_number(question); });
    explain->add_option("number", question.number, "as it is dialled or sent")->required();
    explain->add_option("--trunk", question.trunk, "it came by this one; shows how it would leave");
    explain->add_option("--domain", question.domain, "whose numbers these are; default the house");
    explain->add_option("--rewrites", question.rewrites, "sets of rules to apply first, in order");
    add_conf(*explain, question.conf);
  }

  void add_route() {
    auto* route = app_.add_subcommand("route", "where calls go")->require_subcommand(1);
    RouteArguments& asked = args_.route;
    auto* explain = add(*route, "explain", "where a call would go, rule by rule; needs no daemon",
                        [this](Commands&) { return explain_route(args_.route, time()); });
    explain->add_option("--to", asked.to, "the called number, as it is dialled or sent")
        ->required();
    explain->add_option("--from", asked.from, "the calling number; none is withheld");
    explain->add_option("--at", asked.at, "such as '2026-12-31 23:30', local time; default now");
    explain->add_option("--trunk", asked.trunk, "it came by this one; none is from an extension");
    explain->add_option("--plan", asked.plan, "where to begin; default that of who calls");
    explain->add_option("--header", asked.headers, "of the INVITE, such as 'X-Name: value'");
    explain->add_option("--call-id", asked.call_id, "by which chance is drawn");
    add_conf(*explain, asked.conf);

    auto* schedule = add("schedule", "whether it is open, and until when; needs no daemon",
                         [this](Commands&) { return show_schedule(args_.schedule, time()); });
    schedule->add_option("name", args_.schedule.name)->required();
    schedule->add_option("--at", args_.schedule.at, "such as '2026-12-31 23:30'; default now");
    add_conf(*schedule, args_.schedule.conf);
  }

  static void add_conf(CLI::App& command, std::filesystem::path& conf) {
    command.add_option("--conf", conf, "a file, or a directory of *.yaml")->capture_default_str();
  }

  void add_log() {
    auto* log = app_.add_subcommand("log", "the log of the daemon")->require_subcommand(1);
    auto* level = add(*log, "level", "show the levels, or set one: [component] level",
                      [this](Commands& c) { return log_level(c); });
    level->add_option("what", args_.level, "[component] error|warn|info|debug|trace")
        ->expected(0, 2);
  }

  Exit log_level(Commands& commands) const {
    if (args_.level.empty()) return commands.run("GET", "/api/v1/log", format_log_levels);
    const auto component = args_.level.size() == 2 ? args_.level.front() : std::string{};
    return commands.run(
        "PUT",
        "/api/v1/log" + query_text({{"component", component}, {"level", args_.level.back()}}),
        format_log_levels);
  }

  void add_guard() {
    auto* guard = app_.add_subcommand("guard", "protection against guessed passwords");
    guard->require_subcommand(1);
    add(*guard, "list", "sources watched or banned",
        [this](Commands& c) { return c.run("GET", "/api/v1/guard", timed(format_guard)); });
    add(*guard, "lift", "end the ban of an address",
        [this](Commands& c) {
          return c.run("DELETE", "/api/v1/guard/" + path_part(args_.address),
                       [](const auto&) { return std::string("lifted\n"); });
        })
        ->add_option("address", args_.address)
        ->required();
  }

  CLI::App app_{"The command of the Strowger telephone exchange", "strowger"};
  Arguments args_;
  Exit exit_ = Exit::kDone;
};

}  // namespace
}  // namespace pbx::tools

int main(int argc, char** argv) {
  pbx::tools::CommandLine line;
  return line.run(argc, argv);
}
