// core/number/number.h — one form for every telephone number.

// Pure.  Whatever way a number was written or dialled, normalise() brings it to the form in which
// it is stored, compared and routed by:
//   +74957304487   E.164 with '+', at most 15 digits, for what can be called from anywhere
//   112, 0890, 101 as dialled, for what has a meaning only here: emergency, short, internal numbers
//   *21*101#       as dialled, for feature codes
// The first is what begins with '+'.  normalise() of a stored form gives that form again.

// What is dialled without '+' means what the plan of its domain says; it is tried in this order:
//   1. feature code        begins with * or #
//   2. 112                 in every plan (ETSI TS 122 101 section 10)
//   3. internal number     of the plan's ranges
//   4. emergency number    of the country or the plan; a range of 3. hides it, see
//                          hidden_emergency_numbers()
//   5. local number        has as many digits as the plan says; gets the plan's area code
//   6. short number        of the plan, or of a length that short numbers of the country have
//   7. international       begins with an international prefix: 00 unless the plan says otherwise
//   8. national            with the country's national prefix (8, 0, 1), its code, or neither;
//                          also with its international prefix (8-10, 011)

// A number is accepted if its country has numbers of that length; one in no range that the library
// knows is kUnknown, because ranges are opened faster than libraries are updated.

// Sources: ITU-T E.164 section 6 (structure), E.123 (writing), RFC 3966 (tel URI).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/number/number_kind.h"

namespace pbx::number {

// A number in its stored form.
struct Number {
  std::string text;
  NumberKind kind = NumberKind::kUnknown;
  // ISO 3166-1 alpha-2, "001" for numbers of no country; "" for what is not E.164, which belongs to
  // the country or the domain of its plan.
  std::string country;
  std::string sub_address;  // digits to dial after an answer (RFC 3966 ;ext=); mostly ""

  [[nodiscard]] bool is_e164() const { return text.starts_with('+'); }
  friend bool operator==(const Number&, const Number&) = default;
};

// Numbers from `first` to `last`, both of the same number of digits: 100 to 199.
struct InternalRange {
  std::string first;
  std::string last;
  friend bool operator==(const InternalRange&, const InternalRange&) = default;
};

struct NumberPlanOptions {
  std::string country = "RU";
  std::string area_code;             // "495": what local numbers lack; "" if there are none
  std::size_t local_digits_min = 0;  // how many digits local numbers have; 0: there are none
  std::size_t local_digits_max = 0;
  std::vector<std::string> international_prefixes = {"00"};
  std::vector<std::string> emergency_numbers;  // besides those of the country
  std::vector<std::string> short_numbers;      // besides those of the country
  std::vector<InternalRange> internal;         // in any order; may overlap
};

inline constexpr std::size_t kInternalRangesMax = 100'000;  // every extension may be one
inline constexpr std::size_t kPlanListMax = 100;            // entries of each other list
inline constexpr std::size_t kShortDigitsMax = 6;           // longer ones must be in short_numbers
inline constexpr std::size_t kE164DigitsMax = 15;

// What digits mean in one domain.  Immutable; lookups take logarithmic time.
class NumberPlan {
 public:
  // Errors: kInvalidArgument that names the option and what is wrong with it; kLimitReached.
  static core::Result<NumberPlan> open(NumberPlanOptions options);

  [[nodiscard]] const NumberPlanOptions& options() const { return options_; }
  [[nodiscard]] bool is_internal(std::string_view digits) const;
  [[nodiscard]] bool is_emergency(std::string_view digits) const;
  [[nodiscard]] bool is_short(std::string_view digits) const;
  [[nodiscard]] bool is_local(std::string_view digits) const;
  // What follows the plan's longest international prefix that `digits` begin with; "" if none.
  [[nodiscard]] std::string_view after_international_prefix(std::string_view digits) const;

 private:
  explicit NumberPlan(NumberPlanOptions options) : options_(std::move(options)) {}
  NumberPlanOptions options_;  // `internal` is sorted by length and digits, overlaps are merged
};

// Errors: kInvalidArgument with a phrase that says what is wrong: "has too few digits for a number
// of RU"; kLimitReached beyond the bounds of dial_text.h.  No phrase repeats the number.
[[nodiscard]] core::Result<Number> normalise(std::string_view text, const NumberPlan& plan);

// The emergency numbers that cannot be called because an internal range has them, so that the check
// of a configuration can warn: "101" in Russia where extensions are 100 to 199.
[[nodiscard]] std::vector<std::string> hidden_emergency_numbers(const NumberPlan& plan);

}  // namespace pbx::number
