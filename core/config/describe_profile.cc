#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"

namespace pbx::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::pair<std::string_view, TlsVerify>, 2> kVerify{
    {{"none", TlsVerify::kNone}, {"required", TlsVerify::kRequired}}};
constexpr std::array<std::pair<std::string_view, DigestAlgorithm>, 2> kAlgorithms{
    {{"md5", DigestAlgorithm::kMd5}, {"sha-256", DigestAlgorithm::kSha256}}};
constexpr std::array<std::pair<std::string_view, Qop>, 2> kQops{
    {{"required", Qop::kRequired}, {"optional", Qop::kOptional}}};
constexpr std::array<std::pair<std::string_view, SessionTimerMode>, 3> kSessionTimers{
    {{"off", SessionTimerMode::kOff},
     {"accept", SessionTimerMode::kAccept},
     {"request", SessionTimerMode::kRequest}}};
constexpr std::array<std::pair<std::string_view, ReliableProvisional>, 3> kReliable{
    {{"off", ReliableProvisional::kOff},
     {"supported", ReliableProvisional::kSupported},
     {"required", ReliableProvisional::kRequired}}};

void describe_addresses(Visitor& v, Profile& profile) {
  v.list({.name = "listen",
          .help = "Where phones reach this profile; port 0 lets the system choose one, [::] takes "
                  "IPv4 as well.",
          .reload = Reload::kRestart,
          .default_text = "none, at least one is needed",
          .example = "udp:0.0.0.0:5060"},
         profile.listen, ListenForm{}, Count{1, 16});
  v.option({.name = "media_address",
            .help = "The address for audio that phones are told.",
            .reload = Reload::kRestart,
            .default_text = "the local address that faces the phone",
            .example = "192.0.2.10"},
           profile.media_address, AddressForm{});
  v.option({.name = "external_address",
            .help = "The public address when this host is behind address translation: phones "
                    "outside of `local_networks` are told it for SIP and, without `media_address`, "
                    "for audio.",
            .reload = Reload::kRestart,
            .default_text = "none",
            .example = "203.0.113.5"},
           profile.external_address, AddressForm{});
  v.list({.name = "local_networks",
          .help = "Who is on our side of the address translation and is not told "
                  "`external_address`.",
          .reload = Reload::kRestart},
         profile.local_networks, PrefixForm{}, Count{0, 100});
  v.section({.name = "tls", .help = "Certificates for tls addresses."}, profile.tls);
  v.option({.name = "domain",
            .help = "The domain of telephones that name no host of `domains.*.hosts`.",
            .default_text = "none, the house",
            .example = "north"},
           profile.domain, TextForm{.min = 1, .max = 32, .kind = TextKind::kName});
}

void describe_procedures(Visitor& v, Profile& profile) {
  v.section({.name = "registration", .help = "How long phones stay registered."},
            profile.registration);
  v.section({.name = "digest", .help = "How passwords are asked for (RFC 7616, RFC 8760)."},
            profile.digest);
  v.section({.name = "guard", .help = "Who gets in, and defence against guessing and floods."},
            profile.guard);
  v.section({.name = "session_timer", .help = "Finds calls whose far side has vanished."},
            profile.session_timer);
  v.option({.name = "100rel",
            .help = "Whether ringing is acknowledged (PRACK): required refuses phones that cannot "
                    "(RFC 3262)."},
           profile.reliable_provisional, reliable_form());
  v.section({.name = "nat", .help = "Phones behind address translation."}, profile.nat);
  v.section({.name = "timers", .help = "Times of SIP transactions."}, profile.timers);
}

}  // namespace

WordForm<ReliableProvisional> reliable_form() { return WordForm{kReliable}; }
WordForm<SessionTimerMode> session_timer_form() { return WordForm{kSessionTimers}; }

void describe(Visitor& v, Tls& tls) {
  v.option({.name = "certificate",
            .help = "PEM file of the certificate and its chain that phones are shown; needed by a "
                    "tls address.",
            .reload = Reload::kRestart,
            .default_text = "none",
            .example = "/etc/strowger/tls/certificate.pem"},
           tls.certificate, PathForm{});
  v.option({.name = "key",
            .help = "PEM file of the private key of the certificate.",
            .reload = Reload::kRestart,
            .default_text = "none",
            .example = "/etc/strowger/tls/key.pem"},
           tls.key, PathForm{});
  v.option({.name = "ca",
            .help = "PEM file of the authorities that the other side's certificate is checked "
                    "against.",
            .reload = Reload::kRestart,
            .default_text = "the authorities that the system trusts",
            .example = "/etc/strowger/tls/ca.pem"},
           tls.ca, PathForm{});
  v.option({.name = "verify",
            .help = "Whether the other side must show a certificate of a known authority, and a "
                    "trunk's server one with its host name or address; none asks for none.",
            .reload = Reload::kRestart},
           tls.verify, WordForm{kVerify});
  v.rule(tls.certificate.empty() == tls.key.empty(), {"certificate", "key"},
         "certificate and key belong together: give both or none");
}

void describe(Visitor& v, Registration& registration) {
  v.option({.name = "expires_min",
            .help = "A phone that wants to register for less is answered 423 and told this."},
           registration.expires_min, DurationForm{.min = seconds(10), .max = hours(24)});
  v.option({.name = "expires_default", .help = "How long a registration lasts that does not say."},
           registration.expires_default, DurationForm{.min = seconds(10), .max = hours(24)});
  v.option({.name = "expires_max",
            .help = "A longer wish is cut to this; shorter notices a dead phone sooner and costs "
                    "more messages."},
           registration.expires_max, DurationForm{.min = seconds(10), .max = hours(24 * 7)});
  v.rule(registration.expires_min <= registration.expires_default &&
             registration.expires_default <= registration.expires_max,
         {"expires_default", "expires_min", "expires_max"},
         "expires_min may not exceed expires_default, nor that expires_max");
}

void describe(Visitor& v, Digest& digest) {
  v.list({.name = "algorithms",
          .help = "The hashes that are offered, in this order; some phones give up on a challenge "
                  "that names sha-256 first."},
         digest.algorithms, WordForm{kAlgorithms}, Count{1, 2});
  v.option({.name = "nonce_life",
            .help = "After this a phone must compute its answer anew (stale nonce); shorter makes "
                    "a stolen answer useless sooner."},
           digest.nonce_life, DurationForm{.min = seconds(10), .max = hours(24)});
  v.option({.name = "qop",
            .help = "Whether answers without qop are refused; without it a replay cannot be told "
                    "by its nonce count, and old phones know no better."},
           digest.qop, WordForm{kQops});
}

namespace {

constexpr Count kPrefixes{0, 1'000};

void describe_access(Visitor& v, Guard& guard) {
  v.list({.name = "allow",
          .help = "Who may send us anything; with none given everybody.  The longest prefix of "
                  "`allow` and `deny` that holds an address decides.  Trunks always may.",
          .example = "192.0.2.0/24"},
         guard.allow, PrefixForm{}, kPrefixes);
  v.list({.name = "deny",
          .help = "Whose messages are dropped unread and unanswered; of two prefixes of one length "
                  "this list wins.",
          .example = "203.0.113.0/24"},
         guard.deny, PrefixForm{}, kPrefixes);
}

void describe_floods(Visitor& v, Guard& guard) {
  v.list({.name = "banned_agents",
          .help = "Who calls himself so in User-Agent, or something with such a part, and proves "
                  "no password is banned at once."},
         guard.banned_agents, TextForm{.min = 3, .max = 64}, Count{0, 100});
  v.option({.name = "requests_per_second",
            .help = "What one address sends beyond this, outside of calls and without a right "
                    "password, is dropped."},
           guard.requests_per_second,
           NumberForm{.min = 1, .max = 1'000'000, .unit = "requests", .zero = "any number"});
  v.option({.name = "unauthenticated_per_second",
            .help = "Beyond this, requests outside of calls and without a right password are "
                    "answered 503, so that calls in progress are not hurt."},
           guard.unauthenticated_per_second,
           NumberForm{.min = 1, .max = 1'000'000, .unit = "requests", .zero = "any number"});
}

}  // namespace

void describe(Visitor& v, Guard& guard) {
  describe_access(v, guard);
  v.option({.name = "failures_max",
            .help = "So many wrong passwords from one address within `window` ban it."},
           guard.failures_max, NumberForm{.min = 1, .max = 10'000, .unit = "failures"});
  v.option({.name = "window", .help = "The time in which failures are counted together."},
           guard.window, DurationForm{.min = seconds(1), .max = hours(24)});
  v.option({.name = "ban_time",
            .help = "How long nothing from a banned address is answered; doubled at each further "
                    "ban."},
           guard.ban_time, DurationForm{.min = seconds(1), .max = hours(24 * 7)});
  v.option({.name = "ban_time_max", .help = "The longest that bans grow to."}, guard.ban_time_max,
           DurationForm{.min = seconds(1), .max = hours(24 * 30)});
  v.option({.name = "answer_delay",
            .help = "How much later a wrong password is answered, which slows guessing."},
           guard.answer_delay, DurationForm{.min = seconds(0), .max = seconds(10)});
  v.list({.name = "trusted",
          .help = "Addresses that are never banned, delayed or limited, such as a monitoring "
                  "host.",
          .example = "192.0.2.0/24"},
         guard.trusted, PrefixForm{}, Count{0, 100});
  describe_floods(v, guard);
  v.rule(guard.ban_time <= guard.ban_time_max, {"ban_time_max", "ban_time"},
         "ban_time may not exceed ban_time_max");
}

void describe(Visitor& v, SessionTimer& timer) {
  v.option({.name = "mode",
            .help = "Whether calls are refreshed, so that one whose far side has vanished ends: "
                    "accept does it when asked, request asks in every call (RFC 4028)."},
           timer.mode, session_timer_form());
  v.option({.name = "expires",
            .help = "A call that is not refreshed for this long ends; refreshes come at half of "
                    "it."},
           timer.expires, DurationForm{.min = seconds(90), .max = hours(24)});
  v.option(
      {.name = "min_se", .help = "A shorter wish of the other side is answered 422 and told this."},
      timer.min_se, DurationForm{.min = seconds(90), .max = hours(1)});
  v.rule(timer.min_se <= timer.expires, {"expires", "min_se"}, "min_se may not exceed expires");
}

void describe(Visitor& v, Nat& nat) {
  v.option({.name = "keepalive",
            .help = "How often a phone behind address translation is sent a small packet, so that "
                    "calls can still reach it."},
           nat.keepalive,
           DurationForm{.min = seconds(5), .max = minutes(10), .zero = "none is sent"});
}

void describe(Visitor& v, SipTimers& timers) {
  v.option({.name = "t1",
            .help = "The first repetition of an unanswered UDP request comes after this "
                    "(RFC 3261, T1).",
            .reload = Reload::kRestart},
           timers.t1, DurationForm{.min = Millis(100), .max = seconds(5)});
  v.option({.name = "t2",
            .help = "Repetitions never come slower than this (RFC 3261, T2).",
            .reload = Reload::kRestart},
           timers.t2, DurationForm{.min = seconds(1), .max = seconds(30)});
  v.option({.name = "transaction_life",
            .help = "An unanswered request fails after this, and ended transactions are remembered "
                    "as long; RFC 3261 says 64*T1, shorter saves memory.",
            .reload = Reload::kRestart},
           timers.transaction_life, DurationForm{.min = seconds(2), .max = seconds(64)});
  v.option({.name = "invite_timeout",
            .help = "The longest that a call may ring whatever its extension says; the caller is "
                    "then told that nobody answers (480)."},
           timers.invite_timeout, DurationForm{.min = seconds(10), .max = hours(1)});
  v.rule(timers.t1 <= timers.t2, {"t2", "t1"}, "t1 may not exceed t2");
}

void describe(Visitor& v, Profile& profile) {
  describe_addresses(v, profile);
  v.option({.name = "realm",
            .help = "Shown to phones with the question for a password and part of ha1 hashes: a "
                    "change makes them void.",
            .reload = Reload::kRestart,
            .default_text = "server.name",
            .example = "strowger"},
           profile.realm, TextForm{.min = 1, .max = 64, .kind = TextKind::kRealm});
  v.list({.name = "sip_domains",
          .help = "The host names, besides our addresses, for which calls and registrations are "
                  "taken; with none given every host name is.",
          .example = "pbx.example.com"},
         profile.sip_domains, TextForm{.min = 1, .max = 253, .kind = TextKind::kName},
         Count{0, 100});
  describe_procedures(v, profile);
  v.option({.name = "max_forwards",
            .help = "How many hops a request of ours may take before it is refused as a loop."},
           profile.max_forwards, NumberForm{.min = 1, .max = 255, .unit = "hops"});
  v.option({.name = "dscp",
            .help = "How routers that honour it treat our SIP packets (RFC 2474).",
            .reload = Reload::kRestart},
           profile.dscp, DscpForm{});
  v.option({.name = "redirect_max",
            .help = "How many 3xx answers of phones are followed in one call; 0 treats them as "
                    "refusals."},
           profile.redirect_max, NumberForm{.min = 0, .max = 20, .unit = "answers"});
  v.option({.name = "message_size_max",
            .help = "A larger SIP request is refused with 413, a larger response dropped; over UDP "
                    "32 KiB is the most, more is refused with 513.",
            .reload = Reload::kRestart},
           profile.message_size_max, SizeForm{.min = 4'096, .max = 1'000'000});
}

std::string Naming<Profile>::allowed() {
  return TextForm{.min = 1, .max = 32, .kind = TextKind::kName}.allowed();
}

Parsed<std::vector<std::string>> Naming<Profile>::expand(std::string_view key) {
  auto name = TextForm{.min = 1, .max = 32, .kind = TextKind::kName}.read(key);
  if (!name) return refuse(std::move(name.error()));
  return std::vector<std::string>{std::move(*name)};
}

void Naming<Profile>::give_name(Profile& profile, const std::string& name) { profile.name = name; }

}  // namespace pbx::config
