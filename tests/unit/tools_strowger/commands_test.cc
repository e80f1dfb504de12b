// The `strowger` program itself against a real API server, and without one.
#include "tools/strowger/commands.h"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <fstream>

#include "api/server.h"
#include "storage/store.h"
#include "tests/unit/storage/samples.h"

namespace pbx::tools {
namespace {

namespace samples = storage::test;

struct Output {
  int exit = -1;
  std::string text;  // both streams
};

Output run(const std::string& arguments) {
  Output output;
  std::FILE* pipe = ::popen((PBX_BIN_DIR "/strowger " + arguments + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    output.text.append(buffer, got);
  const int status = ::pclose(pipe);
  output.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

struct Daemon {
  samples::TempDir dir;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<api::Server> server;
  bool healthy = true;
  std::string level;

  Daemon() {
    storage::StoreOptions options;
    options.directory = dir.path() / "db";
    options.map_size = 64 << 20;
    options.sync = storage::Sync::kOff;
    options.retention = {};
    store = storage::Store::open(std::move(options)).value();
    for (std::uint64_t id = 1; id <= 3; ++id)
      store->post(call::StoreCommand(call::StoreCdr{samples::sample_cdr(id)}));
    store->post(call::StoreCommand(call::StoreRecording{samples::sample_recording()}));
    while (store->reader().counts()->recordings == 0) std::this_thread::yield();
    server = api::Server::open({dir.path() / "s", 0660, {}}, ports(), store->reader()).value();
    server->begin();
  }
  api::Ports ports() {
    api::Ports ports;
    ports.control = [this](call::Event&& event) {
      if (const auto* show = std::get_if<call::ShowCall>(&event))
        server->deliver(call::Reply{show->request, call::NotFound{"no such call"}});
      if (const auto* hang_up = std::get_if<call::HangUp>(&event))
        server->deliver(call::Reply{hang_up->request, call::NotFound{"no call ff"}});
      if (const auto* list = std::get_if<call::ListCalls>(&event))
        server->deliver(call::Reply{list->request, call::CallList{}});
      if (const auto* status = std::get_if<call::ShowStatus>(&event))
        server->deliver(call::Reply{status->request, call::ControlStatus{}});
      return true;
    };
    ports.sip_profiles = 1;
    ports.sip = [this](const api::SipQuery& query) {
      std::visit([this](const auto& q) { answer(q); }, query);
    };
    ports.accounts = [] {
      return std::vector<api::AccountView>{{"101", "Anna", "", true, config::Secret("hunter2")}};
    };
    ports.metrics = [] { return std::string("calls 1\n"); };
    ports.info = {"office", "0.1.0", samples::at(0)};
    ports.health = [this] { return std::vector<api::HealthPart>{{"store", healthy, ""}}; };
    ports.reload = [this](core::RequestId id) {
      server->deliver(api::ReloadAnswer{id, {"a.yaml:1:1: no"}, {}, {}});
    };
    ports.log_levels = [] { return std::vector<std::pair<std::string, std::string>>{}; };
    ports.set_log_level = [this](const std::string& component, const std::string& to) {
      level = component + "=" + to;
      return core::Result<>{};
    };
    ports.recording_directory = dir.path();
    return ports;
  }
  void answer(const api::TraceQuery& query) const {
    api::TracedMessage message;
    message.at = samples::at(0);
    message.text = "BYE sip:101 SIP/2.0\r\n";
    server->deliver(api::TraceAnswer{query.request, {message}});
  }
  void answer(const api::GuardListQuery& query) const {
    server->deliver(api::GuardAnswer{
        query.request,
        {{"phones", core::parse_ip("192.0.2.66").value(), 12, samples::at(0), "wrong passwords"}}});
  }
  void answer(const api::GuardLiftQuery& query) const {
    const bool known = query.address == core::parse_ip("192.0.2.66").value();
    server->deliver(api::GuardLifted{query.request, known});
  }
  [[nodiscard]] Output ask(const std::string& arguments) const {
    return run("--socket " + (dir.path() / "s").string() + " --utc " + arguments);
  }
};

TEST_CASE("queries are escaped and empty members left out") {
  CHECK(query_text({{"a", ""}, {"b", ""}}).empty());
  CHECK(query_text({{"number", "+7 (495)&x=1"}, {"to", ""}, {"n", "*43"}}) ==
        "?number=+7%20%28495%29%26x%3D1&n=*43");
  CHECK(path_part("../calls") == "..%2Fcalls");
}

TEST_CASE("without a daemon it says so and ends with 3") {
  const samples::TempDir dir;
  const auto output = run("--socket " + (dir.path() / "none").string() + " status");
  CHECK(output.exit == static_cast<int>(Exit::kNotRunning));
  CHECK(output.text.starts_with("strowger: strowgerd is not running: nobody answers on "));
}

TEST_CASE("a wrong command line ends with 2, help with 0") {
  CHECK(run("fly").exit == 2);
  CHECK(run("").exit == 2);
  CHECK(run("call").exit == 2);
  CHECK(run("cdr --format xml").exit == 2);
  CHECK(run("--help").exit == 0);
}

TEST_CASE("answers are tables, or with --json what the API says") {
  const Daemon daemon;
  CHECK(daemon.ask("calls").text == "no calls in progress\n");
  CHECK(daemon.ask("calls --json").text == "{\"total\":0,\"calls\":[]}\n");
  const auto table = daemon.ask("cdr --limit 2");
  CHECK(table.exit == 0);
  CHECK(std::count(table.text.begin(), table.text.end(), '\n') == 3);
  const auto csv = daemon.ask("cdr --format csv").text;
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 4);
  CHECK(csv.starts_with("id,started,"));
}

TEST_CASE("a call that is over is shown from its record, one that never was is an error") {
  const Daemon daemon;
  const auto over = daemon.ask("call 2");
  CHECK(over.exit == 0);
  CHECK(over.text.starts_with("call        2\n"));
  const auto never = daemon.ask("call ffff");
  CHECK(never.exit == 1);
  CHECK(never.text == "strowger: no such record\n");
  const auto hangup = daemon.ask("hangup ff");
  CHECK(hangup.exit == 1);
  CHECK(hangup.text == "strowger: no call ff\n");
}

TEST_CASE("a recording is saved whole or not at all") {
  const Daemon daemon;
  const auto file = daemon.dir.path() / "out.wav";
  const auto missing = daemon.ask("recording 55 --save " + file.string());
  CHECK(missing.exit == 1);
  CHECK(missing.text == "strowger: the file of this recording is gone\n");
  CHECK_FALSE(std::filesystem::exists(file));
  const auto path = daemon.dir.path() / samples::sample_recording().path;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << std::string(100000, 'w');
  CHECK(daemon.ask("recording 55 --save " + file.string()).exit == 0);
  CHECK(std::filesystem::file_size(file) == 100000);
  CHECK_FALSE(std::filesystem::exists(file.string() + ".part"));
}

TEST_CASE("bad health and a refused reload are shown and end with 1") {
  Daemon daemon;
  CHECK(daemon.ask("health").exit == 0);
  daemon.healthy = false;
  const auto health = daemon.ask("health");
  CHECK(health.exit == 1);
  CHECK(health.text.find("store  FAILED") != std::string::npos);
  const auto reload = daemon.ask("reload");
  CHECK(reload.exit == 1);
  CHECK(reload.text.find("a.yaml:1:1: no") != std::string::npos);
}

TEST_CASE("every command that only shows ends with 0 and says something") {
  const Daemon daemon;
  struct {
    const char* command;
    const char* begins;
  } const cases[] = {
      {"status", "exchange       office 0.1.0\nstate          in service\n"},
      {"registrations", "no phone is registered\n"},
      {"registrations --extension 101", "no phone is registered\n"},
      {"accounts",
       "NUMBER  NAME  PROFILE  REGISTERED  PASSWORD\n101     Anna  any               0  hunter2\n"},
      {"cdr --number 999", "no calls match\n"},
      {"cdr --outcome busy", "no calls match\n"},
      {"cdr --from 2024-01-01T00:00:00Z --to 2025-01-01T00:00:00Z", "no calls match\n"},
      {"cdr --format jsonl --limit 1", "{\"v\":1,\"id\":"},
      {"cdr --format json", "{\"cdr\":[{\"v\":1,"},
      {"recordings", "RECORDING  CALL"},
      {"recordings --call 99", "no recordings match\n"},
      {"recording 55", "recording  55\ncall       7f3a91\n"},
      {"trace 2", "2023-11-14T22:13:20.000Z received from"},
      {"drain", "draining: new calls are refused from now on\n"},
      {"log level", "COMPONENT  LEVEL\n"},
      {"guard list",
       "ADDRESS     PROFILE  FAILURES  REASON           BANNED UNTIL\n192.0.2.66  phones         "
       "12  "
       "wrong passwords  "},
      {"guard lift 192.0.2.66", "lifted\n"},
      {"metrics", "calls 1\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.command);
    const auto output = daemon.ask(c.command);
    CHECK(output.exit == 0);
    CHECK(output.text.substr(0, std::string_view(c.begins).size()) == c.begins);
  }
}

TEST_CASE("what the daemon refuses is told in its words and ends with 1") {
  const Daemon daemon;
  struct {
    const char* command;
    const char* says;
  } const cases[] = {
      {"cdr --from yesterday", "strowger: from must be a time such as 2026-11-22T01:15:13Z\n"},
      {"cdr --format csv --to tomorrow", "strowger: to must be a time such as"},
      {"guard lift 192.0.2.1", "strowger: this address is neither watched nor banned\n"},
      {"guard lift nobody", "strowger: "},
      {"trace ffff", "strowger: no such call, now or before\n"},
      {"recording 99", "strowger: no such record\n"},
      {"call ../status", "strowger: an id is a hexadecimal number above zero\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.command);
    const auto output = daemon.ask(c.command);
    CHECK(output.exit == 1);
    CHECK(output.text.starts_with(c.says));
  }
}

TEST_CASE("a recording is not written where there is no place for it") {
  const Daemon daemon;
  const auto output =
      daemon.ask("recording 55 --save " + (daemon.dir.path() / "no/out.wav").string());
  CHECK(output.exit == 1);
  CHECK(output.text.find("No such file or directory") != std::string::npos);
}

TEST_CASE("a configuration is checked without a daemon") {
  const samples::TempDir dir;
  const auto file = dir.path() / "bad.yaml";
  std::ofstream(file) << "servre: {}\n";
  const auto bad = run("check " + file.string());
  CHECK(bad.exit == 1);
  CHECK(bad.text.find("bad.yaml:1:1: ") != std::string::npos);
  CHECK(run("check " PBX_SOURCE_DIR "/conf/minimal.yaml").exit == 0);
}

TEST_CASE("log levels are set for all or for one component") {
  const Daemon daemon;
  CHECK(daemon.ask("log level debug").exit == 0);
  CHECK(daemon.level == "=debug");
  CHECK(daemon.ask("log level sip trace").exit == 0);
  CHECK(daemon.level == "sip=trace");
}

}  // namespace
}  // namespace pbx::tools
