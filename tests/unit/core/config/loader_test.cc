// What a good configuration becomes; golden_test.cc has the broken ones.
#include "core/config/loader.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support.h"

using namespace pbx::config;
using namespace pbx::config::testing;
using namespace std::chrono_literals;

namespace {

Config good(std::string_view text, const Surroundings& surroundings = {}) {
  const LoadResult result = parse_with_phones(text, surroundings);
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  CHECK(result.mistakes.empty());
  return *result.config;
}

}  // namespace

TEST_CASE("without options everything has its default") {
  const Config config = good("");
  CHECK(config.server == Server{});
  CHECK(config.media == Media{});
  CHECK(config.storage == Storage{});
  CHECK(config.call == Call{});
  CHECK(config.services.echo == "*43");
  CHECK(config.services.own_number == "*65");
  CHECK(config.extensions.empty());
  const Profile& phones = config.profiles.at("phones");
  CHECK(phones.name == "phones");
  CHECK(phones.digest.algorithms.front() == DigestAlgorithm::kMd5);
  CHECK(phones.local_networks.size() == 8);
}

TEST_CASE("options of every kind reach their place") {
  const Config config = good(
      "server:\n"
      "  name: Main\n"
      "  mask_numbers: yes\n"
      "  country: de\n"
      "  log: {level: warn, components: {sip: trace, media: debug}}\n"
      "  limits: {calls_max: 100, retry_after: 10s}\n"
      "media:\n"
      "  rtp_ports: 20000-29999\n"
      "  codecs: [pcma, opus]\n"
      "  ptime: 30ms\n"
      "  dscp: af41\n"
      "  rtp_timeout: 0\n"
      "storage: {map_size: 1GiB, sync: meta, cdr_retention: 30d}\n"
      "api: {socket_mode: 0600, listen: \"127.0.0.1:8080\"}\n"
      "recording: {rule: per-extension, format: alaw}\n");
  CHECK(config.server.name == "Main");
  CHECK(config.server.mask_numbers);
  CHECK(config.server.country == Country::kDe);
  CHECK(config.server.log.level == LogLevel::kWarn);
  CHECK(config.server.log.components.size() == 2);
  CHECK(config.server.log.components.at("sip") == LogLevel::kTrace);
  CHECK(config.server.limits.calls_max == 100);
  CHECK(config.server.limits.retry_after == 10s);
  CHECK(config.media.rtp_ports == PortRange{20000, 29999});
  CHECK(config.media.codecs == std::vector{CodecName::kPcma, CodecName::kOpus});
  CHECK(config.media.ptime == 30ms);
  CHECK(config.media.dscp == 34);
  CHECK(config.media.rtp_timeout == 0s);
  CHECK(config.storage.map_size == 1ULL << 30);
  CHECK(config.storage.sync == SyncPolicy::kMeta);
  CHECK(config.storage.cdr_retention == 720h);
  CHECK(config.api.socket_mode == 0600);
  CHECK(config.api.listen.port == 8080);
  CHECK(config.recording.rule == RecordingRule::kPerExtension);
  CHECK(config.recording.format == RecordingFormat::kAlaw);
}

TEST_CASE("a profile reads its addresses, lists and nested sections") {
  const LoadResult result = parse_text(
      "server: {name: home}\n"
      "profiles:\n"
      "  phones:\n"
      "    listen:\n"
      "      - udp:0.0.0.0:5060\n"
      "      - tcp:0.0.0.0:5060\n"
      "      - tls:[::1]:5061\n"
      "    tls: {certificate: cert.pem, key: key.pem, verify: required}\n"
      "    external_address: 203.0.113.5\n"
      "    digest: {algorithms: [sha-256, md5], qop: optional}\n"
      "    guard: {trusted: [192.0.2.0/24], ban_time: 10m}\n"
      "    session_timer: {mode: accept}\n"
      "    100rel: required\n"
      "    nat: {keepalive: 0}\n"
      "    timers: {transaction_life: 32s}\n"
      "  trunks:\n"
      "    listen: [udp:127.0.0.1:0, udp:127.0.0.2:0]\n"
      "    realm: carrier\n");
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  const Profile& phones = result.config->profiles.at("phones");
  REQUIRE(phones.listen.size() == 3);
  CHECK(phones.listen[1].transport == Transport::kTcp);
  CHECK(phones.listen[2].address.text() == "[::1]:5061");
  CHECK(phones.tls.verify == TlsVerify::kRequired);
  CHECK(phones.tls.certificate == "cert.pem");
  CHECK(phones.external_address.text() == "203.0.113.5");
  CHECK(phones.digest.algorithms.front() == DigestAlgorithm::kSha256);
  CHECK(phones.digest.qop == Qop::kOptional);
  CHECK(phones.guard.ban_time == 10min);
  CHECK(phones.guard.trusted.size() == 1);
  CHECK(phones.session_timer.mode == SessionTimerMode::kAccept);
  CHECK(phones.reliable_provisional == ReliableProvisional::kRequired);
  CHECK(phones.nat.keepalive == 0s);
  CHECK(phones.timers.transaction_life == 32s);
  CHECK(phones.realm == "home");
  CHECK(result.config->profiles.at("trunks").realm == "carrier");
}

TEST_CASE("a range becomes that many extensions, leading zeros kept") {
  const Config config = good("extensions:\n  008-012: {ring_time: 20s}\n  100: {}\n");
  REQUIRE(config.extensions.size() == 6);
  for (const char* number : {"008", "009", "010", "011", "012"}) {
    const Extension& extension = config.extensions.at(number);
    CHECK(extension.number == number);
    CHECK(extension.caller_id == number);
    CHECK(extension.ring_time == 20s);
    CHECK(extension.credentials.kind == PasswordKind::kGenerated);
  }
  CHECK(config.extensions.at("100").ring_time == 60s);
}

TEST_CASE("extensions inherit from defaults, and these from media, wherever they stand") {
  const Config config = good(
      "extensions:\n"
      "  101: {}\n"
      "  102: {codecs: [gsm], srtp: off, contacts_max: 1, caller_id: \"+4930123\"}\n"
      "defaults:\n"
      "  extension: {dtmf: info, contacts_max: 2, calls_max: 7, recording: always}\n"
      "media: {codecs: [pcmu, opus], srtp: required}\n");
  const Extension& plain = config.extensions.at("101");
  CHECK(plain.codecs == std::vector{CodecName::kPcmu, CodecName::kOpus});
  CHECK(plain.srtp == SrtpMode::kRequired);
  CHECK(plain.dtmf == DtmfMode::kInfo);
  CHECK(plain.contacts_max == 2);
  CHECK(plain.recording == RecordingChoice::kAlways);
  const Extension& other = config.extensions.at("102");
  CHECK(other.codecs == std::vector{CodecName::kGsm});
  CHECK(other.srtp == SrtpMode::kOff);
  CHECK(other.contacts_max == 1);
  CHECK(other.calls_max == 7);
  CHECK(other.caller_id == "+4930123");
}

TEST_CASE("passwords come from the file, the environment, a file of their own, or as hashes") {
  Surroundings world;
  world.variable = [](std::string_view name) -> std::optional<std::string> {
    return name == "PASSWORD" ? std::optional<std::string>("from the env") : std::nullopt;
  };
  world.read_file = [](const std::filesystem::path& file) -> pbx::core::Result<std::string> {
    CHECK(file == "secrets/103");
    return "from the file\r\nsecond line\n";
  };
  const Config config = good(
      "extensions:\n"
      "  101: {password: in the open}\n"
      "  102: {password: \"${env:PASSWORD}\"}\n"
      "  103: {password_file: secrets/103}\n"
      "  104: {ha1: {md5: 0123456789ABCDEF0123456789abcdef}}\n"
      "  105: {password: generate}\n",
      world);
  const auto credentials = [&](const char* number) {
    return config.extensions.at(number).credentials;
  };
  CHECK(credentials("101").password.reveal() == "in the open");
  CHECK(credentials("102").password.reveal() == "from the env");
  CHECK(credentials("103").password.reveal() == "from the file");
  CHECK(credentials("103").kind == PasswordKind::kPlain);
  CHECK(credentials("104").kind == PasswordKind::kHa1);
  CHECK(credentials("104").ha1_md5.reveal() == "0123456789abcdef0123456789abcdef");
  CHECK(credentials("105").kind == PasswordKind::kGenerated);
}

TEST_CASE("one data_dir moves socket and recordings, each of which can move by itself") {
  CHECK(good("").api.socket == "/var/lib/strowger/strowger.sock");
  Surroundings world;
  world.data_dir = "/srv/pbx";
  CHECK(good("", world).server.data_dir == "/srv/pbx");
  CHECK(good("", world).recording.directory == "/srv/pbx/recordings");
  const Config config = good("server: {data_dir: /data}\nrecording: {directory: /wav}\n", world);
  CHECK(config.server.data_dir == "/data");
  CHECK(config.recording.directory == "/wav");
  CHECK(config.api.socket == "/data/strowger.sock");
}

TEST_CASE("relative paths begin at the directory of their file") {
  const LoadResult result =
      parse({{"/etc/pbx/a.yaml", kPhones}, {"/etc/pbx/b.yaml", "server: {data_dir: ../data}\n"}});
  REQUIRE(result.has_config());
  CHECK(result.config->server.data_dir == "/etc/data");
}

TEST_CASE("nothing is given out if anything is wrong") {
  const LoadResult result = parse_with_phones("call: {hops_max: 0}\n");
  CHECK(result.config == nullptr);
  CHECK(result.mistakes.size() == 1);
}

TEST_CASE("a file that is too large is not read") {
  const LoadResult result = parse_with_phones(std::string(kFileSizeMax, '#'));
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].text == "the file is larger than 4000000 bytes");
}

TEST_CASE("no files at all are a mistake with a name") {
  const LoadResult result = parse({});
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].file == "configuration");
}

TEST_CASE("the bound on extensions counts those of ranges") {
  std::string text = "extensions:\n";
  for (int block = 1; block <= 11; ++block) {
    text += fmt::format("  {0}0000-{0}9999: {{}}\n", 10 + block);
  }
  const LoadResult result = parse_with_phones(text);
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].text == "extensions: too many entries; allowed: at most 100000");
}
