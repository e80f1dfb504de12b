#include "core/base/result.h"

#include <doctest/doctest.h>

#include <memory>
#include <string_view>

using namespace pbx::core;

namespace {
Result<int> inner(bool good) {
  if (!good) return fail(ErrorCode::kLimitReached, "queue sales");
  return 1;
}
Result<std::string> outer(bool good) {
  const auto number = inner(good);
  if (!number) return forward_error(number);
  return std::to_string(*number);
}
}  // namespace

TEST_CASE("an error travels through results of other types unchanged") {
  CHECK(outer(true).value() == "1");
  const auto failed = outer(false);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::kLimitReached);
  CHECK(failed.error().detail == "queue sales");
}

TEST_CASE("the error of a result that holds a move-only value can be forwarded") {
  const Result<void> failed =
      forward_error(Result<std::unique_ptr<int>>(fail(ErrorCode::kCorrupt, "row 7")));
  REQUIRE_FALSE(failed);
  CHECK(failed.error().detail == "row 7");
}

TEST_CASE("every code has its own text") {
  CHECK(to_text(ErrorCode::kInvalidArgument) == std::string_view("invalid_argument"));
  CHECK(to_text(ErrorCode::kCorrupt) == std::string_view("corrupt"));
  CHECK(to_text(static_cast<ErrorCode>(99)) == std::string_view("unknown"));
}
