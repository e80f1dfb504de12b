#include "core/route/rule_text.h"

#include <doctest/doctest.h>

namespace pbx::route {
namespace {

using ActionKind = RouteAction::Kind;
using HeaderKind = HeaderCondition::Kind;
using LoadKind = LoadSubject::Kind;

constexpr std::uint32_t kMost = 0xffffffff;

template <class T>
std::string fault_of(const config::Parsed<T>& parsed) {
  return parsed ? "" : parsed.error();
}

}  // namespace

TEST_CASE("each action is read and written in the same words") {
  struct Row {
    const char* text;
    ActionKind kind;
    const char* target;
    const char* written = nullptr;  // if it is another text
  };
  const Row rows[] = {
      {"extension", ActionKind::kExtension, ""},
      {"extension 101", ActionKind::kExtension, "101"},
      {"group 600", ActionKind::kGroup, "600"},
      {"queue sales", ActionKind::kQueue, "sales"},
      {" Queue   sales ", ActionKind::kQueue, "sales", "queue sales"},
      {"flow main", ActionKind::kFlow, "main"},
      {"voicemail 101", ActionKind::kVoicemail, "101"},
      {"trunk mts", ActionKind::kTrunk, "mts"},
      {"trunks providers", ActionKind::kTrunkGroup, "providers"},
      {"announcement closed", ActionKind::kAnnouncement, "closed"},
      {"plan night", ActionKind::kPlan, "night"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto action = parse_action(row.text);
    REQUIRE(action.has_value());
    CHECK(action->kind == row.kind);
    CHECK(action->target == row.target);
    CHECK(to_text(*action) == (row.written ? row.written : row.text));
  }
}

TEST_CASE("a cause is a name, a status, or a status with a text") {
  struct Row {
    const char* text;
    core::Cause cause;
  };
  const Row rows[] = {
      {"reject busy", core::causes::busy()},
      {"reject congestion", core::causes::congestion()},
      {"reject unallocated", core::causes::unallocated()},
      {"reject 403", {403, 21, ""}},
      {"reject 603", {603, 21, ""}},
      {"reject 503 come back later", {503, 41, "come back later"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto action = parse_action(row.text);
    REQUIRE(action.has_value());
    CHECK(action->kind == ActionKind::kReject);
    CHECK(action->cause.sip_status == row.cause.sip_status);
    CHECK(action->cause.q850 == row.cause.q850);
    if (row.cause.text == "come back later") CHECK(action->cause.text == row.cause.text);
    CHECK_FALSE(action->cause.text.empty());
  }
}

TEST_CASE("a wrong action is told with what was probably meant") {
  CHECK(fault_of(parse_action("qeue sales")) ==
        "`qeue` is not known, did you mean `queue`?; allowed: extension, group, queue, flow, "
        "voicemail, domain, trunk, trunks, announcement, reject, plan");
  CHECK(fault_of(parse_action("queue")) == "`queue` needs one name after it; here ``");
  CHECK(fault_of(parse_action("queue a b")) == "`queue` needs one name after it; here `a b`");
  CHECK(fault_of(parse_action("reject")) ==
        "`reject` needs a cause, as in `reject busy` or `reject 403`");
  CHECK(fault_of(parse_action("reject bussy"))
            .starts_with("`bussy` is not known, did you mean `busy`?"));
  CHECK(fault_of(parse_action("reject 200")) ==
        "`200` is no status to reject with; allowed: 400 to 699");
  CHECK(fault_of(parse_action("reject 700")).ends_with("allowed: 400 to 699"));
  CHECK(fault_of(parse_action("reject 99999999")).ends_with("allowed: 400 to 699"));
  CHECK(fault_of(parse_action("reject busy now")) == "nothing may follow `reject busy`");
}

TEST_CASE("a load is a subject, a relation and a number") {
  struct Row {
    const char* text;
    LoadKind kind;
    const char* target;
    std::uint32_t at_least, at_most;
  };
  const Row rows[] = {
      {"waiting_calls sales < 5", LoadKind::kWaitingCalls, "sales", 0, 4},
      {"waiting_calls sales <= 5", LoadKind::kWaitingCalls, "sales", 0, 5},
      {"free_agents sales >= 1", LoadKind::kFreeAgents, "sales", 1, kMost},
      {"free_agents sales > 1", LoadKind::kFreeAgents, "sales", 2, kMost},
      {"trunk_calls mts = 0", LoadKind::kTrunkCalls, "mts", 0, 0},
      {"trunk_calls mts<30", LoadKind::kTrunkCalls, "mts", 0, 29},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto load = parse_load(row.text);
    REQUIRE(load.has_value());
    CHECK(*load == LoadCondition{{row.kind, row.target}, row.at_least, row.at_most});
  }
  for (const char* wrong : {"", "sales", "waiting_calls < 5", "waiting_calls a b < 5", "< 5",
                            "waiting_calls sales < five", "waiting_calls sales <> 5",
                            "waiting_calls sales < 0", "waiting_calls sales > 4294967295",
                            "waiting_calls sales < 4294967296", "waiting sales < 5"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_load(wrong).has_value());
  }
  CHECK(fault_of(parse_load("waiting_call sales < 5"))
            .starts_with("`waiting_call` is not known, did you mean `waiting_calls`?"));
}

TEST_CASE("a header is there, is a text or has one in it") {
  CHECK(*parse_header("X-Foo") == HeaderCondition{"X-Foo", HeaderKind::kPresent, ""});
  CHECK(*parse_header("X-Foo: bar") == HeaderCondition{"X-Foo", HeaderKind::kEquals, "bar"});
  CHECK(*parse_header("X-Foo: a~b c") == HeaderCondition{"X-Foo", HeaderKind::kEquals, "a~b c"});
  CHECK(*parse_header("X-Foo ~ a:b") == HeaderCondition{"X-Foo", HeaderKind::kContains, "a:b"});
  for (const char* wrong : {"", ":", "~ a", "X Foo: a", "X-Foo:", "X-Foo ~ ", "Füße: a"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_header(wrong).has_value());
  }
}

TEST_CASE("lists and schedules are names, or not such a name") {
  CHECK(*parse_list("vip") == ListCondition{"vip", true});
  CHECK(*parse_list("not black") == ListCondition{"black", false});
  CHECK(*parse_schedule("office") == ScheduleCondition{"office", true});
  CHECK(*parse_schedule("not office") == ScheduleCondition{"office", false});
  CHECK(*parse_schedule("not") == ScheduleCondition{"not", true});
  CHECK_FALSE(parse_list("vip and black").has_value());
  CHECK_FALSE(parse_schedule("not not office").has_value());
  CHECK_FALSE(parse_schedule("").has_value());
}

}  // namespace pbx::route
