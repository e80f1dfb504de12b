#include "storage/spill.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/unit/storage/samples.h"

namespace pbx::storage {
namespace {

using test::sample_cdr;

TEST_CASE("a spill file with a torn line gives the rest and is kept aside") {
  const test::TempDir dir;
  const auto path = dir.path() / "cdr-spill.jsonl";
  SpillFile spill(path);
  const std::vector<Item> first{call::StoreCdr{sample_cdr(1)}, StoreMeta{"not", "spilled"}};
  const std::vector<Item> second{call::StoreRecording{test::sample_recording()}};
  CHECK(spill.append(first).value() == 1);
  std::ofstream(path, std::ios::app) << R"({"cdr":{"v":1,"id":"2","st)";
  CHECK(spill.append(second).value() == 1);
  std::vector<Item> got;
  const auto collect = [&](std::span<const Item> items) -> core::Result<> {
    got.insert(got.end(), items.begin(), items.end());
    return {};
  };
  const auto replayed = spill.replay(collect).value();
  CHECK(replayed.records == 2);
  CHECK(replayed.unreadable == 1);
  REQUIRE(got.size() == 2);
  CHECK(std::get<call::StoreCdr>(got[0]).cdr.id == core::CallId{1});
  CHECK(std::holds_alternative<call::StoreRecording>(got[1]));
  CHECK_FALSE(spill.exists());
  CHECK(std::filesystem::exists(dir.path() / "cdr-spill.bad"));
}

TEST_CASE("a spill file whose records are not taken stays") {
  const test::TempDir dir;
  SpillFile spill(dir.path() / "cdr-spill.jsonl");
  const std::vector<Item> items{call::StoreCdr{sample_cdr(1)}};
  REQUIRE(spill.append(items).has_value());
  const auto refuse = [](std::span<const Item>) -> core::Result<> {
    return core::fail(core::ErrorCode::kUnavailable, "no");
  };
  CHECK_FALSE(spill.replay(refuse).has_value());
  CHECK(spill.exists());
}

TEST_CASE("no file is no failure, a place that cannot be written is") {
  const test::TempDir dir;
  SpillFile none(dir.path() / "cdr-spill.jsonl");
  CHECK(none.replay([](std::span<const Item>) { return core::Result<>{}; })->records == 0);
  SpillFile nowhere(dir.path() / "missing" / "cdr-spill.jsonl");
  const std::vector<Item> items{call::StoreCdr{sample_cdr(1)}};
  CHECK(nowhere.append(items).error().code == core::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace pbx::storage
