// Any bytes as a number: never a crash, an error says why, and the stored form is a fixed point
// that can be written for a provider and read back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/number/dial_form.h"
#include "core/number/number.h"

namespace {

using namespace pbx::number;

void check(bool condition) {
  if (!condition) std::abort();
}

const NumberPlan& plan() {
  static const NumberPlan plan = *NumberPlan::open({.country = "RU",
                                                    .area_code = "495",
                                                    .local_digits_min = 7,
                                                    .local_digits_max = 7,
                                                    .short_numbers = {"0890"},
                                                    .internal = {{"200", "299"}}});
  return plan;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto number = normalise(text, plan());
  if (!number) {
    check(!number.error().detail.empty());
    return 0;
  }
  check(!number->text.empty());
  check(number->is_e164() == !number->country.empty());
  auto again = normalise(number->text, plan());
  check(again.has_value());
  again->sub_address = number->sub_address;
  check(*again == *number);
  const auto uri = normalise(tel_uri(*number, "pbx.example"), plan());
  check(uri.has_value() && *uri == *number);
  check(!format(*number, russian_form()).empty() && !display(*number, "RU").empty());
  return 0;
}
