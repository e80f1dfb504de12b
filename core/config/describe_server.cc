#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"

namespace pbx::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::array<std::pair<std::string_view, Country>, 4> kCountries{
    {{"ru", Country::kRu}, {"us", Country::kUs}, {"uk", Country::kUk}, {"de", Country::kDe}}};
constexpr std::array<std::pair<std::string_view, Language>, 2> kLanguages{
    {{"en", Language::kEn}, {"ru", Language::kRu}}};
constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLevels{
    {{"error", LogLevel::kError},
     {"warn", LogLevel::kWarn},
     {"info", LogLevel::kInfo},
     {"debug", LogLevel::kDebug},
     {"trace", LogLevel::kTrace}}};

// The level of one component; absent from the map, it follows `level`.
struct ComponentLevelForm {
  [[nodiscard]] Parsed<std::optional<LogLevel>> read(std::string_view text) const {
    const auto level = WordForm{kLevels}.read(text);
    if (!level) return refuse(level.error());
    return std::optional<LogLevel>(*level);
  }
  [[nodiscard]] std::string write(const std::optional<LogLevel>& level) const {
    return level ? WordForm{kLevels}.write(*level) : std::string();
  }
  [[nodiscard]] std::string type() const { return WordForm{kLevels}.type(); }
  [[nodiscard]] std::string allowed() const { return WordForm{kLevels}.allowed(); }
};

struct Components {
  std::map<std::string, LogLevel, std::less<>>& levels;
};

void describe(Visitor& v, Components& components) {
  for (const std::string_view name : kComponents) {
    const auto known = components.levels.find(name);
    std::optional<LogLevel> level;
    if (known != components.levels.end()) level = known->second;
    v.option({.name = name,
              .help = "Level of this component alone.",
              .default_text = "server.log.level",
              .example = "debug"},
             level, ComponentLevelForm{});
    if (level) components.levels.insert_or_assign(std::string(name), *level);
  }
}

}  // namespace

void describe(Visitor& v, Log& log) {
  v.option({.name = "level",
            .help = "How much is logged: error is what someone must act on, info is the life of "
                    "each call, trace is every SIP message."},
           log.level, WordForm{kLevels});
  Components components{log.components};
  v.section({.name = "components", .help = "Levels that differ from `level`, by component."},
            components);
  v.option({.name = "file",
            .help = "Where the log goes; standard error ends in the journal under systemd.",
            .reload = Reload::kRestart},
           log.file, PathForm{.keyword = "stderr"});
}

void describe(Visitor& v, Limits& limits) {
  v.option({.name = "calls_max",
            .help = "More calls than this at once are refused with 503; calls in progress are not "
                    "touched."},
           limits.calls_max, NumberForm{.min = 1, .max = 100'000, .unit = "calls"});
  v.option({.name = "calls_per_second_max",
            .help = "New calls beyond this rate are refused with 503, so that a flood does not "
                    "slow the calls in progress."},
           limits.calls_per_second_max,
           NumberForm{.min = 1, .max = 100'000, .unit = "calls per second"});
  v.option({.name = "retry_after",
            .help = "What a refused caller is told to wait (Retry-After, whole seconds)."},
           limits.retry_after, DurationForm{.min = seconds(1), .max = hours(1)});
}

void describe(Visitor& v, Server& server) {
  v.option({.name = "name",
            .help = "The name of this exchange in the log, in status and, unless a profile says "
                    "otherwise, as realm of the passwords."},
           server.name, TextForm{.min = 1, .max = 64, .kind = TextKind::kRealm});
  v.option({.name = "data_dir",
            .help = "Everything that must survive a restart is here: registrations, call records, "
                    "generated passwords, and by default recordings.",
            .reload = Reload::kRestart},
           server.data_dir, PathForm{});
  v.option({.name = "resolv_conf",
            .help = "The file that names the DNS servers which are asked for the servers of trunks "
                    "(resolv.conf(5); a port may follow the address, as in 127.0.0.1:5353).",
            .reload = Reload::kRestart},
           server.resolv_conf, PathForm{});
  v.option({.name = "user_agent",
            .help = "Sent in the User-Agent and Server header fields of each message; name no "
                    "version if strangers shall not know it.",
            .reload = Reload::kRestart},
           server.user_agent, TextForm{.min = 1, .max = 64, .kind = TextKind::kRealm});
  v.option(
      {.name = "country", .help = "The country whose ringback, busy and other tones callers hear."},
      server.country, WordForm{kCountries});
  v.option({.name = "language", .help = "The language of announcements."}, server.language,
           WordForm{kLanguages});
  v.option({.name = "mask_numbers",
            .help = "Whether callers' numbers are masked in the log; records keep them whole."},
           server.mask_numbers, FlagForm{});
  v.section({.name = "log", .help = "What is logged."}, server.log);
  v.option({.name = "drain_timeout",
            .help = "How long a drain or an orderly stop waits for calls to end before it ends "
                    "them."},
           server.drain_timeout, DurationForm{.min = seconds(0), .max = hours(24)});
  v.section({.name = "limits", .help = "How much is accepted; the rest is refused with 503."},
            server.limits);
}

}  // namespace pbx::config
