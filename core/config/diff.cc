#include "core/config/diff.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/config/describe.h"
#include "core/config/flatten.h"

namespace pbx::config {
namespace {

using Leaves = std::map<std::string, Leaf, std::less<>>;

Leaves by_path(const std::vector<Leaf>& list) {
  Leaves leaves;
  for (const Leaf& leaf : list) leaves.emplace(leaf.path, leaf);
  return leaves;
}

std::string or_none(std::string text) { return text.empty() ? "none" : std::move(text); }

Change changed(const Leaf& before, const Leaf& after) {
  if (before.is_secret) return {after.path, after.path + ": changed"};
  return {after.path,
          fmt::format("{}: {} → {}", after.path, or_none(before.shown()), or_none(after.shown()))};
}

void add(Diff& diff, Reload reload, Change change) {
  (reload == Reload::kLive ? diff.live : diff.restart).push_back(std::move(change));
}

// Of the entries of `list` that `others` does not have, `what` happened ("added", "removed").
void compare_entries(const std::vector<Leaf>& list, const Leaves& others, std::string_view what,
                     Diff& diff) {
  for (const Leaf& leaf : list) {
    if (!leaf.is_entry || others.contains(leaf.path)) continue;
    add(diff, leaf.reload, {leaf.path, fmt::format("{}: {}", leaf.path, what)});
  }
}

// Sets what needs a restart back to the values of `before`.
class Restorer final : public Visitor {
 public:
  explicit Restorer(const Leaves& before) : before_(before) {}

  void rule(bool, std::initializer_list<std::string_view>, std::string_view) override {}

 protected:
  void on_option(const Spec& spec, Value& value) override {
    const Leaf* old = old_of(spec);
    if (old == nullptr) return;
    const std::string& text = old->items.front();
    if (text.empty() || value.read(text, {})) value.reset();
  }
  void on_list(const Spec& spec, List& list) override {
    const Leaf* old = old_of(spec);
    if (old == nullptr) return;
    list.clear();
    for (const std::string& item : old->items) static_cast<void>(list.add(item));
  }
  void on_entries(const Spec& spec, Entries& entries) override {
    for (const std::string& name : entries.names()) {
      paths_.push_back(fmt::format("{}.{}", path_of(spec.name), name));
      entries.describe(name, *this);
      paths_.pop_back();
    }
  }
  void on_items(const Spec& spec, Items& items) override {
    for (std::size_t i = 0; i < items.size(); ++i) {
      paths_.push_back(fmt::format("{}[{}]", path_of(spec.name), i));
      items.describe(i, *this);
      paths_.pop_back();
    }
  }
  bool begin(const Spec& spec) override {
    paths_.push_back(path_of(spec.name));
    return true;
  }
  void end() override { paths_.pop_back(); }

 private:
  [[nodiscard]] std::string path_of(std::string_view name) const {
    return paths_.empty() ? std::string(name) : fmt::format("{}.{}", paths_.back(), name);
  }
  [[nodiscard]] const Leaf* old_of(const Spec& spec) const {
    if (spec.reload == Reload::kLive) return nullptr;
    const auto old = before_.find(path_of(spec.name));
    return old == before_.end() ? nullptr : &old->second;
  }

  const Leaves& before_;
  std::vector<std::string> paths_;
};

}  // namespace

Diff diff(const Config& before, const Config& after) {
  const std::vector<Leaf> old_list = flatten(before);
  const std::vector<Leaf> new_list = flatten(after);
  const Leaves old_leaves = by_path(old_list);
  Diff diff;
  for (const Leaf& leaf : new_list) {
    const auto old = old_leaves.find(leaf.path);
    if (old == old_leaves.end() || old->second.items == leaf.items) continue;
    add(diff, leaf.reload, changed(old->second, leaf));
  }
  compare_entries(new_list, old_leaves, "added", diff);
  compare_entries(old_list, by_path(new_list), "removed", diff);
  return diff;
}

Config live_part(const Config& before, const Config& after) {
  Config live = after;
  std::erase_if(live.profiles,
                [&](const auto& item) { return !before.profiles.contains(item.first); });
  live.profiles.insert(before.profiles.begin(), before.profiles.end());
  const Leaves old_leaves = by_path(flatten(before));
  Restorer restorer(old_leaves);
  describe(restorer, live);
  return live;
}

}  // namespace pbx::config
