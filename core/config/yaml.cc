#include "core/config/yaml.h"

#include <cstddef>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace pbx::config {
namespace {

// A node weighs one, and one more for each so many bytes of text: aliases of long texts count too.
constexpr std::size_t kTextPerNode = 64;

std::size_t weight(const Node& node) {
  std::size_t sum = 1 + node.text.size() / kTextPerNode;
  for (const Entry& entry : node.entries) sum += weight(entry.value);
  return sum;
}

bool has_control_character(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

// Reads from memory that somebody else owns.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(const std::string& text) {
    char* begin = const_cast<char*>(text.data());  // streambuf never writes to a get area
    setg(begin, begin, begin + text.size());
  }
};

// Grows the tree from the events of yaml-cpp.  `open_` holds the lists and maps that have begun
// and not ended, the innermost last.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::uint32_t file, Mistakes& mistakes) : file_(file), mistakes_(mistakes) {}

  Node take() && { return std::move(root_); }
  [[nodiscard]] bool is_too_much() const { return is_too_much_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    put(Node{NodeKind::kNull, place(mark), {}, {}}, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node{NodeKind::kScalar, place(mark), value, {}};
    if (has_control_character(value)) {
      mistakes_.add(node.place, "a value must be one line without control characters");
      node.kind = NodeKind::kBroken;
    }
    put(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (is_too_much_) return;
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) {
      mistakes_.add(place(mark), "an alias inside the value that it stands for");
      return put(Node{NodeKind::kBroken, place(mark), {}, {}}, 0);
    }
    if (!spend(weight(known->second), place(mark))) return;
    Node copy = known->second;
    copy.place = place(mark);
    put(std::move(copy), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(NodeKind::kList, mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(NodeKind::kMap, mark, anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    std::optional<Entry> pending;         // of a map: the key whose value comes next
    bool is_refused = false;              // the pending key must not be used
    std::map<std::string, Place> places;  // of the keys seen so far
  };

  Place place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  bool spend(std::size_t nodes, Place where) {
    spent_ += nodes;
    if (spent_ > kNodesMax && !is_too_much_) {
      is_too_much_ = true;
      mistakes_.add(where, fmt::format("more than {} values, aliases included", kNodesMax));
    }
    return !is_too_much_;
  }

  void begin(NodeKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() == kDepthMax && !is_too_deep_) {
      is_too_deep_ = true;
      mistakes_.add(place(mark), fmt::format("nested deeper than {} levels", kDepthMax));
    }
    if (open_.size() == kDepthMax) {
      if (++skipped_levels_ == 1) skipped_ = place(mark);
      return;
    }
    open_.push_back({Node{kind, place(mark), {}, {}}, anchor, std::nullopt, false, {}});
  }

  void end() {
    if (skipped_levels_ > 0) {
      if (--skipped_levels_ == 0) put(Node{NodeKind::kBroken, skipped_, {}, {}}, 0);
      return;
    }
    Open done = std::move(open_.back());
    open_.pop_back();
    put(std::move(done.node), done.anchor);
  }

  void put(Node node, YAML::anchor_t anchor) {
    if (skipped_levels_ > 0 || !spend(1 + node.text.size() / kTextPerNode, node.place)) return;
    if (anchor != 0 && spend(weight(node), node.place)) anchors_.insert_or_assign(anchor, node);
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.kind == NodeKind::kList) {
      const Place where = node.place;
      open_.back().node.entries.push_back({"", where, std::move(node)});
    } else if (!open_.back().pending) {
      put_key(open_.back(), std::move(node));
    } else {
      put_value(open_.back(), std::move(node));
    }
  }

  void put_key(Open& map, Node key) {
    map.pending = Entry{key.text, key.place, {}};
    map.is_refused = true;
    if (key.kind == NodeKind::kBroken) return;
    if (key.kind != NodeKind::kScalar) {
      mistakes_.add(key.place, "a key must be plain text");
    } else if (key.text == "<<") {
      mistakes_.add(key.place,
                    "merge keys (<<) are not supported; shared options of extensions belong into "
                    "defaults.extension");
    } else if (const auto [at, is_new] = map.places.emplace(key.text, key.place); !is_new) {
      mistakes_.add(key.place, fmt::format("`{}` is given twice, first at {}", key.text,
                                           mistakes_.text_of(at->second)));
    } else {
      map.is_refused = false;
    }
  }

  static void put_value(Open& map, Node value) {
    Entry entry = std::move(*map.pending);
    map.pending.reset();
    if (map.is_refused) return;
    entry.value = std::move(value);
    if (entry.value.kind == NodeKind::kNull) entry.value.place = entry.place;
    map.node.entries.push_back(std::move(entry));
  }

  std::uint32_t file_;
  Mistakes& mistakes_;
  Node root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t skipped_levels_ = 0;  // open lists and maps below kDepthMax
  Place skipped_;                   // the outermost of them
  std::size_t spent_ = 0;
  bool is_too_deep_ = false;
  bool is_too_much_ = false;
};

// Whether line `number` (from 0) of `text` has a tab before its first letter.
bool is_indented_by_tab(std::string_view text, int number) {
  for (; number > 0; --number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  const std::size_t first = text.find_first_not_of(' ');
  return first != std::string_view::npos && text[first] == '\t';
}

// What yaml-cpp says is terse; the mistakes that people make most get a sentence.
std::string explain(const std::string& message, const std::string& text, const YAML::Mark& mark) {
  if (message == YAML::ErrorMsg::UNKNOWN_ANCHOR || message == YAML::ErrorMsg::ALIAS_NOT_FOUND) {
    return "a text that begins with `*` must be quoted, as in \"*43\"";
  }
  if (message == YAML::ErrorMsg::TAB_IN_INDENTATION || is_indented_by_tab(text, mark.line)) {
    return "a tab in the indentation; only spaces are allowed";
  }
  if (message == YAML::ErrorMsg::BAD_FILE) return "nested far too deeply";  // its DepthGuard
  return "not valid YAML: " + message;
}

}  // namespace

std::optional<Node> read_yaml(const SourceText& source, std::uint32_t file, Mistakes& mistakes) {
  TreeBuilder builder(file, mistakes);
  try {
    MemoryBuffer buffer(source.text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) {
      Mistakes ignored({source.file});
      TreeBuilder second(0, ignored);
      if (parser.HandleNextDocument(second)) {
        mistakes.add({file, 0, 0}, "more than one YAML document; one file holds one");
      }
    }
  } catch (const YAML::Exception& error) {
    const bool has_place = !error.mark.is_null();
    const Place where{file, has_place ? error.mark.line + 1 : 0,
                      has_place ? error.mark.column + 1 : 0};
    mistakes.add(where, explain(error.msg, source.text, error.mark));
    return std::nullopt;
  }
  if (builder.is_too_much()) return std::nullopt;
  return std::move(builder).take();
}

}  // namespace pbx::config
