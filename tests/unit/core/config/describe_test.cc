// What every description must keep to, so that reading, documents and diff can rely on it.
#include "core/config/describe.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/base/log.h"
#include "support.h"

using namespace pbx::config;

namespace {

class Inspector final : public Visitor {
 public:
  int options = 0;
  std::set<std::string> paths;

  void rule(bool holds, std::initializer_list<std::string_view> names,
            std::string_view text) override {
    CAPTURE(text);
    CHECK(holds);
    CHECK(names.size() > 0);
  }

 protected:
  void on_option(const Spec& spec, Value& value) override {
    inspect(spec);
    CHECK_FALSE(value.type().empty());
    CHECK_FALSE(value.allowed().empty());
    const std::string written = value.write();
    if (written.empty()) return;
    CHECK_FALSE(value.read(written, {}).has_value());
    CHECK(value.write() == written);
  }
  void on_list(const Spec& spec, List& list) override {
    inspect(spec);
    const auto written = list.write();
    list.clear();
    for (const std::string& item : written) CHECK_FALSE(list.add(item).has_value());
    CHECK(list.write() == written);
    if (!written.empty()) CHECK(list.add(written.front()).has_value());
  }
  void on_entries(const Spec& spec, Entries& entries) override {
    inspect(spec);
    CHECK_FALSE(spec.example.empty());
    CHECK(entries.expand(spec.example).has_value());
    sections_.push_back(std::string(spec.name) + ".*");
    entries.describe_new(*this);
    sections_.pop_back();
  }
  void on_items(const Spec& spec, Items& items) override {
    inspect(spec);
    CHECK(items.size() == 0);
    sections_.push_back(std::string(spec.name) + "[]");
    items.describe_new(*this);
    sections_.pop_back();
  }
  bool begin(const Spec& spec) override {
    inspect(spec);
    sections_.push_back(std::string(spec.name));
    return true;
  }
  void end() override { sections_.pop_back(); }

 private:
  void inspect(const Spec& spec) {
    std::string path;
    for (const std::string& section : sections_) path += section + ".";
    path += spec.name;
    CAPTURE(path);
    ++options;
    CHECK(paths.insert(path).second);
    CHECK(spec.help.size() > 10);
    CHECK(spec.help.back() == '.');
    CHECK(spec.help.find('|') == std::string_view::npos);
  }

  std::vector<std::string> sections_;
};

}  // namespace

TEST_CASE("each option is described once, with a sentence, and its default is an allowed value") {
  Config config;
  Inspector inspector;
  describe(inspector, config);
  CHECK(inspector.options > 100);
}

TEST_CASE("the components of the configuration are components of the log") {
  for (const std::string_view name : kComponents) {
    CAPTURE(name);
    CHECK(std::count(pbx::core::kLogComponents.begin(), pbx::core::kLogComponents.end(), name) ==
          1);
  }
}

TEST_CASE("extension keys are numbers or ranges of numbers of one length") {
  using Names = std::vector<std::string>;
  CHECK(Naming<Extension>::expand("7").value() == Names{"7"});
  CHECK(Naming<Extension>::expand("099-101").value() == Names{"099", "100", "101"});
  CHECK(Naming<Extension>::expand("5-5").value() == Names{"5"});
  CHECK(Naming<Extension>::expand("10000-19999")->size() == 10'000);
  for (const char* bad : {"", "-", "1-", "-1", "a", "1-2-3", "10-9", "9-10", "10000-20000",
                          "1234567890123456", "1 2", "+49"}) {
    CAPTURE(bad);
    CHECK_FALSE(Naming<Extension>::expand(bad).has_value());
  }
}
