#include "core/number/region.h"

#include "core/number/phone_library.h"

namespace pbx::number {
namespace {

constexpr std::string_view kCityAreaSeparator = ", ";

// The geocoder says "Mountain View, CA", or one name that is a city or an area.
void set_described(Region& region, std::string_view description) {
  const std::size_t cut = description.rfind(kCityAreaSeparator);
  if (cut == std::string_view::npos) {
    region.area = description;
    return;
  }
  region.city = description.substr(0, cut);
  region.area = description.substr(cut + kCityAreaSeparator.size());
}

}  // namespace

Region region_of(const Number& number, const RangeTable* table, std::string_view language) {
  Region region;
  if (!number.is_e164()) return region;
  region.country = number.country;
  region.country_name = describe_country(number.text, language);
  const auto entry = table == nullptr ? std::nullopt : table->find(number.text);
  if (entry) {
    region.area = entry->area;
    region.city = entry->city;
    region.operator_name = entry->operator_name;
  } else {
    set_described(region, describe_area(number.text, language));
  }
  return region;
}

}  // namespace pbx::number
