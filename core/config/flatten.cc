#include "core/config/flatten.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/config/describe.h"

namespace pbx::config {
namespace {

class Flattener final : public Visitor {
 public:
  std::vector<Leaf> take() && { return std::move(leaves_); }

  void rule(bool, std::initializer_list<std::string_view>, std::string_view) override {}

 protected:
  void on_option(const Spec& spec, Value& value) override {
    leaves_.push_back({path_of(spec.name), {value.write()}, spec.reload, value.is_secret(), false});
  }
  void on_list(const Spec& spec, List& list) override {
    leaves_.push_back({path_of(spec.name), list.write(), spec.reload, false, false});
  }
  void on_entries(const Spec& spec, Entries& entries) override {
    for (const std::string& name : entries.names()) {
      paths_.push_back(fmt::format("{}.{}", path_of(spec.name), name));
      leaves_.push_back({paths_.back(), {}, spec.reload, false, true});
      entries.describe(name, *this);
      paths_.pop_back();
    }
  }
  void on_items(const Spec& spec, Items& items) override {
    for (std::size_t i = 0; i < items.size(); ++i) {
      paths_.push_back(fmt::format("{}[{}]", path_of(spec.name), i));
      leaves_.push_back({paths_.back(), {}, spec.reload, false, true});
      items.describe(i, *this);
      paths_.pop_back();
    }
  }
  bool begin(const Spec& spec) override {
    if (spec.name == kDefaultsSection) return false;  // has become part of the entries
    paths_.push_back(path_of(spec.name));
    return true;
  }
  void end() override { paths_.pop_back(); }

 private:
  [[nodiscard]] std::string path_of(std::string_view name) const {
    return paths_.empty() ? std::string(name) : fmt::format("{}.{}", paths_.back(), name);
  }

  std::vector<std::string> paths_;
  std::vector<Leaf> leaves_;
};

}  // namespace

std::string Leaf::shown() const {
  const std::string text = fmt::format("{}", fmt::join(items, ", "));
  if (!is_secret || text.empty() || text == PasswordForm{}.write(Credentials{})) return text;
  return "***";
}

std::vector<Leaf> flatten(const Config& config) {
  Config copy = config;
  Flattener flattener;
  describe(flattener, copy);
  return std::move(flattener).take();
}

std::string dump(const Config& config) {
  std::string text;
  for (const Leaf& leaf : flatten(config)) {
    if (!leaf.is_entry) text.append(fmt::format("{}: {}\n", leaf.path, leaf.shown()));
  }
  return text;
}

}  // namespace pbx::config
