#include "core/route/caller_lists.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/csv_table.h"

namespace pbx::route {
namespace {

// E.164 with "+" needs no reading, which is dear where there are hundreds of thousands.
bool is_stored_form(std::string_view text) {
  return text.size() > 8 && text.size() <= number::kE164DigitsMax + 1 && text.front() == '+' &&
         core::are_digits(text.substr(1));
}

}  // namespace

class CallerLists::Builder {
 public:
  Builder(const number::NumberPlan& plan, std::vector<core::Flaw>& flaws)
      : plan_(plan), flaws_(flaws) {}

  void add_list(const config::CallerList& from, const number::Numbering::ReadFile& read_file) {
    list_ = static_cast<std::uint32_t>(made_.names_.size());
    made_.names_.push_back(from.name);
    const std::string path = "caller_lists." + from.name;
    for (std::size_t i = 0; i < from.numbers.size(); ++i)
      add_text(from.numbers[i], fmt::format("{}.numbers[{}]", path, i));
    if (from.file.empty()) return;
    const auto text = read_file(from.file);
    if (text)
      read_table({from.file.string(), *text}, path + ".file");
    else
      flaw(path + ".file", fmt::format("{} {}", from.file.string(), text.error().detail));
  }

  CallerLists take() && { return std::move(made_); }

 private:
  void flaw(std::string path, std::string text) {
    core::add_flaw(flaws_, std::move(path), std::move(text));
  }

  void too_many(const std::string& path) {
    flaw(path, fmt::format("more than {} numbers in all lists", kListedNumbersMax));
  }

  // The stored form, or a SIP user name; nullopt: a pattern, or nothing at all.
  [[nodiscard]] std::optional<std::string> number_of(const std::string& text) const {
    if (is_stored_form(text)) return text;
    if (auto number = number::normalise(text, plan_)) return std::move(number->text);
    const auto pattern = number::NumberPattern::of(text);
    if (pattern.kind == number::NumberPattern::Kind::kExact) return text;
    return std::nullopt;
  }

  void add_text(const std::string& text, const std::string& path) {
    if (made_.numbers_.size() == kListedNumbersMax) return too_many(path);
    if (auto number = number_of(text)) {
      made_.numbers_.emplace(std::move(*number), list_);
      return;
    }
    auto pattern = number::NumberPattern::of(text);
    if (!pattern.fault.empty()) return flaw(path, pattern.fault);
    made_.patterns_.push_back({list_, std::move(pattern)});
  }

  void read_table(const config::SourceText& source, const std::string& path) {
    core::CsvTable table(source.text);
    const auto told = [&](int line, std::string_view text) {
      flaw(path, config::Mistake{source.file, line, 1, std::string(text)}.message());
    };
    const auto column = table.column("number");
    if (!column) return told(1, "the first line names no column `number`");
    std::vector<std::string> fields;
    while (true) {
      const auto row = table.next(fields);
      if (row && !*row) return;
      if (made_.numbers_.size() == kListedNumbersMax) return too_many(path);
      auto number = row ? number_of(fields[*column]) : std::nullopt;
      if (number)
        made_.numbers_.emplace(std::move(*number), list_);
      else
        told(table.line(),
             row ? fmt::format("`{}` is no number; patterns belong into `numbers`", fields[*column])
                 : row.error().detail);
    }
  }

  const number::NumberPlan& plan_;
  std::vector<core::Flaw>& flaws_;
  std::uint32_t list_ = 0;
  CallerLists made_;
};

CallerLists CallerLists::make(const config::Config& config, const number::NumberPlan& plan,
                              const number::Numbering::ReadFile& read_file,
                              std::vector<core::Flaw>& flaws) {
  Builder builder(plan, flaws);
  for (const auto& [name, list] : config.caller_lists) builder.add_list(list, read_file);
  return std::move(builder).take();
}

std::vector<std::string_view> CallerLists::lists_of(std::string_view caller) const {
  if (caller.empty()) return {};
  std::set<std::uint32_t> lists;
  const auto [begin, end] = numbers_.equal_range(caller);
  for (auto found = begin; found != end; ++found) lists.insert(found->second);
  for (const ListPattern& item : patterns_)
    if (item.pattern.matches(caller)) lists.insert(item.list);
  std::vector<std::string_view> names;
  for (const std::uint32_t list : lists) names.push_back(names_[list]);
  return names;
}

}  // namespace pbx::route
