#include "tools/strowger/format.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "api/views.h"
#include "storage/reader.h"
#include "tests/unit/storage/samples.h"

namespace pbx::tools {
namespace {

using boost::json::parse;

// Hours and minutes are enough to see where a time goes.
std::string clock_of(std::string_view iso) { return std::string(iso.substr(11, 8)); }

TEST_CASE("the status at a glance") {
  CHECK(format_status(parse(R"({"name":"office","version":"0.1.0",
      "started":"2023-11-14T22:13:20.000Z","uptime_s":3723,"draining":false,"calls":2,"legs":4,
      "calls_total":10,"calls_refused":1,"registrations":3,"recordings":1,"ports_free":90,
      "ports_total":100})"),
                      clock_of) ==
        "exchange       office 0.1.0\n"
        "state          in service\n"
        "started        22:13:20, 1:02:03 ago\n"
        "calls          2 now, 10 since start, 1 refused\n"
        "legs           4\n"
        "recordings     1 now\n"
        "registrations  3\n"
        "media ports    90 free of 100\n");
}

TEST_CASE("calls in progress, and none") {
  CHECK(format_calls(parse(R"({"total":1,"calls":[{"id":"ab","state":"talking",
      "started":"2023-11-14T22:13:20.000Z","duration_s":70,"talk_s":65,
      "caller":{"number":"101","name":"Ольга"},"dialed":"102",
      "called":{"number":"102","name":""},"recorded":true}]})"),
                     clock_of) ==
        "CALL  STATE    CALLER       DIALED  CALLED  STARTED   TALK  REC\n"
        "ab    talking  101 (Ольга)  102     102     22:13:20  1:05  yes\n");
  CHECK(format_calls(parse(R"({"total":0,"calls":[]})"), clock_of) == "no calls in progress\n");
}

TEST_CASE("a record with its legs, segments and media") {
  const auto cdr = storage::test::sample_cdr(0xab);
  CHECK(format_cdr(parse(storage::to_json(cdr)), clock_of) ==
        "call        ab\n"
        "caller      101 (Ольга \"O\")\n"
        "dialed      102\n"
        "called      102\n"
        "started     22:13:20\n"
        "answered    22:13:22\n"
        "ended       22:13:52 by caller\n"
        "talk        0:30\n"
        "outcome     answered\n"
        "cause       normal (SIP 200, Q.850 16)\n"
        "recordings  55\n"
        "\n"
        "LEG  SIDE    NUMBER           STARTED   ANSWERED  ENDED     CAUSE   ADDRESS         "
        "PHONE\n"
        "1    caller  101 (Ольга \"O\")  22:13:20  22:13:22  22:13:52  normal  192.0.2.7:5060  "
        "Phone/1.0\n"
        "2    called  102              22:13:20  22:13:22  22:13:52  normal  192.0.2.7:5060  "
        "Phone/1.0\n"
        "\n"
        "SEGMENT  FROM      UNTIL     DETAIL\n"
        "ringing  22:13:20  22:13:22  -\n"
        "talking  22:13:22  22:13:52  -\n"
        "\n"
        "LEG  STREAM    CODEC  PACKETS  LOST  JITTER   MOS  ROUND TRIP  REMOTE           PATH\n"
        "1    received  PCMA      1500  0.2%  2.1 ms  4.25     12.3 ms  192.0.2.7:40000  relay\n"
        "1    sent      PCMA      1499  0.0%  0.9 ms   4.5     12.3 ms  192.0.2.7:40000  relay\n"
        "2    received  PCMA      1500  0.2%  2.1 ms  4.25     12.3 ms  192.0.2.7:40000  relay\n"
        "2    sent      PCMA      1499  0.0%  0.9 ms   4.5     12.3 ms  192.0.2.7:40000  "
        "relay\n");
}

TEST_CASE("a call in progress with its live figures") {
  call::CallDetail detail{{core::CallId{0xab}, "talking", {}}, {}};
  auto& cdr = detail.call.cdr;
  cdr.started = storage::test::at(0);
  cdr.caller = {"101", ""};
  cdr.dialed = "*43";
  cdr.called = {"*43", "Echo"};
  call::CdrLeg leg;
  leg.leg = core::LegId{1};
  leg.caller = true;
  leg.party = cdr.caller;
  leg.started = leg.ended = storage::test::at(0);
  cdr.legs = {leg};
  auto media = storage::test::sample_media();
  media.relayed = false;
  media.transcoded = true;
  media.sent = {};
  detail.media = {{leg.leg, media}};
  CHECK(format_call(parse(api::to_json(detail)), clock_of) ==
        "call     ab\n"
        "state    talking\n"
        "caller   101\n"
        "dialed   *43\n"
        "called   *43 (Echo)\n"
        "started  22:13:20\n"
        "\n"
        "LEG  SIDE    NUMBER  STARTED   ANSWERED  ENDED     CAUSE  ADDRESS  PHONE\n"
        "1    caller  101     22:13:20  -         22:13:20  -      -        -\n"
        "\n"
        "LEG  STREAM    CODEC  PACKETS  LOST  JITTER   MOS  ROUND TRIP  REMOTE           PATH\n"
        "1    received  PCMA      1500  0.2%  2.1 ms  4.25     12.3 ms  192.0.2.7:40000  "
        "transcoded\n"
        "1    sent      -            0     -  0.0 ms   4.5     12.3 ms  192.0.2.7:40000  "
        "transcoded\n");
}

TEST_CASE("one recording with its link") {
  CHECK(format_recording(parse(storage::to_json(storage::test::sample_recording(1))), clock_of) ==
        "recording  1\n"
        "call       7f3a91\n"
        "started    22:13:22\n"
        "left       101\n"
        "right      102\n"
        "length     0:30\n"
        "size       960 KB\n"
        "file       2023/11/14/x.wav\n"
        "sha256     " +
            std::string(64, 'a') +
            "\n"
            "link       /r/AbCdEfGhIjKlMnOpQrStUw1\n"
            "complete   yes\n");
}

TEST_CASE("the list of records") {
  const auto row = storage::to_json(storage::test::sample_cdr(0xab));
  CHECK(format_cdrs(parse(api::page_json("cdr", {row}, "")), clock_of) ==
        "CALL  STARTED   CALLER           DIALED  CALLED  OUTCOME   TALK  CAUSE   REC\n"
        "ab    22:13:20  101 (Ольга \"O\")  102     102     answered  0:30  normal  yes\n");
  CHECK(format_cdrs(parse(R"({"cdr":[],"next":""})"), clock_of) == "no calls match\n");
}

TEST_CASE("recordings tell their state") {
  auto running = storage::test::sample_recording(2);
  running.complete = false;
  auto cut = running;
  cut.id = core::RecordingId{3};
  cut.problem = "disk full";
  const auto page = api::page_json("recordings",
                                   {storage::to_json(storage::test::sample_recording(1)),
                                    storage::to_json(running), storage::to_json(cut)},
                                   "");
  CHECK(format_recordings(parse(page), clock_of) ==
        "RECORDING  CALL    STARTED   LEFT  RIGHT  LENGTH    SIZE  STATE\n"
        "1          7f3a91  22:13:22  101   102      0:30  960 KB  complete\n"
        "2          7f3a91  22:13:22  101   102      0:30  960 KB  recording\n"
        "3          7f3a91  22:13:22  101   102      0:30  960 KB  disk full\n");
  CHECK(format_recording(parse(storage::to_json(cut)), clock_of).find("problem    disk full") !=
        std::string::npos);
}

TEST_CASE("registrations and accounts") {
  CHECK(format_registrations(
            parse(api::registrations_json({storage::test::sample_binding()}, storage::test::at(0))),
            clock_of) ==
        "EXTENSION  CONTACT                   FROM             TRANSPORT  UNTIL      LEFT  PHONE\n"
        "101        sip:101@10.0.0.5:5062;ob  192.0.2.7:31000  tcp        22:23:20  10:00  "
        "Phone/1.0\n");
  CHECK(format_accounts(parse(api::to_json(
            std::vector<api::AccountView>{{"101", "Anna", "", true, config::Secret("hunter2")},
                                          {"102", "", "phones", false, {}}},
            {}, true))) ==
        "NUMBER  NAME  PROFILE  REGISTERED  PASSWORD\n"
        "101     Anna  any               0  hunter2\n"
        "102     -     phones            0  configured\n");
}

TEST_CASE("a trace shows the messages and then the figures") {
  api::TraceView trace;
  trace.call_json = R"({"id":"ab","caller":{"number":"101"}})";
  trace.complete = false;
  trace.messages.push_back({storage::test::at(0), true, call::Transport::kUdp,
                            core::parse_socket_address("192.0.2.7:5060").value(),
                            "BYE sip:101 SIP/2.0\r\nVia: x\x1b\r\n"});
  const auto text = format_trace(parse(api::to_json(trace)), clock_of);
  CHECK(
      text.starts_with("22:13:20.000 sent to 192.0.2.7:5060 udp\n"
                       "    BYE sip:101 SIP/2.0\n"
                       "    Via: x?\n"
                       "\n"
                       "not every SIP profile answered: messages may be missing\n"
                       "\n"
                       "call"));
}

TEST_CASE("a reload shows mistakes, changes or nothing") {
  CHECK(format_reload(parse(R"({"applied":false,"mistakes":["a.yaml:1:2: wrong"]})")) ==
        "the configuration has mistakes, nothing was changed:\n  a.yaml:1:2: wrong\n");
  CHECK(format_reload(parse(R"({"applied":true,"mistakes":[],"changed":["media.dscp: 46 → 34"],
      "needs_restart":["api.listen"]})")) ==
        "changed:\n  media.dscp: 46 → 34\ntakes effect at the next start:\n  api.listen\n");
  CHECK(format_reload(parse(R"({"applied":true})")) == "nothing to change\n");
}

TEST_CASE("health, guard and log levels") {
  CHECK(format_health(parse(R"({"ok":false,"parts":[{"name":"control","ok":true,"detail":""},
      {"name":"disk","ok":false,"detail":"1 MB free"}]})")) ==
        "PART     STATE   DETAIL\n"
        "control  ok      -\n"
        "disk     FAILED  1 MB free\n");
  CHECK(format_guard(parse(R"({"guard":[{"address":"192.0.2.6","profile":"phones","failures":12,
      "banned":true,"until":"2023-11-14T22:13:20.000Z","reason":"wrong passwords"}]})"),
                     clock_of) ==
        "ADDRESS    PROFILE  FAILURES  REASON           BANNED UNTIL\n"
        "192.0.2.6  phones         12  wrong passwords  22:13:20\n");
  CHECK(format_guard(parse(R"({"guard":[]})"), clock_of) == "no address is watched or banned\n");
  CHECK(format_log_levels(parse(R"({"levels":[{"component":"","level":"info"},
      {"component":"sip","level":"debug"}]})")) ==
        "COMPONENT  LEVEL\n(general)  info\nsip        debug\n");
}

TEST_CASE("an answer of another version is still shown") {
  for (const char* text :
       {"{}", "[]", "null", R"({"calls":[{}]})", R"({"cdr":[7,{"caller":3}]})"}) {
    CAPTURE(text);
    const auto value = parse(text);
    CHECK_NOTHROW((void)format_status(value, clock_of));
    CHECK_NOTHROW((void)format_calls(value, clock_of));
    CHECK_NOTHROW((void)format_call(value, clock_of));
    CHECK_NOTHROW((void)format_cdrs(value, clock_of));
    CHECK_NOTHROW((void)format_cdr(value, clock_of));
    CHECK_NOTHROW((void)format_trace(value, clock_of));
    CHECK_NOTHROW((void)format_health(value));
    CHECK_NOTHROW((void)format_recording(value, clock_of));
  }
}

}  // namespace
}  // namespace pbx::tools
