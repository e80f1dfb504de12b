// core/config/schema.h — each option stated once; reading, checking, documents and diff follow.
//
// Pure.  A section is a struct with a function describe(Visitor&, Section&) that names each of its
// options: where it is kept, how it is written (a form of forms.h), what it is for.  The default
// is what a fresh struct holds.  Visitors are the reader (reader.h), the flattener (flatten.h), the
// reference page and the sample (document.h).
//
// A visitor walks a Config that it may change; who only looks passes a copy.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/config/forms.h"

namespace pbx::config {

enum class Reload : std::uint8_t { kLive, kRestart };

// What is said about an option.  The texts are literals.
struct Spec {
  std::string_view name;
  std::string_view help;  // one sentence: what follows from its value
  Reload reload = Reload::kLive;
  std::string_view default_text{};  // where the default is none or comes from elsewhere
  std::string_view example{};       // for the sample, where there is no default to show
  bool required = false;            // of an item or an entry: it has no default and must be there
};

using Problem = std::optional<std::string>;  // what is wrong; nullopt: nothing

// One option, whatever its type.
class Value {
 public:
  virtual ~Value() = default;
  virtual Problem read(std::string_view text, const std::filesystem::path& base) = 0;
  // Back to nothing: no path, no address, an empty text.
  virtual void reset() = 0;
  // As it would be written, secrets included; "" for nothing.
  [[nodiscard]] virtual std::string write() const = 0;
  [[nodiscard]] virtual bool is_secret() const = 0;
  [[nodiscard]] virtual std::string type() const = 0;
  [[nodiscard]] virtual std::string allowed() const = 0;
};

// How many items a list may have.  No item may stand in it twice.
struct Count {
  std::size_t min = 0;
  std::size_t max = 100;
};

class List {
 public:
  virtual ~List() = default;
  virtual void clear() = 0;
  virtual Problem add(std::string_view text) = 0;
  [[nodiscard]] virtual std::vector<std::string> write() const = 0;
  [[nodiscard]] virtual Count count() const = 0;
  [[nodiscard]] virtual std::string type() const = 0;  // of an item
  [[nodiscard]] virtual std::string allowed() const = 0;
};

class Visitor;

// A map of named things: profiles, extensions.  One key of the file may name several of them.
class Entries {
 public:
  virtual ~Entries() = default;
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
  [[nodiscard]] virtual std::size_t max() const = 0;
  [[nodiscard]] virtual Parsed<std::vector<std::string>> expand(std::string_view key) const = 0;
  [[nodiscard]] virtual std::string allowed() const = 0;  // as a key
  virtual void describe(const std::string& name, Visitor& visitor) = 0;
  // Describes an entry that belongs to no name yet, with all defaults; store() adds copies of it.
  virtual void describe_new(Visitor& visitor) = 0;
  virtual void store(const std::string& name) = 0;
};

// A list of sections whose order counts: rules.  They have no names, only places in the list.
class Items {
 public:
  virtual ~Items() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual Count count() const = 0;
  virtual void describe(std::size_t index, Visitor& visitor) = 0;
  // Describes an item that is not in the list yet, with all defaults; store() appends it.
  virtual void describe_new(Visitor& visitor) = 0;
  virtual void store() = 0;
};

class Visitor {
 public:
  virtual ~Visitor() = default;

  template <class T, class F>
  void option(const Spec& spec, T& field, const F& form);
  template <class T, class F>
  void list(const Spec& spec, std::vector<T>& field, const F& form, Count count);
  template <class T>
  void entries(const Spec& spec, std::map<std::string, T, std::less<>>& field, const T& fresh);
  // The field is empty before the files are read.
  template <class T>
  void items(const Spec& spec, std::vector<T>& field, Count count);
  template <class S>
  void section(const Spec& spec, S& section) {
    if (!begin(spec)) return;
    describe(*this, section);
    end();
  }

  // What must hold between the options `names` of the section that is being described.
  virtual void rule(bool holds, std::initializer_list<std::string_view> names,
                    std::string_view text) = 0;

 protected:
  virtual void on_option(const Spec& spec, Value& value) = 0;
  virtual void on_list(const Spec& spec, List& list) = 0;
  virtual void on_entries(const Spec& spec, Entries& entries) = 0;
  virtual void on_items(const Spec& spec, Items& items) = 0;
  virtual bool begin(const Spec& spec) = 0;  // false: this section is of no interest
  virtual void end() = 0;
};

// The key rules of maps of named things; see describe_profile.cc and describe_extension.cc.
template <class T>
struct Naming;  // max, allowed(), expand(key), give_name(T&, name)

namespace detail {

template <class T, class F>
class FormValue final : public Value {
 public:
  FormValue(T& field, const F& form) : field_(field), form_(form) {}

  Problem read(std::string_view text, const std::filesystem::path& base) override {
    auto parsed = read_form(text, base);
    if (!parsed) return std::move(parsed.error());
    field_ = std::move(*parsed);
    return std::nullopt;
  }
  void reset() override { field_ = T{}; }
  [[nodiscard]] std::string write() const override { return form_.write(field_); }
  [[nodiscard]] bool is_secret() const override {
    return std::is_same_v<T, Secret> || std::is_same_v<T, Credentials>;
  }
  [[nodiscard]] std::string type() const override { return form_.type(); }
  [[nodiscard]] std::string allowed() const override { return form_.allowed(); }

 private:
  auto read_form(std::string_view text, const std::filesystem::path& base) const {
    if constexpr (requires { form_.read(text, base); }) {
      return form_.read(text, base);
    } else {
      return form_.read(text);
    }
  }

  T& field_;
  const F& form_;
};

template <class T, class F>
class FormList final : public List {
 public:
  FormList(std::vector<T>& field, const F& form, Count count)
      : field_(field), form_(form), count_(count) {}

  void clear() override { field_.clear(); }
  Problem add(std::string_view text) override {
    auto parsed = form_.read(text);
    if (!parsed) return std::move(parsed.error());
    for (const T& known : field_) {
      if (known == *parsed) return "is in the list already";
    }
    field_.push_back(std::move(*parsed));
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> write() const override {
    std::vector<std::string> items;
    for (const T& item : field_) items.push_back(form_.write(item));
    return items;
  }
  [[nodiscard]] Count count() const override { return count_; }
  [[nodiscard]] std::string type() const override { return form_.type(); }
  [[nodiscard]] std::string allowed() const override { return form_.allowed(); }

 private:
  std::vector<T>& field_;
  const F& form_;
  Count count_;
};

template <class T>
class NamedEntries final : public Entries {
 public:
  NamedEntries(std::map<std::string, T, std::less<>>& field, const T& fresh)
      : field_(field), fresh_(fresh), next_(fresh) {}

  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const auto& [name, entry] : field_) names.push_back(name);
    return names;
  }
  [[nodiscard]] std::size_t max() const override { return Naming<T>::kMax; }
  [[nodiscard]] Parsed<std::vector<std::string>> expand(std::string_view key) const override {
    return Naming<T>::expand(key);
  }
  [[nodiscard]] std::string allowed() const override { return Naming<T>::allowed(); }
  void describe(const std::string& name, Visitor& visitor) override {
    describe_entry(visitor, field_.find(name)->second);
  }
  void describe_new(Visitor& visitor) override {
    next_ = fresh_;
    describe_entry(visitor, next_);
  }
  void store(const std::string& name) override {
    T& entry = field_.insert_or_assign(name, next_).first->second;
    Naming<T>::give_name(entry, name);
  }

 private:
  // Outside of this class, where the name `describe` means the functions of the sections.
  static void describe_entry(Visitor& visitor, T& entry);

  std::map<std::string, T, std::less<>>& field_;
  const T& fresh_;
  T next_;
};

template <class T>
void call_describe(Visitor& visitor, T& entry) {
  describe(visitor, entry);
}
template <class T>
void NamedEntries<T>::describe_entry(Visitor& visitor, T& entry) {
  call_describe(visitor, entry);
}

template <class T>
class OrderedItems final : public Items {
 public:
  OrderedItems(std::vector<T>& field, Count count) : field_(field), count_(count) {}

  [[nodiscard]] std::size_t size() const override { return field_.size(); }
  [[nodiscard]] Count count() const override { return count_; }
  void describe(std::size_t index, Visitor& visitor) override {
    call_describe(visitor, field_[index]);
  }
  void describe_new(Visitor& visitor) override {
    next_ = T{};
    call_describe(visitor, next_);
  }
  void store() override { field_.push_back(next_); }

 private:
  std::vector<T>& field_;
  Count count_;
  T next_;
};

}  // namespace detail

template <class T, class F>
void Visitor::option(const Spec& spec, T& field, const F& form) {
  detail::FormValue<T, F> value(field, form);
  on_option(spec, value);
}
template <class T, class F>
void Visitor::list(const Spec& spec, std::vector<T>& field, const F& form, Count count) {
  detail::FormList<T, F> items(field, form, count);
  on_list(spec, items);
}
template <class T>
void Visitor::entries(const Spec& spec, std::map<std::string, T, std::less<>>& field,
                      const T& fresh) {
  detail::NamedEntries<T> named(field, fresh);
  on_entries(spec, named);
}
template <class T>
void Visitor::items(const Spec& spec, std::vector<T>& field, Count count) {
  detail::OrderedItems<T> ordered(field, count);
  on_items(spec, ordered);
}

}  // namespace pbx::config
