#include "tools/call_load/options.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace pbx;
using namespace pbx::call_load;

namespace {

core::Result<Options> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "call_load");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("what is not said has the documented default") {
  const auto options = parse({"--server", "192.0.2.1:5060", "--calls", "5"});
  REQUIRE(options.has_value());
  CHECK(options->mode == Mode::kCalls);
  CHECK(options->server.text() == "192.0.2.1:5060");
  CHECK(options->domain == "192.0.2.1");
  CHECK(options->bind.text() == "127.0.0.1");
  CHECK(options->callers.size() == 50);
  CHECK(options->callers.front() == "100");
  CHECK(options->callees.back() == "199");
  CHECK(options->register_callees);
  CHECK_FALSE(options->register_callers);
  CHECK(options->rtp);
  CHECK(options->codec == Codec::kPcmu);
  CHECK_FALSE(options->is_transcoded());
  CHECK(options->threads == 2);
  CHECK(options->calls == 5);
}

TEST_CASE("every option reaches its place") {
  const auto options = parse({"--server",
                              "[::1]:5070",
                              "--domain",
                              "pbx.test",
                              "--duration",
                              "2.5",
                              "--rate",
                              "7",
                              "--hold",
                              "0",
                              "--warmup",
                              "1",
                              "--concurrent",
                              "9",
                              "--callers",
                              "1,3-4",
                              "--callees",
                              "007-010",
                              "--password",
                              "x",
                              "--register-callers",
                              "--no-register-callees",
                              "--reuse-nonce",
                              "--answer-after",
                              "1-2.5",
                              "--setup-timeout",
                              "9",
                              "--cancel-after",
                              "3",
                              "--hold-every",
                              "4",
                              "--hold-for",
                              "0.5",
                              "--hangup",
                              "random",
                              "--delayed-offer",
                              "--prack",
                              "--session-timer",
                              "90",
                              "--codec",
                              "pcma",
                              "--callee-codec",
                              "g722",
                              "--ptime",
                              "30",
                              "--rtp-ports",
                              "50001-50009",
                              "--rtp-sockets",
                              "3",
                              "--sip-port-base",
                              "6000",
                              "--sip-sockets",
                              "2",
                              "--threads",
                              "1",
                              "--realtime",

                              "--drop",
                              "12.5",
                              "--seed",
                              "11",
                              "--cpu-of",
                              "1",
                              "--json",
                              "f",
                              "--quiet"});
  REQUIRE(options.has_value());
  CHECK(options->bind.text() == "::1");
  CHECK(options->domain == "pbx.test");
  CHECK(options->calls == UINT64_MAX);
  CHECK(options->duration == std::chrono::milliseconds(2500));
  CHECK(options->rate == 7);
  CHECK(options->hold == core::Duration{});
  CHECK(options->warmup == std::chrono::seconds(1));
  CHECK(options->concurrent_max == 9);
  CHECK(options->callers == std::vector<std::string>{"1", "3", "4"});
  CHECK(options->callees == std::vector<std::string>{"007", "008", "009", "010"});
  CHECK(options->register_callers);
  CHECK_FALSE(options->register_callees);
  CHECK(options->reuse_nonce);
  CHECK(options->answer_after.min == std::chrono::seconds(1));
  CHECK(options->answer_after.max == std::chrono::milliseconds(2500));
  CHECK(options->setup_timeout == std::chrono::seconds(9));
  CHECK(options->cancel_after == std::chrono::seconds(3));
  CHECK(options->hold_every == std::chrono::seconds(4));
  CHECK(options->hold_for == std::chrono::milliseconds(500));
  CHECK(options->hangup == Hangup::kRandom);
  CHECK(options->delayed_offer);
  CHECK(options->prack);
  CHECK(options->session_expires_s == 90);
  CHECK(options->codec == Codec::kPcma);
  CHECK(options->callee_codec == Codec::kG722);
  CHECK(options->is_transcoded());
  CHECK(options->ptime_ms == 30);
  CHECK(options->rtp_ports.low == 50001);
  CHECK(options->rtp_ports.high == 50009);
  CHECK(options->rtp_sockets == 3);
  CHECK(options->sip_port_base == 6000);
  CHECK(options->sip_sockets == 2);
  CHECK(options->threads == 1);
  CHECK(options->realtime);
  CHECK(options->drop_percent == 12.5);
  CHECK(options->seed == 11);
  CHECK(options->cpu_of == 1);
  CHECK(options->json_file == "f");
  CHECK(options->quiet);
}

TEST_CASE("modes") {
  const auto storm = parse({"--server", "127.0.0.1:1", "--register-only", "--registrations", "8",
                            "--register-rate", "3", "--expires", "60"});
  REQUIRE(storm.has_value());
  CHECK(storm->mode == Mode::kRegister);
  CHECK(storm->registrations == 8);
  CHECK(storm->register_rate == 3);
  CHECK(storm->expires_s == 60);
  CHECK(parse({"--server", "127.0.0.1:1", "--options-ping", "--calls", "1"})->mode ==
        Mode::kOptions);
  const auto direct = parse({"--direct", "--calls", "1", "--no-rtp"});
  REQUIRE(direct.has_value());
  CHECK(direct->is_direct());
  CHECK_FALSE(direct->register_callees);
  CHECK_FALSE(direct->rtp);
  CHECK(direct->domain == "127.0.0.1");
  CHECK_FALSE(direct->relay);

  const auto relayed = parse({"--direct", "--relay", "127.0.0.2:9000", "--calls", "1"});
  REQUIRE(relayed.has_value());
  CHECK(relayed->is_direct());
  CHECK(relayed->relay.text() == "127.0.0.2:9000");
}

TEST_CASE("the last of two wins, so that scripts can add") {
  CHECK(parse({"--direct", "--calls", "1", "--rate", "5", "--rate", "6"})->rate == 6);
}

TEST_CASE("help is text, not an error") {
  const auto options = parse({"--help"});
  REQUIRE(options.has_value());
  CHECK(options->help.find("--server") != std::string::npos);
}

TEST_CASE("what makes no sense is refused with a reason") {
  const std::vector<std::vector<const char*>> rows = {
      {"--calls", "1"},
      {"--server", "127.0.0.1:1", "--direct", "--calls", "1"},
      {"--server", "127.0.0.1", "--calls", "1"},
      {"--server", "127.0.0.1:0", "--calls", "1"},
      {"--server", "127.0.0.1:1"},
      {"--server", "127.0.0.1:1", "--register-only", "--calls", "1"},
      {"--direct", "--calls", "1", "--rate", "0"},
      {"--direct", "--relay", "127.0.0.2", "--calls", "1"},
      {"--server", "127.0.0.1:1", "--relay", "127.0.0.2:9000", "--calls", "1"},
      {"--direct", "--calls", "1", "--rate", "many"},
      {"--direct", "--calls", "1", "--callers", "9-1"},
      {"--direct", "--calls", "1", "--callers", "a"},
      {"--direct", "--calls", "1", "--callees", "0-100000"},
      {"--direct", "--calls", "1", "--answer-after", "3-1"},
      {"--direct", "--calls", "1", "--answer-after", "x"},
      {"--direct", "--calls", "1", "--rtp-ports", "5-4"},
      {"--direct", "--calls", "1", "--codec", "opus"},
      {"--direct", "--calls", "1", "--callee-codec", "g722"},
      {"--direct", "--calls", "1", "--codec", "g722", "--tone"},
      {"--direct", "--calls", "1", "--tone", "--rtp-sockets", "2"},
      {"--direct", "--calls", "1", "--bind", "here"},
      {"--direct", "--options-ping", "--calls", "1"},
      {"--server", "[::1]:1", "--calls", "1", "--bind", "127.0.0.1"},
      {"--direct", "--calls", "1", "--password-file", "/nonexistent/file"},
      {"--direct", "--calls", "1", "--unheard-of"},
  };
  for (const auto& row : rows) {
    std::string line;
    for (const char* argument : row) line += std::string(argument) + " ";
    CAPTURE(line);
    const auto options = parse(row);
    REQUIRE_FALSE(options.has_value());
    CHECK_FALSE(options.error().detail.empty());
  }
}

TEST_CASE("a password file is read, its mistakes are named by line") {
  const auto passwords = parse_passwords("# all\n100:abc\r\n\n101 : p:w \n");
  REQUIRE(passwords.has_value());
  CHECK(passwords->size() == 2);
  CHECK(passwords->at("100") == "abc");
  CHECK(passwords->at("101") == "p:w");
  const auto wrong = parse_passwords("100:abc\n101\n");
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().detail.find("line 2") != std::string::npos);

  const auto path =
      std::filesystem::temp_directory_path() / ("call_load_options_" + std::to_string(::getpid()));
  std::ofstream(path) << "150:one\n";
  const std::string text = path.string();
  const auto options = parse({"--direct", "--calls", "1", "--password-file", text.c_str()});
  std::filesystem::remove(path);
  REQUIRE(options.has_value());
  CHECK(options->passwords.at("150") == "one");
}
