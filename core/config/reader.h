// core/config/reader.h — the visitor that fills a Config from a tree and tells what is wrong.
//
// Pure.  After a mistake the option keeps its default, so that everything else is still checked.

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/mistakes.h"
#include "core/config/node.h"
#include "core/config/places.h"
#include "core/config/schema.h"

namespace pbx::config {

class Reader final : public Visitor {
 public:
  using Variable = std::function<std::optional<std::string>(std::string_view name)>;

  // Everything passed in outlives the reader.  `variable` may be empty.
  Reader(const Node& root, const Variable& variable, Mistakes& mistakes, Places& places);

  // What is left to say when everything has been described: sections that do not exist.
  void finish() { tell_unknown(); }

  void rule(bool holds, std::initializer_list<std::string_view> names,
            std::string_view text) override;

 protected:
  void on_option(const Spec& spec, Value& value) override;
  void on_list(const Spec& spec, List& list) override;
  void on_entries(const Spec& spec, Entries& entries) override;
  void on_items(const Spec& spec, Items& items) override;
  bool begin(const Spec& spec) override;
  void end() override;

 private:
  // A section that is being described.
  struct Frame {
    const Node* node;  // nullptr: not in the files
    std::string path;
    std::size_t mistakes_before;
    std::vector<std::string> known;                          // the options described so far
    std::map<std::string, std::string, std::less<>> values;  // what they hold, without secrets
  };

  const Node* take(const Spec& spec);
  void push(const Node* node, std::string path);
  void tell_unknown();
  void tell_missing(const Spec& spec, const std::string& allowed);
  void read_value(const Spec& spec, const Node& node, Value& value);
  void read_item(const std::string& path, const Node& item, List& list);
  void read_entry(const std::string& path, const Entry& entry, Entries& entries,
                  std::map<std::string, Place>& seen);
  const Node* take_list(const Spec& spec, Count count, const std::string& allowed);
  std::optional<std::string> text_of(const std::string& path, const Node& node);
  void refuse(const std::string& path, Place place, const std::string& why,
              const std::string& allowed);
  [[nodiscard]] std::string path_of(std::string_view name) const;
  [[nodiscard]] std::filesystem::path directory_of(Place place) const;

  const Variable& variable_;
  Mistakes& mistakes_;
  Places& places_;
  std::vector<Frame> frames_;
};

}  // namespace pbx::config
