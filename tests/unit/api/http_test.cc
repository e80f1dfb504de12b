#include "api/http.h"

#include <doctest/doctest.h>

#include "core/base/random.h"

namespace pbx::api {
namespace {

TEST_CASE("a target is split into path and decoded query") {
  Request request;
  REQUIRE(parse_target("/api/v1/cdr?number=%2B7495&to=a%20b&flag&number2=+7&empty=", request)
              .has_value());
  CHECK(request.path == "/api/v1/cdr");
  CHECK(request.query["number"] == "+7495");
  CHECK(request.query["to"] == "a b");
  CHECK(request.query["number2"] == "+7");  // a plus is a plus
  CHECK(request.query.contains("flag"));
  CHECK(request.query["empty"].empty());
}

TEST_CASE("targets that break the rules are refused") {
  std::string many = "/?a=1";
  for (std::size_t i = 0; i <= kQueryMembersMax; ++i) many += "&m" + std::to_string(i) + "=1";
  for (const std::string& target : {std::string(), std::string("calls"), std::string("/?a=%"),
                                    std::string("/?a=%4"), std::string("/?a=%zz"), many}) {
    CAPTURE(target);
    Request request;
    CHECK_FALSE(parse_target(target, request).has_value());
  }
}

TEST_CASE("any bytes are a target or are refused, and any Range is answered within the file") {
  core::Random random(7);
  constexpr std::string_view kBytes = "/?&=%+-,abz09 \x00\xFF";
  const auto text = [&](std::string start) {
    for (std::uint64_t left = random.below(40); left > 0; --left)
      start += kBytes[random.below(kBytes.size())];
    return start;
  };
  int good = 0;
  for (int round = 0; round < 5000; ++round) {
    Request request;
    if (parse_target(text("/"), request)) ++good;
    const auto size = random.below(100);
    const auto wanted = parse_range(text("bytes="), size);
    if (wanted.kind != RangeKind::kPart) continue;
    CHECK(wanted.range.first <= wanted.range.last);
    CHECK(wanted.range.last < size);
  }
  CHECK(good > 100);
  CHECK(good < 4900);
}

TEST_CASE("ranges of a file of 100 bytes") {
  struct {
    const char* header;
    RangeKind kind;
    std::uint64_t first, last;
  } const cases[] = {
      {"", RangeKind::kWhole, 0, 0},
      {"bytes=0-9", RangeKind::kPart, 0, 9},
      {"bytes=90-", RangeKind::kPart, 90, 99},
      {"bytes=90-1000", RangeKind::kPart, 90, 99},
      {"bytes=-10", RangeKind::kPart, 90, 99},
      {"bytes=-1000", RangeKind::kPart, 0, 99},
      {"bytes=100-", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=-0", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=9-0", RangeKind::kWhole, 0, 0},
      {"bytes=0-1,5-6", RangeKind::kWhole, 0, 0},
      {"bytes=x-y", RangeKind::kWhole, 0, 0},
      {"bytes=5-x", RangeKind::kWhole, 0, 0},
      {"bytes=-", RangeKind::kWhole, 0, 0},
      {"lines=1-2", RangeKind::kWhole, 0, 0},
      {"bytes=18446744073709551616-", RangeKind::kWhole, 0, 0},
  };
  for (const auto& c : cases) {
    CAPTURE(c.header);
    const auto wanted = parse_range(c.header, 100);
    CHECK(wanted.kind == c.kind);
    CHECK(wanted.range.first == c.first);
    CHECK(wanted.range.last == c.last);
  }
  CHECK(parse_range("bytes=0-", 0).kind == RangeKind::kUnsatisfiable);
  CHECK(parse_range("bytes=-5", 0).kind == RangeKind::kUnsatisfiable);
}

TEST_CASE("errors say what kind and why") {
  const auto response = error_response({core::ErrorCode::kNotFound, "no \"such\" thing"});
  CHECK(response.status == 404);
  CHECK(response.body == "{\"error\":\"not_found\",\"detail\":\"no \\\"such\\\" thing\"}\n");
  CHECK(error_response({core::ErrorCode::kInvalidArgument, ""}).status == 400);
  CHECK(error_response({core::ErrorCode::kLimitReached, ""}).status == 429);
  CHECK(error_response({core::ErrorCode::kUnavailable, ""}).status == 503);
  CHECK(error_response({core::ErrorCode::kCorrupt, ""}).status == 500);
}

}  // namespace
}  // namespace pbx::api
