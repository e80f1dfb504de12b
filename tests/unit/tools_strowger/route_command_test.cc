#include "tools/strowger/route_command.h"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <fstream>

#include "tests/unit/storage/samples.h"

using namespace pbx;

namespace {

constexpr const char* kCompany =
    "profiles: {phones: {listen: ['udp:127.0.0.1:5060']}}\n"
    "extensions: {200-298: {password: generate, plan: outgoing}, 299: }\n"
    "rewrites: {mts_in: {rules: [{match: '8(XXXXXXXXXX)', replace: '+7$1'}]}}\n"
    "trunks: {mts: {servers: [192.0.2.1], plan: incoming, rewrites: {called_in: mts_in}},\n"
    "         bare: {servers: [192.0.2.2]}}\n"
    "schedules: {office: {zone: Europe/Moscow, week: {monday: [09:00-18:00]}}}\n"
    "plans:\n"
    "  incoming: {rules: [{name: night, schedule: not office, to: plan night},\n"
    "                     {called: '+7495!', to: extension 200}]}\n"
    "  night: {rules: [{name: at night, headers: ['X-A: b'], to: reject 403 closed}]}\n"
    "  outgoing: {rules: [{called: 2XX, to: extension}]}\n";

// North reaches south by an 8, and south nobody.
constexpr const char* kTwoCompanies =
    "profiles: {phones: {listen: ['udp:127.0.0.1:5060']}}\n"
    "domains: {north: {plan: out}, south: {plan: out, numbering: {country: DE}}}\n"
    "extensions: {101-103@north: {password: generate}, 101-102@south: {password: generate}}\n"
    "rewrites: {without_8: {rules: [{match: 8(.), replace: $1}]}}\n"
    "plans: {out: {rules: [{called: 8XXX, to: domain south}, {to: domain north}]}}\n"
    "passages: [{from: north, to: south, rewrites: {called: without_8}}, {to: north}]\n";

struct Output {
  int exit = -1;
  std::string text;  // both streams
};

// The program itself, with the company as its configuration.
class Program {
 public:
  explicit Program(const char* company = kCompany) {
    std::ofstream(dir_.path() / "a.yaml") << company;
  }

  Output run(const std::string& arguments) const {
    const std::string command = std::string(PBX_BIN_DIR "/strowger --utc ") + arguments +
                                " --conf " + (dir_.path() / "a.yaml").string() + " 2>&1";
    Output output;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    char buffer[4096];
    for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
      output.text.append(buffer, got);
    const int status = ::pclose(pipe);
    output.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
  }

 private:
  storage::test::TempDir dir_;
};

}  // namespace

TEST_CASE("the facts, the rules passed over and the one that decides are shown") {
  const Output told = Program().run(
      "route explain --from +74951112233 --to 84957304487 --trunk mts --at '2026-11-23 12:00Z'");
  CHECK(told.exit == 0);
  CHECK(told.text ==
        "call\n"
        "  from             +74951112233, fixed\n"
        "  mts_in           rule 1: 84957304487 → +74957304487\n"
        "  to               +74957304487, fixed\n"
        "  by               trunk mts\n"
        "  region           RU/Moscow\n"
        "  time             2026-11-23T12:00:00.000Z\n"
        "  schedule office  open: Monday 09:00-18:00; 2026-11-23 15:00 Europe/Moscow\n"
        "plan incoming\n"
        "  night   no: schedule office is open: Monday 09:00-18:00; 2026-11-23 15:00 "
        "Europe/Moscow\n"
        "  rule 2  → extension 200\n");
}

TEST_CASE("the way into another domain is followed, or told to be missing") {
  const Program program(kTwoCompanies);
  const Output rings = program.run("route explain --from 103@north --to 8101");
  CHECK(rings.exit == 0);
  CHECK(
      rings.text.ends_with("  rule 1  → domain south\npassage into south\n"
                           "→ extension 101@south\n"));
  const Output nobody = program.run("route explain --from 103@north --to 8103");
  CHECK(nobody.exit == 1);
  CHECK(nobody.text.ends_with("103@south is nobody there, the call is refused\n"));
  const Output refused = program.run("route explain --from 101@south --to 9101");
  CHECK(refused.text.ends_with("no passage leads from south to north, the call is refused\n"));
  const Output direct = program.run("route explain --from 101@south --to 102");
  CHECK(direct.text == "102 is ours, it is dialled without a plan\n");
}

TEST_CASE("digits are read as in the domain that is asked for") {
  const Program program(kTwoCompanies);
  CHECK(program.run("number explain 030901820 --domain south").text.find("+4930901820") !=
        std::string::npos);
  const Output unknown = program.run("number explain 030901820 --domain sout");
  CHECK(unknown.exit != 0);
  CHECK(unknown.text.find("did you mean `south`?") != std::string::npos);
}

TEST_CASE("a jump to another plan is followed, and a refused call is a failure") {
  const Program program;
  const std::string ask = "route explain --to 84957304487 --trunk mts --at '2026-11-23 22:00Z'";
  const Output refused = program.run(ask);
  CHECK(refused.exit == 1);
  CHECK(
      refused.text.ends_with("plan incoming\n"
                             "  night  → plan night\n"
                             "plan night\n"
                             "  at night  no: no header X-A is b\n"
                             "no rule matches, the call is refused\n"));
  CHECK(refused.text.find("  from             withheld\n") != std::string::npos);
  const Output told = program.run(ask + " --header 'X-A: b'");
  CHECK(told.exit == 0);
  CHECK(told.text.ends_with("  at night  → reject 403 closed\n"));
}

TEST_CASE("a call from an extension begins in its plan, or in the one that is named") {
  const Program program;
  const Output own = program.run("route explain --from 200 --to 89104032212");
  CHECK(own.exit == 1);
  CHECK(own.text.find("  by               an extension\n") != std::string::npos);
  CHECK(
      own.text.ends_with("plan outgoing\n"
                         "  rule 1  no: called +79104032212 is not 2XX\n"
                         "no rule matches, the call is refused\n"));
  const Output named = program.run("route explain --from 299 --to 201 --plan outgoing");
  CHECK(named.exit == 0);
  CHECK(named.text.ends_with("plan outgoing\n  rule 1  → extension 201, the one dialled\n"));
  const Output without = program.run("route explain --from 299 --to 89104032212");
  CHECK(without.exit == 1);
  CHECK(without.text.ends_with("its caller has no plan, the call is refused\n"));
}

TEST_CASE("what an extension dials without a plan is told") {
  const Program program;
  for (const char* to : {"201", "'*43'"}) {
    const Output direct = program.run(std::string("route explain --from 299 --to ") + to);
    CHECK(direct.exit == 0);
    CHECK(direct.text.ends_with(" is ours, it is dialled without a plan\n"));
  }
  const Output emergency = program.run("route explain --from 299 --to 112");
  CHECK(emergency.exit == 0);
  CHECK(emergency.text.ends_with("an emergency number, it goes out by any trunk\n"));
}

TEST_CASE("what cannot be asked is told") {
  struct Row {
    const char* arguments;
    int exit;
    const char* text;
  };
  const Row rows[] = {
      {"route explain --to 89104032212", 1, "who calls? --from EXTENSION, --trunk NAME or --plan"},
      {"route explain --to 201 --plan nigth", 1, "there is no plan `nigth`, did you mean `night`?"},
      {"route explain --to 201 --trunk mtt", 1, "there is no trunk `mtt`, did you mean `mts`?"},
      {"route explain --to 201 --trunk bare", 1, "its caller has no plan, the call is refused"},
      {"route explain --to 201 --plan night --at tomorrow", 1, "a moment is written like"},
      {"route explain --to 201 --plan night --header X-A", 1, "`X-A` is no header"},
      {"route explain --plan night", 2, "--to is required"},
      {"schedule offic", 1, "there is no schedule `offic`, did you mean `office`?"},
  };
  const Program program;
  for (const Row& row : rows) {
    CAPTURE(row.arguments);
    const Output told = program.run(row.arguments);
    CAPTURE(told.text);
    CHECK(told.exit == row.exit);
    CHECK(told.text.find(row.text) != std::string::npos);
  }
}

TEST_CASE("a schedule is shown with its next change") {
  CHECK(Program().run("schedule office --at 2026-11-23T12:00:00Z").text ==
        "office\n"
        "  then   open: Monday 09:00-18:00; 2026-11-23 15:00 Europe/Moscow\n"
        "  until  2026-11-23T15:00:00.000Z\n");
}
