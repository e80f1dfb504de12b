// The reader over a small section of its own, apart from the options of the exchange.
#include "core/config/reader.h"

#include <doctest/doctest.h>

#include "core/config/yaml.h"
#include "support.h"

namespace pbx::config {

struct Wheel {
  std::uint32_t spokes = 32;
};
struct Cart {
  std::string colour = "red";
  std::filesystem::path plate;
  std::uint32_t wheels = 4;
  std::vector<core::IpAddress> route;
  Wheel wheel;
};

void describe(Visitor& v, Wheel& wheel) {
  v.option({.name = "spokes", .help = "."}, wheel.spokes, NumberForm{.min = 8, .max = 64});
}
void describe(Visitor& v, Cart& cart) {
  v.option({.name = "colour", .help = "."}, cart.colour, TextForm{.min = 1, .max = 10});
  v.option({.name = "plate", .help = "."}, cart.plate, PathForm{});
  v.option({.name = "wheels", .help = "."}, cart.wheels, NumberForm{.min = 1, .max = 8});
  v.list({.name = "route", .help = "."}, cart.route, AddressForm{}, Count{0, 3});
  v.section({.name = "wheel", .help = "."}, cart.wheel);
  v.rule(cart.wheels != 3 || cart.colour != "red", {"wheels", "colour"}, "no red tricycles");
}

}  // namespace pbx::config

using namespace pbx::config;

namespace {

struct Outcome {
  Cart cart;
  Places places;
  std::vector<std::string> messages;
};

Outcome read_cart(const std::string& text) {
  Mistakes mistakes({"dir/cart.yaml"});
  const auto tree = read_yaml({"dir/cart.yaml", text}, 0, mistakes);
  REQUIRE(tree.has_value());
  const Reader::Variable variable = [](std::string_view name) -> std::optional<std::string> {
    return name == "COLOUR" ? std::optional<std::string>("blue") : std::nullopt;
  };
  Outcome outcome;
  Reader reader(*tree, variable, mistakes, outcome.places);
  describe(reader, outcome.cart);
  reader.finish();
  if (mistakes.count() == 0) return outcome;
  for (const Mistake& mistake : std::move(mistakes).take()) {
    outcome.messages.push_back(mistake.message());
  }
  return outcome;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("options that are not written keep what the struct holds") {
  const Outcome outcome = read_cart("wheels: 2\n");
  CHECK(outcome.messages.empty());
  CHECK(outcome.cart.wheels == 2);
  CHECK(outcome.cart.colour == "red");
  CHECK(outcome.cart.wheel.spokes == 32);
}

TEST_CASE("an option that is wrong keeps its default and the others are read") {
  const Outcome outcome = read_cart("wheels: 99\ncolour: green\nwheel: {spokes: 20}\n");
  CHECK(outcome.messages ==
        Messages{"dir/cart.yaml:1:9: wheels: `99` is too large; allowed: 1 to 8"});
  CHECK(outcome.cart.wheels == 4);
  CHECK(outcome.cart.colour == "green");
  CHECK(outcome.cart.wheel.spokes == 20);
  CHECK(outcome.places.is_bad("wheels"));
  CHECK_FALSE(outcome.places.is_bad("colour"));
}

TEST_CASE("a list replaces the default as a whole, without its wrong items") {
  const Outcome outcome = read_cart("route: [192.0.2.1, nowhere, 192.0.2.2]\n");
  CHECK(outcome.messages.size() == 1);
  REQUIRE(outcome.cart.route.size() == 2);
  CHECK(outcome.places.find("route[1]") == Place{0, 1, 29});
  CHECK(outcome.places.is_bad("route"));
}

TEST_CASE("a list has a bound on its items") {
  CHECK(read_cart("route: [192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4]\n").messages ==
        Messages{"dir/cart.yaml:1:8: route: 4 items; allowed: 0 to 3 items"});
}

TEST_CASE("variables and relative paths are resolved before the value is read") {
  const Outcome outcome = read_cart("colour: \"${env:COLOUR}\"\nplate: p.txt\n");
  CHECK(outcome.messages.empty());
  CHECK(outcome.cart.colour == "blue");
  CHECK(outcome.cart.plate == "dir/p.txt");
}

TEST_CASE("a rule that does not hold is told where its first written option stands") {
  CHECK(read_cart("wheels: 3\n").messages ==
        Messages{"dir/cart.yaml:1:1: wheels: no red tricycles; here wheels is 3, colour is red"});
  CHECK(read_cart("wheels: 3\ncolour: blue\n").messages.empty());
}

TEST_CASE("a rule is not told about a section that has other mistakes") {
  CHECK(read_cart("wheels: 3\nwheel: {spokes: 1}\n").messages ==
        Messages{"dir/cart.yaml:2:17: wheel.spokes: `1` is too small; allowed: 8 to 64"});
}

TEST_CASE("an empty section is as good as none") {
  CHECK(read_cart("wheel:\n").messages.empty());
  CHECK(read_cart("").messages.empty());
}

TEST_CASE("unknown names are told at each level with what is allowed there") {
  CHECK(read_cart("wheel: {spoke: 9}\nhorse: 1\n").messages ==
        Messages{"dir/cart.yaml:1:9: unknown option `spoke` in wheel, did you mean `spokes`?; "
                 "allowed: spokes",
                 "dir/cart.yaml:2:1: unknown section `horse`; allowed: colour, plate, wheels, "
                 "route, wheel"});
}

TEST_CASE("a long wrong text is quoted in part") {
  const Outcome outcome = read_cart("wheels: " + std::string(500, '7') + "\n");
  REQUIRE(outcome.messages.size() == 1);
  CHECK(outcome.messages[0].size() < 150);
}

TEST_CASE("places are found for what is written and for what surrounds it") {
  const Outcome outcome = read_cart("wheels: 2\nwheel: {spokes: 20}\n");
  CHECK(outcome.places.find("wheel.spokes") == Place{0, 2, 9});
  CHECK(outcome.places.find("wheel.rim") == Place{0, 2, 1});
  CHECK(outcome.places.find("wheel.rim[3]") == Place{0, 2, 1});
  CHECK(outcome.places.find("axle") == Place{});
  CHECK(outcome.places.has("wheels"));
  CHECK_FALSE(outcome.places.has("colour"));
}
