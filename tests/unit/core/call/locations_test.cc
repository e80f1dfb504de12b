#include "core/call/locations.h"

#include <doctest/doctest.h>

using namespace pbx;

namespace {

call::BindingChanged change(call::BindingChanged::What what, std::uint64_t id, std::uint16_t q) {
  call::Binding binding;
  binding.id = {id};
  binding.extension = "101";
  binding.q_thousandths = q;
  return {what, binding};
}

}  // namespace

TEST_CASE("bindings are found best q first, then the newest") {
  using What = call::BindingChanged::What;
  call::Locations locations;
  locations.apply(change(What::kAdded, 1, 500));
  locations.apply(change(What::kAdded, 2, 1000));
  locations.apply(change(What::kAdded, 3, 500));
  const auto found = locations.find("101");
  REQUIRE(found.size() == 3);
  CHECK(found[0].id.value == 2);
  CHECK(found[1].id.value == 3);
  CHECK(locations.find("102").empty());
}

TEST_CASE("a changed binding replaces itself, a removed or expired one is gone") {
  using What = call::BindingChanged::What;
  call::Locations locations;
  locations.apply(change(What::kAdded, 1, 500));
  locations.apply(change(What::kChanged, 1, 700));
  CHECK(locations.size() == 1);
  CHECK(locations.find("101").at(0).q_thousandths == 700);
  locations.apply(change(What::kAdded, 2, 500));
  locations.apply(change(What::kRemoved, 1, 700));
  locations.apply(change(What::kExpired, 2, 500));
  locations.apply(change(What::kExpired, 9, 500));  // never known
  CHECK(locations.size() == 0);
  CHECK(locations.find("101").empty());
}
