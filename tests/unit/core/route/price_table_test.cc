#include "core/route/price_table.h"

#include <map>

#include <doctest/doctest.h>

#include "core/base/random.h"

namespace pbx::route {
namespace {

using namespace std::chrono_literals;

PriceTable table(std::initializer_list<std::pair<const char*, std::int64_t>> prices) {
  std::vector<Price> found;
  for (const auto& [prefix, price] : prices)
    found.push_back({.prefix = prefix, .per_minute = price});
  return PriceTable(std::move(found));
}

std::string prefix_of(const PriceTable& prices, std::string_view number) {
  const Price* const price = prices.find(number);
  return price ? price->prefix : "none";
}

}  // namespace

TEST_CASE("the longest prefix has the price") {
  const PriceTable prices = table({{"7", 1},
                                   {"7495", 2},
                                   {"79", 3},
                                   {"7926", 4},
                                   {"49", 5},
                                   {"74957304487", 6},
                                   {"123456789012345", 7},
                                   {"0", 8}});
  const char* const rows[][2] = {
      {"+7", "7"},
      {"+74", "7"},
      {"+7495", "7495"},
      {"+74951112233", "7495"},
      {"+74957304487", "74957304487"},
      {"74957304488", "7495"},
      {"+79161112233", "79"},
      {"+79261112233", "7926"},
      {"+78121112233", "7"},
      {"+7999", "79"},
      {"+4", "none"},
      {"+49", "49"},
      {"+50", "none"},
      {"+1", "none"},
      {"", "none"},
      {"+", "none"},
      {"alice", "none"},
      {"0", "0"},
      {"00", "0"},
      {"1234567890123456", "123456789012345"},
      {"12345678901234", "none"},
      {"+7495#", "7495"},
  };
  for (const auto& row : rows) {
    CAPTURE(row[0]);
    CHECK(prefix_of(prices, row[0]) == row[1]);
  }
  CHECK(PriceTable().find("1") == nullptr);
  CHECK(prefix_of(table({{"", 1}, {"7", 2}}), "+49") == "");
  CHECK(prefix_of(table({{"", 1}, {"7", 2}}), "+79") == "7");
}

TEST_CASE("the longest prefix of random tables is what a search through all finds") {
  core::Random random(11);
  const auto digits = [&](std::size_t most) {
    std::string text;
    for (std::size_t n = random.below(most + 1); n > 0; --n)
      text += static_cast<char>('0' + random.below(3));
    return text;
  };
  for (int round = 0; round < 50; ++round) {
    std::map<std::string, Price> all;
    for (int i = 0; i < 40; ++i) {
      const std::string prefix = digits(7);
      all[prefix] = {.prefix = prefix};
    }
    std::vector<Price> list;
    for (const auto& [prefix, price] : all) list.push_back(price);
    const PriceTable prices(list);
    for (int i = 0; i < 200; ++i) {
      const std::string number = digits(9);
      std::string longest = "none";
      for (std::size_t size = 0; size <= number.size(); ++size)
        if (all.contains(number.substr(0, size))) longest = number.substr(0, size);
      CHECK(prefix_of(prices, number) == longest);
    }
  }
}

TEST_CASE("what a call costs") {
  struct Row {
    std::int64_t per_minute, connect;
    std::chrono::seconds first, step, talk;
    std::int64_t cost;
  };
  constexpr std::int64_t kOne = kMoneyUnit;
  const Row rows[] = {
      {kOne, 0, 1s, 1s, 60s, kOne},
      {kOne, 0, 1s, 1s, 0s, 16'667},
      {kOne, 0, 1s, 1s, 30s, kOne / 2},
      {kOne, 0, 60s, 60s, 1s, kOne},
      {kOne, 0, 60s, 60s, 60s, kOne},
      {kOne, 0, 60s, 60s, 61s, 2 * kOne},
      {kOne, 0, 30s, 6s, 31s, 600'000},
      {kOne, 0, 30s, 6s, 36s, 600'000},
      {kOne, 0, 30s, 6s, 37s, 700'000},
      {kOne, kOne, 1s, 1s, 120s, 3 * kOne},
      {0, 5, 1s, 1s, 3600s, 5},
      {1, 0, 1s, 1s, 61s, 2},
      {kMoneyMax, kMoneyMax, 1s, 1s, 365 * 24h, kMoneyMax * 525'601},
  };
  for (const Row& row : rows) {
    const Price price{
        .per_minute = row.per_minute, .connect = row.connect, .first = row.first, .step = row.step};
    CHECK(cost(price, row.talk) == row.cost);
  }
}

TEST_CASE("the cheapest trunk comes first, one without a price last") {
  const PriceTable a = table({{"7", 3 * kMoneyUnit}, {"79", kMoneyUnit}});
  const PriceTable b = table({{"7", 2 * kMoneyUnit}, {"49", kMoneyUnit}});
  PriceTable fee = PriceTable({{.prefix = "7", .per_minute = 1, .connect = 5 * kMoneyUnit}});
  const TrunkTariff tariffs[] = {
      {"none", nullptr}, {"a", &a}, {"b", &b}, {"b2", &b}, {"fee", &fee}};
  const auto order = [&](std::string_view number, std::chrono::seconds typical = 60s) {
    std::string names;
    for (const TrunkOffer& offer : cheapest_first(number, tariffs, typical))
      names += (names.empty() ? "" : " ") + std::string(offer.trunk) + (offer.price ? "" : "?");
    return names;
  };
  CHECK(order("+74951112233") == "b b2 a fee none?");
  CHECK(order("+79261112233") == "a b b2 fee none?");
  CHECK(order("+74951112233", 10min) == "fee b b2 a none?");
  CHECK(order("+4930") == "b b2 none? a? fee?");
  CHECK(order("+1") == "none? a? b? b2? fee?");
  CHECK(cheapest_first("+79", {}).empty());
  CHECK(cheapest_first("+79261112233", tariffs)[0].cost == kMoneyUnit);
}

TEST_CASE("amounts of money") {
  CHECK(parse_money("0") == 0);
  CHECK(parse_money("1.25") == 1'250'000);
  CHECK(parse_money("1,25", ',') == 1'250'000);
  CHECK(parse_money("0.000001") == 1);
  CHECK(parse_money("1000000") == kMoneyMax);
  for (const char* const text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1.0000001", "1000000.1",
                                 "1 000", "1,25", "99999999999999999999", "1.-5", "1.2.3"})
    CHECK_MESSAGE(!parse_money(text).has_value(), text);
}

TEST_CASE("prices are read from a table of text") {
  const auto prices = read_prices("p.csv",
                                  "prefix;price;connect;first;step;name;remark\n"
                                  "7495;1,25;0,5;60;60;Moscow;x\n"
                                  "+79;2.5;;;;\"Mobile; all\";\n");
  REQUIRE(prices.has_value());
  CHECK(prices->size() == 2);
  CHECK(*prices->find("+74951") == Price{"7495", 1'250'000, 500'000, 60s, 60s, "Moscow"});
  CHECK(*prices->find("+79261") == Price{"79", 2'500'000, 0, 1s, 1s, "Mobile; all"});
  CHECK(read_prices("p.csv", "price,prefix\n1,7\n")->find("7")->per_minute == kMoneyUnit);
  CHECK(read_prices("p.csv", "prefix,price\n,1\n")->find("49") != nullptr);
  CHECK(read_prices("p.csv", "prefix,price\n")->size() == 0);
}

TEST_CASE("wrong prices are told with file and line, all at once") {
  const auto mistakes = read_prices("p.csv",
                                    "prefix,price,connect,first,step\n"  // 1
                                    "7x,1,,,\n"
                                    "7,,,,\n"
                                    "8,-1,,,\n"
                                    "9,1,x,,\n"
                                    "10,1,,0,\n"  // 6
                                    "11,1,,,3601\n"
                                    "12,1\n"
                                    "13,1,,,\n"
                                    "+13,2,,,\n"
                                    "1234567890123456,1,,,\n"
                                    "14,\"1,,,\n");
  REQUIRE(!mistakes.has_value());
  const char* const expected[] = {
      "p.csv:2:1: 7x: a prefix is at most 15 digits",
      "p.csv:3:1: price: an amount like 1.25",
      "p.csv:4:1: price: an amount like 1.25",
      "p.csv:5:1: connect: an amount like 1.25",
      "p.csv:6:1: first: 1 to 3600 seconds",
      "p.csv:7:1: step: 1 to 3600 seconds",
      "p.csv:8:1: has 2 fields where the first line has 5",
      "p.csv:10:1: prefix 13 has a price in line 9 already",
      "p.csv:11:1: 1234567890123456: a prefix is at most 15 digits",
      "p.csv:12:1: a field in quotes is not closed on its line",
  };
  REQUIRE(mistakes.error().size() == std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i)
    CHECK(mistakes.error()[i].message() == expected[i]);
  for (const char* const text : {"", "prefix\n7\n", "code,price\n7,1\n"})
    CHECK(read_prices("p.csv", text).error().front().line == 1);
  std::string many = "prefix,price\n";
  for (int i = 0; i < 300; ++i) many += "x,1\n";
  CHECK(read_prices("p.csv", many).error().size() == config::kMistakesMax);
}

}  // namespace pbx::route
