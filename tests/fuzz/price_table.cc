// A price file may be anything: it is read or its mistakes have places; what is found for a number
// is a prefix of it.
#include <cstdint>
#include <cstdlib>

#include "core/route/price_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pbx;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto prices = route::read_prices("f", text);
  if (!prices) {
    if (prices.error().empty() || prices.error().size() > config::kMistakesMax) std::abort();
    return 0;
  }
  for (const std::string_view number : {"74957304487", "1", "49301234567890123456"}) {
    const route::Price* const price = prices->find(number);
    if (price == nullptr) continue;
    if (!number.starts_with(price->prefix)) std::abort();
    if (route::cost(*price, std::chrono::hours(24)) < price->connect) std::abort();
  }
  return 0;
}
