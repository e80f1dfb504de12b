#include "core/config/checks.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/config/domain_checks.h"
#include "core/config/forms.h"
#include "core/config/suggest.h"
#include "core/config/trunk_checks.h"

namespace pbx::config {
namespace {

// Two legs of RTP and RTCP.
constexpr std::uint32_t kPortsPerCall = 4;

std::string option_path(const Places& places, const Extension& extension, std::string_view option) {
  const std::string entry = places.key_of("extensions." + extension.id);
  std::string path = fmt::format("{}.{}", entry, option);
  const std::string shared = fmt::format("defaults.extension.{}", option);
  return !places.has(path) && places.has(shared) ? shared : path;
}

// A listening address and where it stands.
struct Listener {
  ListenAddress address;
  std::string path;
  bool is_over_tcp;
};

std::vector<Listener> listeners(const Config& config) {
  std::vector<Listener> all;
  for (const auto& [name, profile] : config.profiles) {
    for (std::size_t i = 0; i < profile.listen.size(); ++i) {
      all.push_back({profile.listen[i], fmt::format("profiles.{}.listen[{}]", name, i),
                     profile.listen[i].transport != Transport::kUdp});
    }
  }
  return all;
}

// A socket on :: takes IPv4 as well, unless the system is told otherwise.
bool overlap(const Listener& a, const Listener& b) {
  const core::SocketAddress& x = a.address.address;
  const core::SocketAddress& y = b.address.address;
  if (a.is_over_tcp != b.is_over_tcp || x.port != y.port || x.port == 0) return false;
  if (x.ip == y.ip) return true;
  const auto takes_all_of = [](const core::IpAddress& wide, const core::IpAddress& other) {
    return wide.is_unspecified() &&
           (wide.family == core::IpFamily::kV6 || wide.family == other.family);
  };
  return takes_all_of(x.ip, y.ip) || takes_all_of(y.ip, x.ip);
}

void check_listeners(const Config& config, const CheckContext& context) {
  std::vector<Listener> all = listeners(config);
  std::stable_sort(all.begin(), all.end(), [&](const Listener& a, const Listener& b) {
    return context.places.find(a.path) < context.places.find(b.path);
  });
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!overlap(all[i], all[j])) continue;
      const std::string first = context.mistakes.text_of(context.places.find(all[j].path));
      context.mistakes.add(
          context.places.find(all[i].path),
          fmt::format("{}: {} takes the same port as {} at {}; allowed: each address and port once",
                      all[i].path, ListenForm{}.write(all[i].address),
                      ListenForm{}.write(all[j].address), first));
      break;
    }
  }
}

void check_tls(const Config& config, const CheckContext& context) {
  for (const Listener& listener : listeners(config)) {
    if (listener.address.transport != Transport::kTls) continue;
    const std::string profile = listener.path.substr(0, listener.path.rfind('.'));
    const bool is_told = context.places.has(profile + ".tls.certificate") ||
                         context.places.has(profile + ".tls.key");
    if (is_told) continue;
    context.mistakes.add(
        context.places.find(listener.path),
        fmt::format("{}: a tls address without a certificate; needed: {}.tls.certificate and key",
                    listener.path, profile));
  }
}

void check_ports(const Config& config, const CheckContext& context) {
  const PortRange& range = config.media.rtp_ports;
  if (context.places.is_bad("media.rtp_ports")) return;
  for (const Listener& listener : listeners(config)) {
    const std::uint16_t port = listener.address.address.port;
    if (listener.is_over_tcp || port < range.first || port > range.last) continue;
    context.mistakes.add(
        context.places.find(listener.path),
        fmt::format("{}: port {} lies in media.rtp_ports {}; allowed: a port outside of it",
                    listener.path, port, PortRangeForm{}.write(range)));
  }
  const std::uint32_t calls_max = config.server.limits.calls_max;
  const std::uint32_t ports = static_cast<std::uint32_t>(range.last) - range.first + 1;
  if (ports / kPortsPerCall >= calls_max || context.places.is_bad("server.limits.calls_max")) {
    return;
  }
  const std::string path =
      context.places.has("media.rtp_ports") ? "media.rtp_ports" : "server.limits.calls_max";
  context.mistakes.add(
      context.places.find(path),
      fmt::format("{}: {} RTP ports are enough for {} calls, server.limits.calls_max is {}; "
                  "allowed: {} ports for each call",
                  path, ports, ports / kPortsPerCall, calls_max, kPortsPerCall));
}

// Of each extension: what `option` names is among `known`, or is nothing.
template <class Map>
void check_names(const Config& config, const CheckContext& context, std::string_view option,
                 std::string Extension::*name, const Map& known) {
  for (const auto& [number, extension] : config.extensions) {
    if ((extension.*name).empty() || known.contains(extension.*name)) continue;
    const std::string path = option_path(context.places, extension, option);
    context.mistakes.add(
        context.places.find(path),
        fmt::format("{}: {}", path, not_there(option, extension.*name, keys_of(known))));
  }
}

void check_fraud(const Config& config, const CheckContext& context) {
  const std::string& schedule = config.fraud.schedule;
  if (schedule.empty() || config.schedules.contains(schedule)) return;
  context.mistakes.add(context.places.find("fraud.schedule"),
                       fmt::format("fraud.schedule: {}",
                                   not_there("schedule", schedule, keys_of(config.schedules))));
}

bool offers(const Profile& profile, DigestAlgorithm algorithm) {
  const auto& offered = profile.digest.algorithms;
  return std::find(offered.begin(), offered.end(), algorithm) != offered.end();
}

bool can_authenticate(const Extension& extension, const Profile& profile) {
  const Credentials& known = extension.credentials;
  return (!known.ha1_md5.is_empty() && offers(profile, DigestAlgorithm::kMd5)) ||
         (!known.ha1_sha256.is_empty() && offers(profile, DigestAlgorithm::kSha256));
}

void check_hashes(const Config& config, const CheckContext& context) {
  for (const auto& [number, extension] : config.extensions) {
    if (extension.credentials.kind != PasswordKind::kHa1) continue;
    const bool can = std::any_of(
        config.profiles.begin(), config.profiles.end(), [&extension = extension](const auto& item) {
          const bool may = extension.profile.empty() || extension.profile == item.first;
          return may && can_authenticate(extension, item.second);
        });
    const bool has_lost_profile =
        !extension.profile.empty() && !config.profiles.contains(extension.profile);
    if (can || has_lost_profile || config.profiles.empty()) continue;
    const std::string path = option_path(context.places, extension, "ha1");
    context.mistakes.add(context.places.find(path),
                         fmt::format("{}: no profile where it may register offers such a hash; "
                                     "allowed: hashes of profiles.*.digest.algorithms",
                                     path));
  }
}

// In whatever domain; null: nobody has it.
const Extension* find_number(const Config& config, const std::string& number) {
  const auto found =
      std::find_if(config.extensions.begin(), config.extensions.end(),
                   [&number](const auto& item) { return item.second.number == number; });
  return found == config.extensions.end() ? nullptr : &found->second;
}

void check_codes(const Config& config, const CheckContext& context) {
  const auto check_code = [&](std::string_view name, const std::string& code) {
    const Extension* const rival = code.empty() ? nullptr : find_number(config, code);
    if (rival == nullptr) return;
    const std::string path = fmt::format("services.{}", name);
    const std::string entry = context.places.key_of("extensions." + rival->id);
    context.mistakes.add(
        context.places.find(context.places.has(path) ? path : entry),
        fmt::format("{}: {} is an extension too, at {}; allowed: a code that nobody has", path,
                    code, context.mistakes.text_of(context.places.find(entry))));
  };
  check_code("echo", config.services.echo);
  check_code("own_number", config.services.own_number);
}

void check_file(const std::filesystem::path& file, const std::string& path,
                const CheckContext& context) {
  if (file.empty() || !context.surroundings.has_file || context.surroundings.has_file(file)) return;
  context.mistakes.add(context.places.find(path),
                       fmt::format("{}: there is no file `{}`", path, file.string()));
}

void check_files(const Config& config, const CheckContext& context) {
  for (const auto& [name, profile] : config.profiles) {
    const std::string tls = fmt::format("profiles.{}.tls.", name);
    check_file(profile.tls.certificate, tls + "certificate", context);
    check_file(profile.tls.key, tls + "key", context);
    check_file(profile.tls.ca, tls + "ca", context);
  }
  check_file(config.media.music_on_hold, "media.music_on_hold", context);
}

void check_profiles(const Config& config, const CheckContext& context) {
  if (config.profiles.empty() && !context.places.is_bad("profiles")) {
    context.mistakes.add(context.places.find("profiles"),
                         "profiles: none is given; needed: at least one, such as `phones: "
                         "{listen: [\"udp:0.0.0.0:5060\"]}`");
  }
  for (const auto& [name, profile] : config.profiles) {
    const std::string path = fmt::format("profiles.{}.listen", name);
    if (!profile.listen.empty() || context.places.is_bad(path)) continue;
    context.mistakes.add(
        context.places.find(path),
        fmt::format("{}: no address is given; needed: at least one, such as udp:0.0.0.0:5060",
                    path));
  }
}

// The first line of a password file, without a carriage return.
std::string first_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Parsed<Secret> read_password(const std::filesystem::path& file, const Surroundings& surroundings) {
  if (!surroundings.read_file) return refuse("cannot be read here");
  const auto text = surroundings.read_file(file);
  if (!text) return refuse(text.error().detail);
  const auto credentials = PasswordForm{}.read(first_line(*text));
  if (!credentials) return refuse("its first line " + credentials.error());
  if (credentials->kind != PasswordKind::kPlain) return refuse("holds no password");
  return credentials->password;
}

}  // namespace

void read_password_file(const std::filesystem::path& file, Secret& password,
                        const std::string& path, const CheckContext& context) {
  if (file.empty()) return;
  auto read = read_password(file, context.surroundings);
  if (read) {
    password = std::move(*read);
    return;
  }
  context.mistakes.add(context.places.find(path),
                       fmt::format("{}: `{}`: {}; allowed: a readable file whose first line is "
                                   "the password",
                                   path, file.string(), read.error()));
}

void read_passwords(Config& config, const CheckContext& context) {
  for (auto& [number, extension] : config.extensions) {
    Credentials& credentials = extension.credentials;
    read_password_file(credentials.password_file, credentials.password,
                       option_path(context.places, extension, "password_file"), context);
  }
  read_trunk_passwords(config, context);
}

void check(const Config& config, const CheckContext& context) {
  check_profiles(config, context);
  check_listeners(config, context);
  check_tls(config, context);
  check_ports(config, context);
  check_names(config, context, "profile", &Extension::profile, config.profiles);
  check_names(config, context, "plan", &Extension::plan, config.plans);
  check_names(config, context, "rights", &Extension::rights, config.rights);
  check_fraud(config, context);
  check_hashes(config, context);
  check_codes(config, context);
  check_files(config, context);
  check_trunks(config, context);
  check_domains(config, context);
}

}  // namespace pbx::config
