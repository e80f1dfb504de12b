// core/number/region.h — where a number is from: country, area, city, and whose it is.
//
// Pure.  A table of ranges that the operator gave (range_table.h) is asked first; what it does not
// have, the geocoder of libphonenumber tells, whose names are coarser and which knows no operators
// and of mobile numbers mostly the country alone.

#pragma once

#include <string>
#include <string_view>

#include "core/number/number.h"
#include "core/number/range_table.h"

namespace pbx::number {

struct Region {
  std::string country;        // ISO 3166-1 alpha-2, "001" for numbers of no country
  std::string country_name;   // in the language asked for; "" if not known
  std::string area;           // "Московская обл."; "" if not known
  std::string city;           // "г. Волгоград"; "" if not known
  std::string operator_name;  // of the table only: the number may have been carried to another one
  friend bool operator==(const Region&, const Region&) = default;
};

// Of an E.164 number; nothing is known of others.  `table` may be null.  `language`: "en", "ru"; it
// counts for what the geocoder tells, a table speaks its own.
[[nodiscard]] Region region_of(const Number& number, const RangeTable* table,
                               std::string_view language);

}  // namespace pbx::number
