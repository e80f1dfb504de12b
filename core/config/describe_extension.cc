#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"

namespace pbx::config {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kNumberMax = 15;     // digits, as in E.164
constexpr std::size_t kRangeMax = 10'000;  // extensions of one range

constexpr std::array<std::pair<std::string_view, DtmfMode>, 4> kDtmfModes{
    {{"auto", DtmfMode::kAuto},
     {"rfc4733", DtmfMode::kRfc4733},
     {"info", DtmfMode::kInfo},
     {"inband", DtmfMode::kInband}}};
constexpr std::array<std::pair<std::string_view, RecordingChoice>, 3> kChoices{
    {{"default", RecordingChoice::kDefault},
     {"always", RecordingChoice::kAlways},
     {"never", RecordingChoice::kNever}}};

struct Ha1 {
  Credentials& credentials;
};

void describe(Visitor& v, Ha1& ha1) {
  v.option({.name = "md5",
            .help = "MD5 of `number:realm:password`; phones can then use md5.",
            .default_text = "none",
            .example = "0123456789abcdef0123456789abcdef"},
           ha1.credentials.ha1_md5, HashForm{32});
  v.option({.name = "sha-256",
            .help = "SHA-256 of `number:realm:password`; phones can then use sha-256.",
            .default_text = "none",
            .example = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
           ha1.credentials.ha1_sha256, HashForm{64});
}

void describe_credentials(Visitor& v, Credentials& credentials) {
  v.option({.name = "password",
            .help = "What the phone proves to know; generate makes one at the first start and "
                    "keeps it in `server.data_dir`, ${env:NAME} takes it from the environment."},
           credentials, PasswordForm{});
  v.option({.name = "password_file",
            .help = "A file whose first line is the password, so that this file holds no secret.",
            .default_text = "none",
            .example = "/etc/strowger/secrets/101"},
           credentials.password_file, PathForm{});
  Ha1 ha1{credentials};
  v.section({.name = "ha1", .help = "Hashes in place of the password; they depend on the realm."},
            ha1);
  const bool has_password =
      credentials.kind == PasswordKind::kPlain && !credentials.password.is_empty();
  const bool has_file = !credentials.password_file.empty();
  const bool has_ha1 = !credentials.ha1_md5.is_empty() || !credentials.ha1_sha256.is_empty();
  if (has_file) credentials.kind = PasswordKind::kPlain;
  if (has_ha1) credentials.kind = PasswordKind::kHa1;
  v.rule(has_password + has_file + has_ha1 <= 1, {"password", "password_file", "ha1"},
         "only one of password, password_file and ha1 is allowed");
}

// What `defaults.extension` can say too.
void describe_shared(Visitor& v, Extension& extension) {
  v.option({.name = "profile",
            .help = "The only profile at which the phone may register.",
            .default_text = "any",
            .example = "phones"},
           extension.profile, TextForm{.min = 1, .max = 32, .kind = TextKind::kName});
  v.option({.name = "plan",
            .help = "The plan that decides where its calls go that are for no extension and no "
                    "feature code; without one they are refused (404).  Emergency numbers need "
                    "none.",
            .default_text = "none",
            .example = "outgoing"},
           extension.plan, TextForm{.min = 1, .max = 32, .kind = TextKind::kName});
  v.option({.name = "rights",
            .help = "What it may call, and how much: a name in `rights`.",
            .default_text = "whatever its plan allows",
            .example = "employees"},
           extension.rights, TextForm{.min = 1, .max = 32, .kind = TextKind::kName});
  v.list({.name = "codecs",
          .help = "Which codecs the phone may use, the preferred one first.",
          .default_text = "media.codecs",
          .example = "pcma"},
         extension.codecs, codec_form(), Count{1, 6});
  v.option({.name = "dtmf",
            .help = "How digits are sent to the phone: auto takes RFC 4733 if the phone offers it, "
                    "else INFO; inband makes the tones audible and costs decoding."},
           extension.dtmf, dtmf_form());
  v.option({.name = "srtp",
            .help = "Whether audio with the phone is encrypted; see media.srtp.",
            .default_text = "media.srtp",
            .example = "required"},
           extension.srtp, srtp_form());
  v.option({.name = "t38", .help = "Whether fax may leave audio for T.38; see trunks.*.t38."},
           extension.t38, FlagForm{});
  v.option({.name = "recording",
            .help = "Whether calls of this extension are recorded: default leaves it to "
                    "recording.rule, never wins over always of the other side."},
           extension.recording, recording_choice_form());
  v.option(
      {.name = "contacts_max",
       .help = "How many phones may be registered at once; one more takes the place of the one "
               "from its own address that expires first, from another address it is refused "
               "with 403."},
      extension.contacts_max, NumberForm{.min = 1, .max = 100, .unit = "contacts"});
  v.option({.name = "calls_max",
            .help = "How many calls it may have at once, ringing and held ones included; one more "
                    "hears busy."},
           extension.calls_max, NumberForm{.min = 1, .max = 10'000, .unit = "calls"});
  v.option({.name = "ring_time",
            .help = "How long it rings before the caller is told that nobody answers (480)."},
           extension.ring_time, DurationForm{.min = seconds(5), .max = minutes(30)});
}

struct SharedOptions {
  Extension& extension;
};
void describe(Visitor& v, SharedOptions& shared) { describe_shared(v, shared.extension); }

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= kNumberMax &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "100-109" or a number alone.
Parsed<std::vector<std::string>> expand_numbers(std::string_view key) {
  if (is_number(key)) return std::vector<std::string>{std::string(key)};
  const auto ends = core::split_once(key, '-');
  if (!ends || !is_number(ends->first) || !is_number(ends->second)) {
    return refuse("is not an extension number");
  }
  if (ends->first.size() != ends->second.size()) return refuse("has ends of different length");
  const auto first = core::parse_uint<std::uint64_t>(ends->first);
  const auto last = core::parse_uint<std::uint64_t>(ends->second);
  if (*first > *last) return refuse("ends before it begins");
  if (*last - *first >= kRangeMax) return refuse("is too large a range");
  std::vector<std::string> numbers;
  for (std::uint64_t number = *first; number <= *last; ++number) {
    numbers.push_back(fmt::format("{:0{}}", number, key.find('-')));
  }
  return numbers;
}

}  // namespace

WordForm<DtmfMode> dtmf_form() { return WordForm{kDtmfModes}; }
WordForm<RecordingChoice> recording_choice_form() { return WordForm{kChoices}; }

void describe(Visitor& v, Extension& extension) {
  v.option({.name = "name",
            .help = "The name that others see when it calls.",
            .default_text = "none",
            .example = "Reception"},
           extension.name, TextForm{.min = 1, .max = 64});
  describe_credentials(v, extension.credentials);
  v.option({.name = "caller_id",
            .help = "The number that others see when it calls.",
            .default_text = "the extension number",
            .example = "100"},
           extension.caller_id, TextForm{.min = 1, .max = 32, .kind = TextKind::kDial});
  describe_shared(v, extension);
}

void describe(Visitor& v, Defaults& defaults) {
  SharedOptions shared{defaults.extension};
  v.section({.name = "extension", .help = "What every extension begins with."}, shared);
}

std::string Naming<Extension>::allowed() {
  return fmt::format(
      "1 to {} digits, or a range of at most {} numbers of the same length such as 100-109; of a "
      "domain with its name, 100-109@north",
      kNumberMax, kRangeMax);
}

Parsed<std::vector<std::string>> Naming<Extension>::expand(std::string_view key) {
  const auto parts = core::split_once(key, '@');
  if (!parts) return expand_numbers(key);
  const auto domain = kPlainName.read(parts->second);
  if (!domain) return refuse("has no name of a domain after the @");
  return expand_numbers(parts->first).map([&](std::vector<std::string> numbers) {
    for (std::string& number : numbers) number = extension_id(number, *domain);
    return numbers;
  });
}

void Naming<Extension>::give_name(Extension& extension, const std::string& name) {
  extension.id = name;
  extension.number = name.substr(0, name.find('@'));
  extension.domain = name.substr(std::min(extension.number.size() + 1, name.size()));
  if (extension.caller_id.empty()) extension.caller_id = extension.number;
}

}  // namespace pbx::config
