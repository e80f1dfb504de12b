#include "core/route/price_table.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/base/csv_table.h"
#include "core/base/text.h"

namespace pbx::route {
namespace {

constexpr unsigned kDigitBits = 4;
constexpr unsigned kKeyBits = kDigitBits * kPrefixDigitsMax;

// The digits from the left, four bits each and one more than the digit, so that 0 is "no digit":
// keys sort as their texts do, and a prefix stands before all that begins with it.  What follows
// the first character that is no digit, and after kPrefixDigitsMax digits, is left out.
std::uint64_t key_of(std::string_view number) {
  if (number.starts_with('+')) number.remove_prefix(1);
  std::uint64_t key = 0;
  unsigned shift = kKeyBits;
  for (const char c : number.substr(0, kPrefixDigitsMax)) {
    if (!core::is_digit(c)) break;
    shift -= kDigitBits;
    key |= static_cast<std::uint64_t>(c - '0' + 1) << shift;
  }
  return key;
}

bool is_prefix(std::uint64_t prefix, std::uint64_t key) {
  if (prefix == 0) return true;
  const auto empty = static_cast<unsigned>(__builtin_ctzll(prefix)) / kDigitBits * kDigitBits;
  return (prefix >> empty) == (key >> empty);
}

std::int64_t divide_up(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }

}  // namespace

std::int64_t cost(const Price& price, std::chrono::seconds talk) {
  std::int64_t charged = price.first.count();
  if (talk > price.first)
    charged += divide_up((talk - price.first).count(), price.step.count()) * price.step.count();
  // Whole minutes apart: a minute's price times a year of seconds does not fit into 64 bits.
  const std::int64_t minutes = charged / 60;
  return price.connect + minutes * price.per_minute +
         divide_up(charged % 60 * price.per_minute, 60);
}

PriceTable::PriceTable(std::vector<Price> prices) : prices_(std::move(prices)) {
  std::sort(prices_.begin(), prices_.end(),
            [](const Price& a, const Price& b) { return key_of(a.prefix) < key_of(b.prefix); });
  keys_.reserve(prices_.size());
  parents_.reserve(prices_.size());
  std::vector<std::uint32_t> open;  // the prefixes that the last key begins with, and itself
  for (std::uint32_t i = 0; i < prices_.size(); ++i) {
    const std::uint64_t key = key_of(prices_[i].prefix);
    PBX_ASSERT(keys_.empty() || keys_.back() < key);
    while (!open.empty() && !is_prefix(keys_[open.back()], key)) open.pop_back();
    parents_.push_back(open.empty() ? kNone : open.back());
    open.push_back(i);
    keys_.push_back(key);
  }
}

// Each prefix of the number sorts between the longest one and the number; so the last key that is
// not after the number begins with the longest prefix, or is it.
const Price* PriceTable::find(std::string_view number) const {
  const std::uint64_t key = key_of(number);
  const auto after = std::upper_bound(keys_.begin(), keys_.end(), key);
  if (after == keys_.begin()) return nullptr;
  auto at = static_cast<std::uint32_t>(after - keys_.begin() - 1);
  while (at != kNone && !is_prefix(keys_[at], key)) at = parents_[at];
  return at == kNone ? nullptr : &prices_[at];
}

std::optional<std::int64_t> parse_money(std::string_view text, char point) {
  const std::size_t dot = std::min(text.find(point), text.size());
  const auto whole = core::parse_uint<std::uint64_t>(text.substr(0, dot), kMoneyMax / kMoneyUnit);
  if (!whole) return std::nullopt;
  std::int64_t money = static_cast<std::int64_t>(*whole) * kMoneyUnit;
  if (dot < text.size()) {
    const std::string_view digits = text.substr(dot + 1);
    const auto fraction = core::parse_uint<std::uint64_t>(digits, kMoneyUnit - 1);
    if (!fraction || digits.size() > 6) return std::nullopt;
    auto part = static_cast<std::int64_t>(*fraction);
    for (std::size_t i = digits.size(); i < 6; ++i) part *= 10;
    money += part;
  }
  return money <= kMoneyMax ? std::optional(money) : std::nullopt;
}

// ---------------------------------------------------------------- the file

namespace {

class PriceReader {
 public:
  PriceReader(std::string_view file, std::string_view text)
      : file_(file), csv_(text), prefix_(csv_.column("prefix")), price_(csv_.column("price")) {}

  void read() {
    if (!prefix_ || !price_)
      return add(1, "the first line names the columns, and `prefix` and `price` are among them");
    std::vector<std::string> fields;
    while (true) {
      const auto more = csv_.next(fields);
      if (more && !*more) return;
      if (!more)
        add(csv_.line(), more.error().detail);
      else
        take(fields);
      if (mistakes_.size() == config::kMistakesMax) return;
      if (prices_.size() > kPricesMax)
        return add(csv_.line(), fmt::format("more than {} prices", kPricesMax));
    }
  }

  std::vector<Price> prices() && { return std::move(prices_); }
  std::vector<config::Mistake> mistakes() && { return std::move(mistakes_); }

 private:
  void add(int line, std::string text) {
    mistakes_.push_back({std::string(file_), line, 1, std::move(text)});
  }

  void take(const std::vector<std::string>& fields) {
    std::string_view digits = fields[*prefix_];
    if (digits.starts_with('+')) digits.remove_prefix(1);
    Price price{.prefix = std::string(digits)};
    const std::string fault = fill(price, fields);
    if (!fault.empty()) return add(csv_.line(), fault);
    const auto [known, is_new] = lines_.emplace(key_of(digits), csv_.line());
    if (!is_new)
      return add(csv_.line(),
                 fmt::format("prefix {} has a price in line {} already", digits, known->second));
    prices_.push_back(std::move(price));
  }

  // Empty: the line is good.
  std::string fill(Price& price, const std::vector<std::string>& fields) const {
    if (price.prefix.size() > kPrefixDigitsMax ||
        !std::all_of(price.prefix.begin(), price.prefix.end(), core::is_digit))
      return fmt::format("{:.40}: a prefix is at most {} digits", fields[*prefix_],
                         kPrefixDigitsMax);
    if (!fill_money(fields[*price_], price.per_minute)) return "price: an amount like 1.25";
    const std::string_view connect = field(fields, "connect");
    if (!connect.empty() && !fill_money(connect, price.connect))
      return "connect: an amount like 1.25";
    if (!fill_seconds(field(fields, "first"), price.first)) return "first: 1 to 3600 seconds";
    if (!fill_seconds(field(fields, "step"), price.step)) return "step: 1 to 3600 seconds";
    price.name = field(fields, "name");
    return {};
  }

  [[nodiscard]] std::string_view field(const std::vector<std::string>& fields,
                                       std::string_view column) const {
    const auto index = csv_.column(column);
    return index ? std::string_view(fields[*index]) : std::string_view();
  }

  bool fill_money(std::string_view text, std::int64_t& out) const {
    const bool comma = csv_.separator() == ';' && text.find(',') != std::string_view::npos;
    const auto money = parse_money(text, comma ? ',' : '.');
    if (money) out = *money;
    return money.has_value();
  }

  // Empty: the default stays.
  static bool fill_seconds(std::string_view text, std::chrono::seconds& out) {
    if (text.empty()) return true;
    const auto number = core::parse_uint<unsigned>(text, 3600);
    if (number) out = std::chrono::seconds(*number);
    return number && *number > 0;
  }

  std::string_view file_;
  core::CsvTable csv_;
  std::optional<std::size_t> prefix_, price_;
  std::map<std::uint64_t, int> lines_;  // of each prefix
  std::vector<Price> prices_;
  std::vector<config::Mistake> mistakes_;
};

}  // namespace

tl::expected<PriceTable, std::vector<config::Mistake>> read_prices(std::string_view file,
                                                                   std::string_view text) {
  if (text.size() > kPriceFileMax)
    return tl::unexpected(std::vector<config::Mistake>{
        {std::string(file), 0, 0, fmt::format("larger than {} octets", kPriceFileMax)}});
  PriceReader reader(file, text);
  reader.read();
  auto mistakes = std::move(reader).mistakes();
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return PriceTable(std::move(reader).prices());
}

std::vector<TrunkOffer> cheapest_first(std::string_view number, std::span<const TrunkTariff> trunks,
                                       std::chrono::seconds typical) {
  std::vector<TrunkOffer> offers;
  for (const TrunkTariff& tariff : trunks) {
    const Price* const price = tariff.prices ? tariff.prices->find(number) : nullptr;
    offers.push_back({tariff.trunk, price, price ? cost(*price, typical) : 0});
  }
  std::stable_sort(offers.begin(), offers.end(), [](const TrunkOffer& a, const TrunkOffer& b) {
    const bool known = a.price != nullptr;
    if (known != (b.price != nullptr)) return known;
    return a.cost < b.cost;
  });
  return offers;
}

}  // namespace pbx::route
