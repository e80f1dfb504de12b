// core/route/price_table.h — what a call costs by the longest prefix of its number, and which trunk
// is the cheapest.
//
// Pure and immutable once made; shared between threads.  Numbers are E.164, with or without "+".
// Money is whole millionths of the currency of the table; a table has one currency.
//
// Bounds: prefixes of kPrefixDigitsMax digits (E.164 has no longer numbers), kPricesMax prices,
// kPriceFileMax octets of a file, config::kMistakesMax mistakes told.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/config/loader.h"

namespace pbx::route {

inline constexpr std::size_t kPrefixDigitsMax = 15;
inline constexpr std::size_t kPricesMax = 1'000'000;
inline constexpr std::size_t kPriceFileMax = 100'000'000;
inline constexpr std::int64_t kMoneyUnit = 1'000'000;              // one rouble, one dollar
inline constexpr std::int64_t kMoneyMax = 1'000'000 * kMoneyUnit;  // of one price

struct Price {
  std::string prefix;             // digits; "" is the price of all other numbers
  std::int64_t per_minute = 0;    // millionths
  std::int64_t connect = 0;       // millionths, once for an answered call
  std::chrono::seconds first{1};  // the least time charged, above 0
  std::chrono::seconds step{1};   // time after it is charged in such steps, above 0
  std::string name;               // of the destination: "Russia, mobile"
  friend bool operator==(const Price&, const Price&) = default;
};

// Of an answered call; the last fraction of a millionth is rounded up.
// REQUIRES: 0 <= talk <= a year.
[[nodiscard]] std::int64_t cost(const Price& price, std::chrono::seconds talk);

class PriceTable {
 public:
  PriceTable() = default;
  // REQUIRES: prefixes of at most kPrefixDigitsMax digits, each once.
  explicit PriceTable(std::vector<Price> prices);

  // Null: no price is known.  Lives as long as the table.
  [[nodiscard]] const Price* find(std::string_view number) const;
  [[nodiscard]] std::size_t size() const { return prices_.size(); }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  std::vector<std::uint64_t> keys_;     // ascending, see key_of() in the source
  std::vector<std::uint32_t> parents_;  // the longest other prefix that this one begins with
  std::vector<Price> prices_;
};

// A CSV file with the columns `prefix` and `price` (of a minute), and if wanted `connect`, `first`,
// `step` (seconds) and `name`; other columns are not read.  In a file with ';' a decimal comma is
// allowed.  Wrong lines are mistakes, all told at once; `file` is the name they are told with.
[[nodiscard]] tl::expected<PriceTable, std::vector<config::Mistake>> read_prices(
    std::string_view file, std::string_view text);

// "1.25" as millionths; nullopt: no such number, below 0, above kMoneyMax, finer than a millionth.
[[nodiscard]] std::optional<std::int64_t> parse_money(std::string_view text, char point = '.');

struct TrunkTariff {
  std::string_view trunk;
  const PriceTable* prices = nullptr;  // null: none
};

struct TrunkOffer {
  std::string_view trunk;
  const Price* price = nullptr;  // null: not known, after all that are
  std::int64_t cost = 0;         // of a call of the typical length
};

// The cheapest first, by the cost of a call of `typical` length; those of one cost, and those
// without a price, stay in the order given.
[[nodiscard]] std::vector<TrunkOffer> cheapest_first(
    std::string_view number, std::span<const TrunkTariff> trunks,
    std::chrono::seconds typical = std::chrono::minutes(1));

}  // namespace pbx::route
