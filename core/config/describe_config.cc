#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"

namespace pbx::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::pair<std::string_view, RecordingRule>, 3> kRules{
    {{"all", RecordingRule::kAll},
     {"none", RecordingRule::kNone},
     {"per-extension", RecordingRule::kPerExtension}}};
constexpr std::array<std::pair<std::string_view, RecordingFormat>, 2> kFormats{
    {{"pcm16", RecordingFormat::kPcm16}, {"alaw", RecordingFormat::kAlaw}}};
constexpr std::array<std::pair<std::string_view, SyncPolicy>, 3> kSyncPolicies{
    {{"full", SyncPolicy::kFull}, {"meta", SyncPolicy::kMeta}, {"off", SyncPolicy::kOff}}};
constexpr std::array<std::pair<std::string_view, Ringback>, 2> kRingbacks{
    {{"phone", Ringback::kPhone}, {"exchange", Ringback::kExchange}}};

// sun_path of sockaddr_un holds 108 bytes with the final zero.
constexpr std::size_t kSocketPathMax = 107;

// RFC 1918, RFC 3927, RFC 4193, RFC 4291 and loopback: never behind the public address.
std::vector<core::IpPrefix> private_networks() {
  std::vector<core::IpPrefix> networks;
  for (const std::string_view text :
       {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
        "fc00::/7", "fe80::/10", "::1/128"}) {
    networks.push_back(core::parse_ip_prefix(text).value());
  }
  return networks;
}

Profile fresh_profile(const Config& config) {
  Profile profile;
  profile.realm = config.server.name;
  profile.local_networks = private_networks();
  return profile;
}

Trunk fresh_trunk(const Config& config) {
  Trunk trunk;
  trunk.codecs = config.media.codecs;
  trunk.dscp = config.media.dscp;
  if (config.profiles.size() == 1) trunk.profile = config.profiles.begin()->first;
  return trunk;
}

void describe_phones(Visitor& v, Config& config) {
  v.entries({.name = kProfilesSection,
             .help = "Sets of SIP addresses, each with a thread and rules of its own.",
             .reload = Reload::kRestart,
             .example = "phones"},
            config.profiles, fresh_profile(config));
  Defaults defaults;
  defaults.extension.codecs = config.media.codecs;
  defaults.extension.srtp = config.media.srtp;
  v.section({.name = kDefaultsSection,
             .help = "What entries of maps begin with; they can say otherwise."},
            defaults);
  v.entries(
      {.name = kExtensionsSection,
       .help = "Telephones by number or by range of numbers such as 102-109; of a domain with its "
               "name, as 101@north and 102-109@north.",
       .example = "101"},
      config.extensions, defaults.extension);
}

void describe_domains(Visitor& v, Config& config) {
  Domain fresh;
  fresh.numbering.country = config.numbering.country;
  v.entries({.name = kDomainsSection,
             .help = "Companies or branches with numbers of their own: docs/domains.md.  Their "
                     "extensions have keys such as 101@north.",
             .example = "north"},
            config.domains, fresh);
  v.items({.name = "passages",
           .help = "The ways from one domain into another; without one no call goes there."},
          config.passages, Count{0, kPassagesMax});
}

void describe_routes(Visitor& v, Config& config) {
  v.entries({.name = kHolidaysSection,
             .help = "Calendars of holidays, for schedules: docs/routes.md.",
             .example = "russia"},
            config.holidays, HolidayCalendar{});
  v.entries({.name = kSchedulesSection,
             .help = "When something is open, for the rules of plans.",
             .example = "office"},
            config.schedules, Schedule{});
  v.entries({.name = kCallerListsSection,
             .help = "Lists of callers, for the rules of plans: black, white, VIP.",
             .example = "vip"},
            config.caller_lists, CallerList{});
  v.entries({.name = kPricesSection,
             .help = "What calls cost by the beginning of their number.",
             .example = "provider"},
            config.prices, PriceList{});
  v.entries({.name = kTrunkGroupsSection,
             .help = "Trunks of which one is taken, and the next if it fails.",
             .example = "providers"},
            config.trunk_groups, TrunkGroup{});
  v.entries({.name = kPlansSection,
             .help = "Where calls go: ordered rules, of which the first that matches counts.",
             .example = "incoming"},
            config.plans, Plan{});
  v.entries({.name = kRightsSection,
             .help = "Groups of rights: who may call what, when and how much: docs/routes.md.",
             .example = "employees"},
            config.rights, Rights{});
}

std::string_view country_letters(Country country) {
  switch (country) {
    case Country::kRu:
      return "RU";
    case Country::kUs:
      return "US";
    case Country::kUk:
      return "GB";
    case Country::kDe:
      return "DE";
  }
  return {};
}

}  // namespace

void describe(Visitor& v, Config& config) {
  v.section({.name = "server", .help = "The exchange as a whole."}, config.server);
  v.section({.name = "media", .help = "Audio: ports, threads, codecs."}, config.media);
  describe_phones(v, config);
  if (config.recording.directory.empty()) {
    config.recording.directory = config.server.data_dir / "recordings";
  }
  v.section({.name = "recording", .help = "Which calls are recorded, and how."}, config.recording);
  v.section({.name = "services", .help = "What a phone dials to reach a service."},
            config.services);
  if (config.numbering.country.empty())
    config.numbering.country = country_letters(config.server.country);
  v.section({.name = "numbering", .help = "What dialled digits mean: docs/numbers.md."},
            config.numbering);
  v.entries({.name = kRewritesSection,
             .help = "Named sets of rules that turn one way of writing a number into another.",
             .example = "provider"},
            config.rewrites, RewriteSet{});
  describe_domains(v, config);
  v.entries({.name = kTrunksSection,
             .help = "Providers and other exchanges: docs/trunks.md.",
             .example = "provider"},
            config.trunks, fresh_trunk(config));
  describe_routes(v, config);
  v.section(
      {.name = "fraud", .help = "Blocks extensions whose calls to outside look like stolen ones."},
      config.fraud);
  v.section({.name = "storage", .help = "The database."}, config.storage);
  if (config.api.socket.empty()) config.api.socket = config.server.data_dir / "strowger.sock";
  v.section({.name = "api", .help = "Where programs and the command `strowger` connect."},
            config.api);
  v.section({.name = "metrics", .help = "Figures for Prometheus."}, config.metrics);
  v.section({.name = "call",
             .help = "What callers hear before an answer, and bounds of one call against loops and "
                     "runaway growth."},
            config.call);
}

void describe(Visitor& v, Recording& recording) {
  v.option({.name = "rule",
            .help = "Which calls are recorded: all but those of an extension that says never, "
                    "none whatever extensions say, or those of extensions that say always."},
           recording.rule, WordForm{kRules});
  v.option({.name = "format", .help = "What the WAV file holds: alaw halves its size."},
           recording.format, WordForm{kFormats});
  v.option({.name = "directory",
            .help = "Where recordings are written; better a disk of its own.",
            .reload = Reload::kRestart,
            .default_text = "`recordings` in server.data_dir",
            .example = "/var/lib/strowger/recordings"},
           recording.directory, PathForm{});
  v.option({.name = "disk_free_min",
            .help = "With less space left nothing more is recorded: calls go on, their recordings "
                    "are marked incomplete."},
           recording.disk_free_min, SizeForm{.min = 0, .max = 1'000'000'000'000'000});
  v.option({.name = "buffer_max",
            .help = "How much audio may wait for a slow disk; beyond it recordings get a gap and "
                    "are marked incomplete.",
            .reload = Reload::kRestart},
           recording.buffer_max, SizeForm{.min = 1'000'000, .max = 4'000'000'000});
  v.option({.name = "retention",
            .help = "Recordings older than this are deleted, file and row; the call's record stays "
                    "for storage.cdr_retention."},
           recording.retention,
           DurationForm{.min = hours(24), .max = hours(24 * 3650), .zero = "never"});
}

void describe(Visitor& v, Services& services) {
  const TextForm code{.min = 0, .max = 15, .kind = TextKind::kDial};
  v.option({.name = "echo",
            .help = "Plays back what it hears, to try a phone; an empty text (\"\") turns the "
                    "service off."},
           services.echo, code);
  v.option({.name = "own_number",
            .help = "Announces the number of the calling extension; an empty text turns it off."},
           services.own_number, code);
  v.option({.name = "account_code",
            .help = "Dialled before an account code, `*` and a number, it lifts what the rights of "
                    "the extension refuse: *471234*89104032212.  An empty text turns it off."},
           services.account_code, code);
  v.rule(services.echo.empty() || services.echo != services.own_number, {"own_number", "echo"},
         "two services may not have the same code");
}

void describe(Visitor& v, Storage& storage) {
  v.option(
      {.name = "map_size",
       .help = "The most that the database can grow to; space is taken as it grows, some 4 KB a "
               "call.",
       .reload = Reload::kRestart},
      storage.map_size, SizeForm{.min = 16'000'000, .max = 1'000'000'000'000});
  v.option({.name = "commit_interval",
            .help = "How long records are gathered before they are written together: longer "
                    "spares the disk, shorter tells sooner.",
            .reload = Reload::kRestart},
           storage.commit_interval, DurationForm{.min = Millis(1), .max = seconds(1)});
  v.option({.name = "sync",
            .help = "What a power failure may destroy: full nothing that was committed, meta the "
                    "last commits, off the database.",
            .reload = Reload::kRestart},
           storage.sync, WordForm{kSyncPolicies});
  v.option({.name = "cdr_retention",
            .help = "Call records older than this are deleted; their recordings stay for "
                    "recording.retention."},
           storage.cdr_retention,
           DurationForm{.min = hours(1), .max = hours(24 * 3650), .zero = "never"});
}

void describe(Visitor& v, Api& api) {
  v.option({.name = "socket",
            .help = "The Unix socket on which the command `strowger` talks to the daemon.",
            .reload = Reload::kRestart,
            .default_text = "`strowger.sock` in server.data_dir",
            .example = "/var/lib/strowger/strowger.sock"},
           api.socket, PathForm{.max = kSocketPathMax});
  v.option({.name = "socket_mode",
            .help = "Who may use the socket, and with it command the exchange.",
            .reload = Reload::kRestart},
           api.socket_mode, ModeForm{});
  v.option({.name = "listen",
            .help = "An address for HTTP besides the socket; whoever can connect to it commands "
                    "the exchange, hence loopback only.",
            .reload = Reload::kRestart},
           api.listen, LoopbackForm{});
}

void describe(Visitor& v, Metrics& metrics) {
  v.option({.name = "enabled",
            .help = "Whether GET /metrics of the API answers with figures for Prometheus."},
           metrics.enabled, FlagForm{});
}

void describe(Visitor& v, Call& call) {
  v.option({.name = "ringback",
            .help = "Who makes the tone that a caller hears while it rings: the caller's phone, or "
                    "the exchange with the tone of server.country, which costs encoding and may "
                    "cost transcoding of the talk that follows."},
           call.ringback, WordForm{kRingbacks});
  v.option(
      {.name = "failure_tone",
       .help = "How long a caller whose call failed hears the busy, congestion or reorder tone "
               "of server.country before the final response; until then the call counts.  0 "
               "sends the response at once, and phones make the tone."},
      call.failure_tone, DurationForm{.min = Millis(0), .max = minutes(1)});
  v.option({.name = "hops_max",
            .help = "How often a call may be redirected or forwarded before it is refused as a "
                    "loop."},
           call.hops_max, NumberForm{.min = 1, .max = 70, .unit = "hops"});
  v.option({.name = "forks_max",
            .help = "How many contacts ring at once for one call; the others, by their q value, "
                    "do not."},
           call.forks_max, NumberForm{.min = 1, .max = 100, .unit = "contacts"});
  v.option(
      {.name = "legs_max", .help = "How many sides one call may have at once; more are refused."},
      call.legs_max, NumberForm{.min = 2, .max = 1'000, .unit = "legs"});
  v.option({.name = "segments_max",
            .help = "How many segments the record of one call has; what happens later is counted "
                    "into the last."},
           call.segments_max, NumberForm{.min = 4, .max = 10'000, .unit = "segments"});
  v.rule(call.forks_max < call.legs_max, {"legs_max", "forks_max"},
         "legs_max must exceed forks_max, for each contact that rings is a leg beside the caller");
}

}  // namespace pbx::config
