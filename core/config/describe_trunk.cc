#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"
#include "core/config/trunk_forms.h"

namespace pbx::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::pair<std::string_view, CallerIdPolicy>, 2> kCallerIds{
    {{"user", CallerIdPolicy::kUser}, {"trunk", CallerIdPolicy::kTrunk}}};
constexpr std::array<std::pair<std::string_view, DidSource>, 3> kDidSources{
    {{"request_uri", DidSource::kRequestUri},
     {"to", DidSource::kTo},
     {"header", DidSource::kHeader}}};
constexpr std::array<std::pair<std::string_view, NumberWriting>, 4> kWritings{
    {{"plus", NumberWriting::kPlus},
     {"digits", NumberWriting::kDigits},
     {"national", NumberWriting::kNational},
     {"as_dialled", NumberWriting::kAsDialled}}};
constexpr std::array<std::pair<std::string_view, EarlyMedia>, 2> kEarlyMedia{
    {{"pass", EarlyMedia::kPass}, {"ignore", EarlyMedia::kIgnore}}};

constexpr std::array<std::pair<std::string_view, WhenFull>, 2> kIncomingFull{
    {{"busy", WhenFull::kBusy}, {"congestion", WhenFull::kCongestion}}};
constexpr std::array<std::pair<std::string_view, WhenFull>, 3> kOutgoingFull{
    {{"next", WhenFull::kNext}, {"busy", WhenFull::kBusy}, {"congestion", WhenFull::kCongestion}}};

constexpr TextForm kNameForm{.min = 1, .max = 32, .kind = TextKind::kName};
constexpr TextForm kHostForm{.min = 1, .max = 253, .kind = TextKind::kName};
constexpr std::size_t kServersMax = 16;
constexpr std::size_t kAddressesMax = 1'000;

void describe_place(Visitor& v, Trunk& trunk) {
  v.option({.name = "enabled",
            .help = "false takes no calls, makes none and does not register; the entry stays."},
           trunk.enabled, FlagForm{});
  v.option({.name = "profile",
            .help = "Whose addresses and thread it uses.",
            .default_text = "the profile, if there is only one",
            .example = "outside"},
           trunk.profile, kNameForm);
  v.list({.name = "servers",
          .help = "Where calls go, the first that answers; calls that come from their addresses "
                  "are this trunk's.",
          .example = "sip.example.com",
          .required = true},
         trunk.servers, ServerForm{}, Count{0, kServersMax});
  v.option({.name = "proxy",
            .help = "Everything for the servers is sent there (outbound proxy).",
            .default_text = "none",
            .example = "udp:192.0.2.20:5060"},
           trunk.proxy, ServerForm{});
  v.list({.name = "addresses",
          .help = "Who else calls by this trunk: addresses of the other side, besides those of "
                  "`servers` and `proxy`.",
          .example = "192.0.2.0/28"},
         trunk.addresses, PrefixForm{}, Count{0, kAddressesMax});
}

void describe_logins(Visitor& v, Trunk& trunk) {
  v.section({.name = "login", .help = "What we answer when the other side asks for a password."},
            trunk.login);
  v.section({.name = "challenge",
             .help = "What the other side must answer for each call, wherever it calls from."},
            trunk.challenge);
  v.section({.name = "registration", .help = "Tells the other side where we are (RFC 3261 10)."},
            trunk.registration);
}

void describe_numbers(Visitor& v, Trunk& trunk) {
  v.section({.name = "identity", .help = "Who is shown to whom."}, trunk.identity);
  v.option({.name = "numbers",
            .help = "How numbers leave before `rewrites`: +74951234567 (plus), 74951234567 "
                    "(digits), as one dials at home (national), or as the caller dialled."},
           trunk.number_writing, WordForm{kWritings});
  v.section({.name = "rewrites", .help = "Sets of `rewrites` that this trunk needs."},
            trunk.rewrites);
  v.option({.name = "domain",
            .help = "The domain whose numbers its callers dial.",
            .default_text = "none, the house",
            .example = "north"},
           trunk.domain, kNameForm);
  v.option({.name = "plan",
            .help = "The plan that decides where its calls go; without one they are refused (404).",
            .default_text = "none",
            .example = "incoming"},
           trunk.plan, kNameForm);
}

void describe_audio(Visitor& v, Trunk& trunk) {
  v.list({.name = "codecs",
          .help = "Which codecs it may use, the preferred one first.",
          .default_text = "media.codecs",
          .example = "pcma"},
         trunk.codecs, codec_form(), Count{1, 6});
  v.option({.name = "dtmf", .help = "How digits are sent to it; see extensions.*.dtmf."},
           trunk.dtmf, dtmf_form());
  v.option({.name = "srtp", .help = "Whether audio with it is encrypted; see media.srtp."},
           trunk.srtp, srtp_form());
  v.option(
      {.name = "t38",
       .help = "Whether fax may leave audio for T.38, which is passed on as it is; with false, "
               "or where audio must be encrypted, fax goes on as audio."},
      trunk.t38, FlagForm{});
  v.option({.name = "dscp",
            .help = "How routers that honour it treat the audio that it is sent.",
            .default_text = "media.dscp",
            .example = "ef"},
           trunk.dscp, DscpForm{});
  v.option({.name = "100rel", .help = "Whether ringing is acknowledged (RFC 3262)."},
           trunk.reliable_provisional, reliable_form());
  v.option({.name = "session_timer",
            .help = "Whether its calls are refreshed; the times are those of the profile."},
           trunk.session_timer, session_timer_form());
  v.option({.name = "early_media",
            .help = "pass lets the caller hear what the far side says before it answers; ignore "
                    "gives him ringback until the answer."},
           trunk.early_media, WordForm{kEarlyMedia});
  v.option(
      {.name = "recording", .help = "Whether its calls are recorded; see extensions.*.recording."},
      trunk.recording, recording_choice_form());
  v.option(
      {.name = "ring_time",
       .help = "How long the far side may ring before the caller is told that nobody answers."},
      trunk.ring_time, DurationForm{.min = seconds(5), .max = minutes(30)});
}

}  // namespace

void describe(Visitor& v, TrunkLogin& login) {
  v.option({.name = "username",
            .help = "The name of the account.",
            .default_text = "none",
            .example = "74951234567"},
           login.username, TextForm{.min = 1, .max = 128, .kind = TextKind::kRealm});
  v.option({.name = "password",
            .help = "Its password; ${env:NAME} takes it from the environment.",
            .default_text = "none",
            .example = "${env:TRUNK_PASSWORD}"},
           login.password, SecretForm{});
  v.option({.name = "password_file",
            .help = "A file whose first line is the password, so that this file holds no secret.",
            .default_text = "none",
            .example = "/etc/strowger/secrets/provider"},
           login.password_file, PathForm{});
  const bool has_password = !login.password.is_empty();
  const bool has_file = !login.password_file.empty();
  v.rule(!(has_password && has_file), {"password", "password_file"},
         "only one of password and password_file is allowed");
  v.rule(login.is_empty() == !(has_password || has_file), {"username", "password"},
         "username and a password need one another");
}

void describe(Visitor& v, TrunkRegistration& registration) {
  v.option({.name = "enabled", .help = "Whether we register there; needs `login`."},
           registration.enabled, FlagForm{});
  v.option({.name = "expires",
            .help = "How long a registration should last; the other side may grant less."},
           registration.expires, DurationForm{.min = seconds(30), .max = hours(24)});
  v.option({.name = "retry",
            .help = "How soon a registration that failed is tried again; doubled each time."},
           registration.retry, DurationForm{.min = seconds(1), .max = hours(1)});
  v.option({.name = "retry_max", .help = "The longest that the time between tries grows to."},
           registration.retry_max, DurationForm{.min = seconds(1), .max = hours(24)});
  v.rule(registration.retry <= registration.retry_max, {"retry_max", "retry"},
         "retry may not exceed retry_max");
}

void describe(Visitor& v, TrunkHealth& health) {
  v.option(
      {.name = "interval", .help = "How often each server is asked whether it lives (OPTIONS)."},
      health.interval,
      DurationForm{.min = seconds(1), .max = hours(1), .zero = "never; it counts as alive"});
  v.option({.name = "down_after",
            .help = "After so many questions in a row without an answer it is down and skipped."},
           health.down_after, NumberForm{.min = 1, .max = 100, .unit = "failures"});
  v.option({.name = "up_after", .help = "After so many answers in a row it is up again."},
           health.up_after, NumberForm{.min = 1, .max = 100, .unit = "answers"});
  v.option({.name = "answer_time",
            .help = "A call to which no answer at all comes for this long goes to the next server, "
                    "then to the next trunk."},
           health.answer_time, DurationForm{.min = Millis(200), .max = seconds(32)});
}

void describe(Visitor& v, TrunkLimits& limits) {
  constexpr std::string_view kNone = "no bound";
  v.option({.name = "calls_in", .help = "How many of its calls we take at once."}, limits.calls_in,
           NumberForm{.min = 1, .max = 100'000, .unit = "calls", .zero = kNone});
  v.option({.name = "calls_out", .help = "How many calls it carries for us at once."},
           limits.calls_out, NumberForm{.min = 1, .max = 100'000, .unit = "calls", .zero = kNone});
  v.option({.name = "calls_per_second", .help = "How many calls a second it is sent."},
           limits.calls_per_second,
           NumberForm{.min = 1, .max = 10'000, .unit = "calls", .zero = kNone});
  v.option({.name = "minutes_per_day",
            .help = "How long our calls may talk by it in a day of UTC; those in progress go on."},
           limits.minutes_per_day,
           NumberForm{.min = 1, .max = 100'000'000, .unit = "minutes", .zero = kNone});
  v.option({.name = "incoming_full",
            .help = "What one call more than `calls_in` is told: busy (486) or congestion (503), "
                    "after which many exchanges try another way."},
           limits.incoming_full, WordForm{kIncomingFull});
  v.option({.name = "outgoing_full",
            .help = "What becomes of a call beyond one of the other limits: it is tried by the "
                    "next trunk, or refused.  A rule with `load` can send it elsewhere."},
           limits.outgoing_full, WordForm{kOutgoingFull});
}

void describe(Visitor& v, TrunkIdentity& identity) {
  v.option({.name = "number",
            .help = "Our number there, as the world dials it: what is shown for callers who have "
                    "none of their own.",
            .default_text = "none",
            .example = "+74951234567"},
           identity.number, TextForm{.min = 1, .max = 32, .kind = TextKind::kDial});
  v.option({.name = "caller_id",
            .help = "user shows the caller's own number, of a call that is passed on the first "
                    "caller's; trunk shows `number` for all."},
           identity.caller_id, WordForm{kCallerIds});
  v.option({.name = "from_user",
            .help = "What From says whoever calls, for providers that want their account there; "
                    "the caller then stands in P-Asserted-Identity alone.",
            .default_text = "the caller's number",
            .example = "74951234567"},
           identity.from_user, TextForm{.min = 1, .max = 64, .kind = TextKind::kName});
  v.option({.name = "from_domain",
            .help = "The host in From and To.",
            .default_text = "the first of `servers`",
            .example = "sip.example.com"},
           identity.from_domain, kHostForm);
  v.option({.name = "trusted",
            .help = "Whether we believe who it says is calling (P-Asserted-Identity, "
                    "Remote-Party-ID) and tell it who hides his number (RFC 3325)."},
           identity.trusted, FlagForm{});
  v.option({.name = "remote_party_id", .help = "Whether it is sent Remote-Party-ID as well."},
           identity.remote_party_id, FlagForm{});
  v.option({.name = "diversion",
            .help = "Whether it is told by Diversion who forwarded a call (RFC 5806)."},
           identity.diversion, FlagForm{});
  v.option({.name = "history_info",
            .help = "Whether it is told by History-Info who forwarded a call (RFC 7044)."},
           identity.history_info, FlagForm{});
  v.option({.name = "did",
            .help = "Where the number that was dialled stands: in the request URI, in To, or in "
                    "`did_header`."},
           identity.did, WordForm{kDidSources});
  v.option({.name = "did_header",
            .help = "The header of `did: header`.",
            .default_text = "none",
            .example = "P-Called-Party-ID"},
           identity.did_header, kHostForm);
  v.rule(identity.did != DidSource::kHeader || !identity.did_header.empty(), {"did", "did_header"},
         "`did: header` needs did_header");
}

void describe(Visitor& v, TrunkRewrites& rewrites) {
  v.option({.name = "caller_in",
            .help = "For the caller of its calls, before his number is read.",
            .default_text = "none",
            .example = "provider"},
           rewrites.caller_in, kNameForm);
  v.option({.name = "called_in",
            .help = "For the number dialled of its calls, before the plan is asked.",
            .default_text = "none",
            .example = "provider"},
           rewrites.called_in, kNameForm);
  v.option({.name = "caller_out",
            .help = "For the caller that it is shown.",
            .default_text = "none",
            .example = "provider"},
           rewrites.caller_out, kNameForm);
  v.option({.name = "called_out",
            .help = "For the number that it is sent.",
            .default_text = "none",
            .example = "provider"},
           rewrites.called_out, kNameForm);
}

void describe(Visitor& v, Trunk& trunk) {
  describe_place(v, trunk);
  describe_logins(v, trunk);
  v.section({.name = "health", .help = "How a dead server is found."}, trunk.health);
  v.section({.name = "limits", .help = "What it may carry."}, trunk.limits);
  describe_numbers(v, trunk);
  describe_audio(v, trunk);
}

}  // namespace pbx::config
