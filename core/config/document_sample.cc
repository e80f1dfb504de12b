#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/config/describe.h"
#include "core/config/document.h"

namespace pbx::config {
namespace {

constexpr std::size_t kLineMax = 99;

constexpr std::string_view kHead =
    "# Every option of Strowger with what it does, what is allowed and its default.\n"
    "#\n"
    "# Nothing of this has to be written: conf/minimal.yaml starts a working exchange.  Lines "
    "that\n"
    "# begin with `#name:` are options without a default, shown with an example.  `(restart)` "
    "marks\n"
    "# what a reload does not change.  Written from the program: see docs/configuration.md.\n";

// A text that YAML would read as something else than itself stands in quotes.
std::string as_yaml(std::string_view text) {
  constexpr std::string_view kSpecialFirst = "*&!|>%@`\"'-?:#[]{},";
  const bool is_plain = !text.empty() &&
                        kSpecialFirst.find(text.front()) == std::string_view::npos &&
                        text.find_first_of("[]{},\"'\\") == std::string_view::npos &&
                        text.find(": ") == std::string_view::npos &&
                        text.find(" #") == std::string_view::npos && text.back() != ':';
  return is_plain ? std::string(text) : fmt::format("\"{}\"", text);
}

class SampleWriter final : public Visitor {
 public:
  SampleWriter() : text_(kHead) {}
  [[nodiscard]] const std::string& text() const { return text_; }

  void rule(bool, std::initializer_list<std::string_view>, std::string_view text) override {
    comment(fmt::format("Rule: {}.", text));
  }

 protected:
  void on_option(const Spec& spec, Value& value) override {
    explain(spec, value.allowed(), value.write());
    const bool has_default = spec.example.empty();
    line(fmt::format("{}{}: {}", has_default || spec.required ? "" : "#", spec.name,
                     as_yaml(has_default ? value.write() : std::string(spec.example))));
  }

  void on_list(const Spec& spec, List& list) override {
    std::vector<std::string> items = list.write();
    explain(spec, "list of " + list.allowed(), fmt::format("[{}]", fmt::join(items, ", ")));
    const bool is_needed = items.empty() && (spec.required || list.count().min > 0);
    if (!spec.example.empty()) items = {std::string(spec.example)};
    const std::string mark = spec.example.empty() || is_needed ? "" : "#";
    write_list(fmt::format("{}{}:", mark, spec.name), items);
  }

  void on_entries(const Spec& spec, Entries& entries) override {
    begin(spec);
    line(fmt::format("{}:", spec.example));
    ++depth_;
    entries.describe_new(*this);
    end();
    end();
  }

  void on_items(const Spec& spec, Items& items) override {
    begin(spec);
    item_begins_ = true;
    ++depth_;
    items.describe_new(*this);
    end();
    end();
  }

  bool begin(const Spec& spec) override {
    if (depth_ == 0) text_.append("\n");
    comment(std::string(spec.help));
    line(fmt::format("{}:", spec.name));
    ++depth_;
    return true;
  }
  void end() override { --depth_; }

 private:
  // In one line if there is room for it.
  void write_list(const std::string& name, std::vector<std::string> items) {
    std::transform(items.begin(), items.end(), items.begin(), as_yaml);
    const std::string in_line = fmt::format("{} [{}]", name, fmt::join(items, ", "));
    if (in_line.size() + depth_ * 2 <= kLineMax) return line(in_line);
    line(name);
    for (const std::string& item : items) line(fmt::format("  - {}", item));
  }

  void explain(const Spec& spec, const std::string& allowed, const std::string& value) {
    const std::string fallback = spec.default_text.empty() ? value : std::string(spec.default_text);
    std::string text =
        fmt::format("{}  Allowed: {}.  {}.{}", spec.help, allowed,
                    spec.required ? "Required" : fmt::format("Default: {}", fallback),
                    spec.reload == Reload::kRestart ? "  (restart)" : "");
    if (text != explained_) comment(text);
    explained_ = std::move(text);
  }

  void line(std::string_view text) {
    const bool begins_item = item_begins_ && !text.starts_with('#');
    item_begins_ = item_begins_ && !begins_item;
    const std::size_t indent = depth_ * 2 - (begins_item ? 2 : 0);
    text_.append(indent, ' ').append(begins_item ? "- " : "").append(text).append("\n");
  }

  // Breaks a long text into comment lines.
  void comment(std::string_view text) {
    const std::size_t room = kLineMax - depth_ * 2 - 2;
    while (!text.empty()) {
      std::size_t cut = text.size() <= room ? text.size() : text.rfind(' ', room);
      if (cut == 0 || cut == std::string_view::npos) cut = text.size();
      std::string_view part = text.substr(0, cut);
      while (part.ends_with(' ')) part.remove_suffix(1);
      line(fmt::format("# {}", part));
      text.remove_prefix(cut);
      while (text.starts_with(' ')) text.remove_prefix(1);
    }
  }

  std::string text_;
  std::string explained_;  // the last comment, which stands for neighbours of the same kind too
  std::size_t depth_ = 0;
  bool item_begins_ = false;  // the next option is the first of an item
};

}  // namespace

std::string sample_yaml() {
  Config config;
  SampleWriter writer;
  describe(writer, config);
  return writer.text();
}

}  // namespace pbx::config
