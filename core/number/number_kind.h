// core/number/number_kind.h — what sort of number it is, as far as digits can tell.
//
// Pure values.  Rights and prices are stated by these names.

#pragma once

#include <cstdint>
#include <string_view>

namespace pbx::number {

enum class NumberKind : std::uint8_t {
  kInternal,     // of the domain's own numbering plan
  kFeatureCode,  // begins with * or #
  kEmergency,    // 112, in Russia 101 to 104
  kShort,        // dialled as it is, valid within one country or network only
  kFixed,
  kMobile,
  kFixedOrMobile,  // the plan of the country does not tell them apart, as in +1
  kTollFree,       // the called side pays
  kPremium,        // costs more than its distance
  kSharedCost,
  kVoip,      // tied to no place
  kPersonal,  // follows a person
  kPager,
  kCompany,  // one number for a company in all the country (UAN)
  kVoicemail,
  kUnknown,  // of a right length, in no range that the library knows
};

// "internal", "feature_code", "toll_free" and so on: for configuration, logs and the API.
[[nodiscard]] constexpr std::string_view to_text(NumberKind kind) {
  switch (kind) {
    case NumberKind::kInternal:
      return "internal";
    case NumberKind::kFeatureCode:
      return "feature_code";
    case NumberKind::kEmergency:
      return "emergency";
    case NumberKind::kShort:
      return "short";
    case NumberKind::kFixed:
      return "fixed";
    case NumberKind::kMobile:
      return "mobile";
    case NumberKind::kFixedOrMobile:
      return "fixed_or_mobile";
    case NumberKind::kTollFree:
      return "toll_free";
    case NumberKind::kPremium:
      return "premium";
    case NumberKind::kSharedCost:
      return "shared_cost";
    case NumberKind::kVoip:
      return "voip";
    case NumberKind::kPersonal:
      return "personal";
    case NumberKind::kPager:
      return "pager";
    case NumberKind::kCompany:
      return "company";
    case NumberKind::kVoicemail:
      return "voicemail";
    case NumberKind::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace pbx::number
