#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/config/describe.h"
#include "core/config/document.h"

namespace pbx::config {
namespace {

// A section's own options come before the sections below it, whatever the order of description.
class MarkdownWriter final : public Visitor {
 public:
  MarkdownWriter() { sections_.emplace_back(); }
  [[nodiscard]] const std::string& text() const { return sections_.front().below; }

  void rule(bool, std::initializer_list<std::string_view>, std::string_view text) override {
    sections_.back().rules.append(fmt::format("\n- {}.", text));
  }

 protected:
  void on_option(const Spec& spec, Value& value) override {
    add_row(spec, value.allowed(), value.write());
  }
  void on_list(const Spec& spec, List& list) override {
    const std::string items = fmt::format("{}", fmt::join(list.write(), ", "));
    add_row(spec, "list of " + list.allowed(), fmt::format("[{}]", items));
  }
  void on_entries(const Spec& spec, Entries& entries) override {
    open(spec, path_of(spec.name) + ".*");
    sections_.back().help.append(fmt::format("  `*` stands for {}.", entries.allowed()));
    entries.describe_new(*this);
    close();
  }
  void on_items(const Spec& spec, Items& items) override {
    open(spec, path_of(spec.name) + "[]");
    sections_.back().help.append(
        fmt::format("  A list of {} to {}, in order.", items.count().min, items.count().max));
    items.describe_new(*this);
    close();
  }
  bool begin(const Spec& spec) override {
    open(spec, path_of(spec.name));
    return true;
  }
  void end() override { close(); }

 private:
  struct Section {
    std::string path;
    std::string help;
    std::string rows;
    std::string rules;
    std::string below;
  };

  [[nodiscard]] std::string path_of(std::string_view name) const {
    const std::string& path = sections_.back().path;
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
  }

  void open(const Spec& spec, std::string path) {
    sections_.push_back({std::move(path), std::string(spec.help), {}, {}, {}});
  }

  void close() {
    Section done = std::move(sections_.back());
    sections_.pop_back();
    std::string& text = sections_.back().below;
    text.append(fmt::format("\n### `{}`\n\n{}\n", done.path, done.help));
    if (!done.rows.empty()) {
      text.append("\n| option | allowed | default | what follows | change |\n");
      text.append("|---|---|---|---|---|").append(done.rows).append("\n");
    }
    if (!done.rules.empty()) text.append(done.rules).append("\n");
    text.append(done.below);
  }

  void add_row(const Spec& spec, const std::string& allowed, const std::string& value) {
    const std::string fallback = spec.required               ? "required"
                                 : spec.default_text.empty() ? fmt::format("`{}`", value)
                                                             : std::string(spec.default_text);
    sections_.back().rows.append(fmt::format("\n| `{}` | {} | {} | {} | {} |", spec.name, allowed,
                                             fallback, spec.help,
                                             spec.reload == Reload::kLive ? "reload" : "restart"));
  }

  std::vector<Section> sections_;
};

}  // namespace

std::string reference_markdown() {
  Config config;
  MarkdownWriter writer;
  describe(writer, config);
  return writer.text();
}

}  // namespace pbx::config
