#include "core/config/reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/config/suggest.h"
#include "core/config/variables.h"

namespace pbx::config {
namespace {

// A wrong text is quoted up to this many bytes.
constexpr std::size_t kShownMax = 60;

std::string shown(std::string_view text) {
  if (text.size() <= kShownMax) return fmt::format("`{}`", text);
  return fmt::format("`{}…`", text.substr(0, kShownMax));
}

std::string_view name_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::kNull:
    case NodeKind::kBroken:
      return "nothing";
    case NodeKind::kScalar:
      return "a single value";
    case NodeKind::kList:
      return "a list";
    case NodeKind::kMap:
      return "a map";
  }
  return {};
}

}  // namespace

Reader::Reader(const Node& root, const Variable& variable, Mistakes& mistakes, Places& places)
    : variable_(variable), mistakes_(mistakes), places_(places) {
  push(&root, "");
}

void Reader::push(const Node* node, std::string path) {
  frames_.push_back({node, std::move(path), mistakes_.count(), {}});
}

std::string Reader::path_of(std::string_view name) const {
  const std::string& section = frames_.back().path;
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

std::filesystem::path Reader::directory_of(Place place) const {
  return std::filesystem::path(mistakes_.file_name(place)).parent_path();
}

void Reader::refuse(const std::string& path, Place place, const std::string& why,
                    const std::string& allowed) {
  places_.add_bad(path);
  mistakes_.add(place, fmt::format("{}: {}; allowed: {}", path, why, allowed));
}

// The node of an option of the current section, or nullptr if the files do not have it.
const Node* Reader::take(const Spec& spec) {
  Frame& frame = frames_.back();
  frame.known.emplace_back(spec.name);
  const Entry* entry = frame.node == nullptr ? nullptr : frame.node->find(spec.name);
  if (entry == nullptr) return nullptr;
  const std::string path = path_of(spec.name);
  places_.add(path, entry->place);
  if (entry->value.kind != NodeKind::kBroken) return &entry->value;
  places_.add_bad(path);
  return nullptr;
}

bool Reader::begin(const Spec& spec) {
  const Node* node = take(spec);
  std::string path = path_of(spec.name);
  if (node != nullptr && node->kind != NodeKind::kMap) {
    if (node->kind != NodeKind::kNull) {
      refuse(path, node->place, fmt::format("{} where a section belongs", name_of(node->kind)),
             "options below it, each on a line of its own");
    }
    node = nullptr;
  }
  push(node, std::move(path));
  return true;
}

void Reader::end() {
  tell_unknown();
  frames_.pop_back();
}

void Reader::tell_unknown() {
  const Frame& frame = frames_.back();
  if (frame.node == nullptr) return;
  for (const Entry& entry : frame.node->entries) {
    if (std::find(frame.known.begin(), frame.known.end(), entry.key) != frame.known.end()) continue;
    const std::string meant = mistakes_.is_full() ? "" : nearest(entry.key, frame.known);
    mistakes_.add(
        entry.place,
        fmt::format("unknown {} {}{}{}; allowed: {}", frame.path.empty() ? "section" : "option",
                    shown(entry.key), frame.path.empty() ? "" : " in " + frame.path,
                    meant.empty() ? "" : fmt::format(", did you mean `{}`?", meant),
                    fmt::join(frame.known, ", ")));
  }
}

// The text of a scalar with its variables replaced.  A path is needed only for a mistake.
std::optional<std::string> Reader::text_of(const std::string& path, const Node& node) {
  if (!has_variable(node.text)) return node.text;
  auto expanded = expand_variables(node.text, variable_);
  if (expanded) return std::move(*expanded);
  refuse(path, node.place, "the value " + expanded.error(),
         "${env:NAME} of a variable in the environment of the daemon");
  return std::nullopt;
}

void Reader::on_option(const Spec& spec, Value& value) {
  const Node* node = take(spec);
  if (node != nullptr)
    read_value(spec, *node, value);
  else if (spec.required)
    tell_missing(spec, value.allowed());
  if (!value.is_secret()) frames_.back().values.emplace(spec.name, value.write());
}

void Reader::tell_missing(const Spec& spec, const std::string& allowed) {
  const Frame& frame = frames_.back();
  // Without a section, or with a value that could not be read, that has been told.
  if (frame.node == nullptr || places_.is_bad(path_of(spec.name))) return;
  refuse(frame.path, frame.node->place, fmt::format("`{}` is missing", spec.name), allowed);
}

void Reader::read_value(const Spec& spec, const Node& node, Value& value) {
  const std::string path = path_of(spec.name);
  if (node.kind != NodeKind::kScalar) {
    return refuse(path, node.place,
                  fmt::format("{} where {} belongs", name_of(node.kind), value.type()),
                  value.allowed());
  }
  const auto text = text_of(path, node);
  if (!text) return;
  const Problem problem = value.read(*text, directory_of(node.place));
  if (!problem) return;
  const std::string what = value.is_secret() ? "the value" : shown(node.text);
  refuse(path, node.place, fmt::format("{} {}", what, *problem), value.allowed());
}

// The list under an option of the current section; nullptr: none, or one that was refused.
const Node* Reader::take_list(const Spec& spec, Count count, const std::string& allowed) {
  const Node* node = take(spec);
  if (node == nullptr) return nullptr;
  const std::string path = path_of(spec.name);
  if (node->kind != NodeKind::kList) {
    refuse(path, node->place, fmt::format("{} where a list belongs", name_of(node->kind)), allowed);
    return nullptr;
  }
  if (node->entries.size() < count.min || node->entries.size() > count.max) {
    refuse(path, node->place, fmt::format("{} items", node->entries.size()),
           fmt::format("{} to {} items", count.min, count.max));
    return nullptr;
  }
  return node;
}

void Reader::on_list(const Spec& spec, List& list) {
  const Node* node =
      take_list(spec, list.count(), fmt::format("a list, as in [a, b], of {}", list.allowed()));
  if (node == nullptr) {
    if (spec.required) tell_missing(spec, list.allowed());
    return;
  }
  list.clear();
  for (const Entry& item : node->entries) read_item(path_of(spec.name), item.value, list);
}

void Reader::on_items(const Spec& spec, Items& items) {
  const Node* node =
      take_list(spec, items.count(), "a list whose items are options, as in `- {option: value}`");
  if (node == nullptr) return;
  const std::string path = path_of(spec.name);
  for (std::size_t i = 0; i < node->entries.size(); ++i) {
    const Node& item = node->entries[i].value;
    const std::string item_path = fmt::format("{}[{}]", path, i);
    places_.add(item_path, item.place);
    if (item.kind != NodeKind::kMap) {
      refuse(item_path, item.place, fmt::format("{} where options belong", name_of(item.kind)),
             "options, as in `- {option: value}`");
    }
    push(item.kind == NodeKind::kMap ? &item : nullptr, item_path);
    items.describe_new(*this);
    end();
    items.store();
  }
}

void Reader::read_item(const std::string& path, const Node& item, List& list) {
  if (item.kind == NodeKind::kBroken) return places_.add_bad(path);
  if (item.kind != NodeKind::kScalar) {
    return refuse(path, item.place,
                  fmt::format("{} where {} belongs", name_of(item.kind), list.type()),
                  list.allowed());
  }
  const auto text = text_of(path, item);
  if (!text) return;
  const Problem problem = list.add(*text);
  if (problem) {
    return refuse(path, item.place, fmt::format("{} {}", shown(item.text), *problem),
                  list.allowed());
  }
  places_.add(fmt::format("{}[{}]", path, list.write().size() - 1), item.place);
}

void Reader::on_entries(const Spec& spec, Entries& entries) {
  const Node* node = take(spec);
  if (node == nullptr || node->kind == NodeKind::kNull) return;
  const std::string path = path_of(spec.name);
  if (node->kind != NodeKind::kMap) {
    return refuse(path, node->place, fmt::format("{} where a map belongs", name_of(node->kind)),
                  "entries `name: {...}`, where a name is " + entries.allowed());
  }
  std::map<std::string, Place> seen;
  for (const Entry& entry : node->entries) read_entry(path, entry, entries, seen);
}

void Reader::read_entry(const std::string& path, const Entry& entry, Entries& entries,
                        std::map<std::string, Place>& seen) {
  const std::string key_path = fmt::format("{}.{}", path, entry.key);
  const auto names = entries.expand(entry.key);
  if (!names) {
    return refuse(path, entry.place, fmt::format("{} {}", shown(entry.key), names.error()),
                  entries.allowed());
  }
  if (seen.size() + names->size() > entries.max()) {
    return refuse(path, entry.place, "too many entries", fmt::format("at most {}", entries.max()));
  }
  places_.add(key_path, entry.place);
  const Node& value = entry.value;
  if (value.kind == NodeKind::kScalar || value.kind == NodeKind::kList) {
    refuse(key_path, value.place, fmt::format("{} where a map belongs", name_of(value.kind)),
           "options below it, or {} for all defaults");
  }
  push(value.kind == NodeKind::kMap ? &value : nullptr, key_path);
  entries.describe_new(*this);
  end();
  for (const std::string& name : *names) {
    const auto [first, is_new] = seen.emplace(name, entry.place);
    if (!is_new) {
      return mistakes_.add(entry.place, fmt::format("{}: {} is given twice, first at {}", path,
                                                    name, mistakes_.text_of(first->second)));
    }
    entries.store(name);
    places_.add_key(fmt::format("{}.{}", path, name), key_path);
  }
}

void Reader::rule(bool holds, std::initializer_list<std::string_view> names,
                  std::string_view text) {
  const Frame& frame = frames_.back();
  if (holds || mistakes_.count() > frame.mistakes_before) return;
  std::string path = frame.path;
  std::string values;
  for (const std::string_view name : names) {
    if (path == frame.path && places_.has(path_of(name))) path = path_of(name);
    const auto value = frame.values.find(name);
    if (value == frame.values.end() || value->second.empty()) continue;
    values.append(
        fmt::format("{}{} is {}", values.empty() ? "; here " : ", ", name, value->second));
  }
  mistakes_.add(places_.find(path), fmt::format("{}: {}{}", path, text, values));
}

}  // namespace pbx::config
