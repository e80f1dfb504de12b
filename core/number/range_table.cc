#include "core/number/range_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "core/base/csv.h"
#include "core/base/text.h"
#include "core/number/number.h"

namespace pbx::number {

using core::are_digits;

namespace {

constexpr char kSeparator = ';';
constexpr char kPlaceSeparator = '|';
constexpr std::size_t kFields = 6;
constexpr std::size_t kCodeDigitsMin = 3;
constexpr std::size_t kCodeDigitsMax = 5;

// RFC 3629 section 4; enough to tell a table in another encoding, which is all it is for.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
    if (size == 0 || at + size > text.size()) return false;
    for (std::size_t i = 1; i < size; ++i) {
      if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80U) return false;
    }
    at += size;
  }
  return true;
}

// Each different text once; gives it a place.
class Places {
 public:
  std::uint32_t place_of(const std::string& text) {
    return known_.try_emplace(text, static_cast<std::uint32_t>(known_.size())).first->second;
  }
  [[nodiscard]] std::size_t size() const { return known_.size(); }
  // The texts by place.
  [[nodiscard]] std::vector<std::string> take() && {
    std::vector<std::string> texts(known_.size());
    for (const auto& [text, place] : known_) texts[place] = text;
    return texts;
  }

 private:
  std::map<std::string, std::uint32_t> known_;
};

}  // namespace

class RangeTableReader {
 public:
  RangeTableReader(const config::SourceText& source, std::string_view country_code)
      : source_(source), country_code_(country_code), csv_(source.text, kSeparator) {}

  RangeLoad run() {
    if (!are_digits(country_code_) || country_code_.size() > 3 || country_code_.front() == '0') {
      mistake(0, "the country code of the table is not 1 to 3 digits");
      return finish();
    }
    bool is_first = true;
    while (csv_.next()) {
      read_row(std::exchange(is_first, false));
      if (rows_.size() > kRangeRowsMax || operators_.size() + regions_.size() > kRangeTextsMax) {
        mistake(csv_.line(), fmt::format("there are more than {} rows or {} different names",
                                         kRangeRowsMax, kRangeTextsMax));
        break;
      }
    }
    sort_and_check();
    return finish();
  }

 private:
  using Fields = std::vector<std::string>;
  struct Numbered {
    RangeTable::Row row;
    int line;
  };

  void mistake(int line, std::string text) {
    ++mistaken_;
    if (mistakes_.size() < kRangeMistakesMax)
      mistakes_.push_back({source_.file, line, line == 0 ? 0 : 1, std::move(text)});
  }

  void read_row(bool is_first) {
    const auto fields = csv_.fields();
    if (!fields) return mistake(csv_.line(), fields.error().detail);
    const Fields& row = **fields;
    if (is_first && !are_digits(row[0])) return;  // headings
    if (row.size() < kFields)
      return mistake(csv_.line(),
                     fmt::format("has {} fields; code;from;to;capacity;operator;region are needed",
                                 row.size()));
    if (!is_utf8(row[4]) || !is_utf8(row[5]))
      return mistake(csv_.line(), "is not UTF-8: convert the file, mostly from Windows-1251");
    add(row);
  }

  void add(const Fields& row) {
    const std::string& code = row[0];
    const std::string& from = row[1];
    const std::string& to = row[2];
    if (!are_digits(code) || code.size() < kCodeDigitsMin || code.size() > kCodeDigitsMax)
      return mistake(csv_.line(), fmt::format("the code is not {} to {} digits", kCodeDigitsMin,
                                              kCodeDigitsMax));
    if (!are_digits(from) || !are_digits(to) || from.size() != to.size() || from > to)
      return mistake(csv_.line(), "from and to are no range of numbers of one length");
    if (country_code_.size() + code.size() + from.size() > kE164DigitsMax)
      return mistake(
          csv_.line(),
          fmt::format("code and number have more digits than the {} of E.164", kE164DigitsMax));
    const std::string prefix = std::string(country_code_) + code;
    const auto first = core::parse_uint<std::uint64_t>(prefix + from);
    const auto last = core::parse_uint<std::uint64_t>(prefix + to);
    const auto capacity = core::parse_uint<std::uint64_t>(row[3]);
    if (!capacity || *capacity != *last - *first + 1)
      return mistake(csv_.line(),
                     fmt::format("the capacity is not {}, as from and to say", *last - *first + 1));
    rows_.push_back(
        {{*first, *last, operators_.place_of(row[4]), regions_.place_of(row[5])}, csv_.line()});
  }

  void sort_and_check() {
    std::sort(rows_.begin(), rows_.end(), [](const Numbered& a, const Numbered& b) {
      return a.row.first != b.row.first ? a.row.first < b.row.first : a.line < b.line;
    });
    const Numbered* widest = nullptr;  // that reaches farthest so far
    for (const Numbered& one : rows_) {
      if (widest != nullptr && one.row.first <= widest->row.last)
        mistake(
            std::max(one.line, widest->line),
            fmt::format("has numbers that line {} has already", std::min(one.line, widest->line)));
      if (widest == nullptr || one.row.last > widest->row.last) widest = &one;
    }
  }

  RangeLoad finish() {
    RangeLoad load;
    if (mistaken_ == 0) {
      load.table.rows_.reserve(rows_.size());
      for (const Numbered& one : rows_) load.table.rows_.push_back(one.row);
      load.table.operators_ = std::move(operators_).take();
      for (const std::string& text : std::move(regions_).take())
        load.table.regions_.push_back(region_of(text));
      return load;
    }
    std::stable_sort(mistakes_.begin(), mistakes_.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    if (mistaken_ > mistakes_.size())
      mistakes_.push_back(
          {source_.file, 0, 0, fmt::format("{} more mistakes", mistaken_ - mistakes_.size())});
    load.mistakes = std::move(mistakes_);
    return load;
  }

  // "г. Волгоград|Волгоградская обл.": the largest place is the last.
  static RangeTable::Region region_of(std::string_view text) {
    RangeTable::Region region;
    const std::size_t cut = text.rfind(kPlaceSeparator);
    if (cut == std::string_view::npos) return {std::string(text), ""};
    region.area = core::trim(text.substr(cut + 1));
    for (std::string_view rest = text.substr(0, cut); !rest.empty();) {
      const std::size_t end = std::min(rest.find(kPlaceSeparator), rest.size());
      const std::string_view place = core::trim(rest.substr(0, end));
      if (!region.city.empty() && !place.empty()) region.city += ", ";
      region.city += place;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return region;
  }

  const config::SourceText& source_;
  std::string_view country_code_;
  core::CsvReader csv_;
  std::vector<Numbered> rows_;
  Places operators_;
  Places regions_;
  std::vector<config::Mistake> mistakes_;
  std::size_t mistaken_ = 0;
};

RangeLoad RangeTable::read(const config::SourceText& source, std::string_view country_code) {
  return RangeTableReader(source, country_code).run();
}

std::optional<RangeEntry> RangeTable::find(std::string_view e164) const {
  if (!e164.starts_with('+') || e164.size() > kE164DigitsMax + 1) return std::nullopt;
  const auto number = core::parse_uint<std::uint64_t>(e164.substr(1));
  if (!number) return std::nullopt;
  const auto after =
      std::upper_bound(rows_.begin(), rows_.end(), *number,
                       [](std::uint64_t wanted, const Row& row) { return wanted < row.first; });
  if (after == rows_.begin() || std::prev(after)->last < *number) return std::nullopt;
  const Row& row = *std::prev(after);
  const Region& region = regions_[row.region];
  return RangeEntry{operators_[row.operator_name], region.area, region.city};
}

}  // namespace pbx::number
