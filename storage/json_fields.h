// storage/json_fields.h — reads the members of one JSON object, remembering what did not fit.
//
// Pure.  A missing member leaves the default; a wrong type, an unknown word or a number out of
// range marks the whole record as corrupt.  Wrong members are not told apart one by one: a record
// is either good or it is not.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/wall_time.h"

namespace pbx::storage {

class JsonFields {
 public:
  // `bad` collects failure over nested objects.
  JsonFields(const boost::json::value& value, bool& bad) : bad_(bad) {
    object_ = value.if_object();
    if (object_ == nullptr) bad_ = true;
  }

  void read(std::string_view name, std::string& out) const {
    if (const auto* text = text_of(name)) out.assign(text->data(), text->size());
  }
  void read(std::string_view name, bool& out) const {
    const auto* value = find(name);
    if (value == nullptr) return;
    if (value->is_bool())
      out = value->get_bool();
    else
      bad_ = true;
  }
  void read(std::string_view name, double& out) const {
    const auto* value = find(name);
    if (value == nullptr) return;
    boost::json::error_code error;
    const double number = value->to_number<double>(error);
    if (error || !std::isfinite(number))
      bad_ = true;
    else
      out = number;
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>) void read(std::string_view name, T& out) const {
    const auto* value = find(name);
    if (value == nullptr) return;
    boost::json::error_code error;
    const T number = value->to_number<T>(error);
    if (error)
      bad_ = true;
    else
      out = number;
  }
  template <typename Rep, typename Period>
  void read(std::string_view name, std::chrono::duration<Rep, Period>& out) const {
    Rep count = out.count();
    read(name, count);
    out = std::chrono::duration<Rep, Period>(count);
  }
  template <typename Tag, typename Rep>
  void read(std::string_view name, core::Id<Tag, Rep>& out) const {
    if (const auto* text = text_of(name))
      out = id<core::Id<Tag, Rep>>({text->data(), text->size()});
  }
  void read(std::string_view name, core::WallTime& out) const {
    const auto* text = text_of(name);
    if (text == nullptr) return;
    const auto time = core::parse_iso8601({text->data(), text->size()});
    if (time)
      out = *time;
    else
      bad_ = true;
  }
  void read(std::string_view name, std::optional<core::WallTime>& out) const {
    if (find(name) != nullptr) read(name, out.emplace());
  }
  // A word of a table such as kOutcomeNames.
  template <typename Table, typename Enum>
  void read(std::string_view name, const Table& table, Enum& out) const {
    const auto* text = text_of(name);
    if (text == nullptr) return;
    const auto value = table.find({text->data(), text->size()});
    if (value)
      out = *value;
    else
      bad_ = true;
  }
  // A member that `parse` (text → Result) understands.
  template <typename T, typename Parse>
  void read_with(std::string_view name, T& out, Parse parse) const {
    const auto* text = text_of(name);
    if (text == nullptr) return;
    const auto value = parse(std::string_view(text->data(), text->size()));
    if (value)
      out = *value;
    else
      bad_ = true;
  }

  // "0" is no id, and the records of calls that never had one say so.
  template <typename AnyId>
  AnyId id(std::string_view text) const {
    if (text == "0") return {};
    const auto parsed = AnyId::parse(text);
    if (!parsed) bad_ = true;
    return parsed.value_or(AnyId{});
  }

  // Calls `each(value)` for the elements of an array; nothing if it is missing.
  template <typename Each>
  void for_each(std::string_view name, Each each) const {
    const auto* value = find(name);
    if (value == nullptr) return;
    const auto* array = value->if_array();
    if (array == nullptr) {
      bad_ = true;
      return;
    }
    for (const auto& element : *array) each(element);
  }

  [[nodiscard]] const boost::json::value* find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains({name.data(), name.size()});
  }
  [[nodiscard]] bool& bad() const { return bad_; }

 private:
  [[nodiscard]] const boost::json::string* text_of(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return nullptr;
    const auto* text = value->if_string();
    if (text == nullptr) bad_ = true;
    return text;
  }

  const boost::json::object* object_ = nullptr;
  bool& bad_;
};

}  // namespace pbx::storage
