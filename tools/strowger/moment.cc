#include "tools/strowger/moment.h"

#include <chrono>
#include <ctime>

#include "core/base/text.h"

namespace pbx::tools {
namespace {

constexpr std::size_t kDateLength = 10;    // 2026-12-31
constexpr std::size_t kMinuteLength = 16;  // 2026-12-31 23:30

// The moment at which the local clock shows what UTC shows at `shown`.
core::WallTime from_local(core::WallTime shown) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(shown);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  parts.tm_isdst = -1;  // mktime finds out
  return std::chrono::system_clock::from_time_t(std::mktime(&parts));
}

}  // namespace

core::Result<core::WallTime> parse_moment(std::string_view text) {
  std::string iso(core::trim(text));
  const auto wrong = [] {
    return core::fail(core::ErrorCode::kInvalidArgument,
                      "a moment is written like 2026-12-31 23:30 or 2026-12-31T23:30:00+03:00");
  };
  if (iso.size() < kMinuteLength) return wrong();
  if (iso[kDateLength] == ' ') iso[kDateLength] = 'T';
  if (iso.size() == kMinuteLength || iso[kMinuteLength] != ':') iso.insert(kMinuteLength, ":00");
  const std::size_t zone = iso.find_first_of("Zz+- ", kMinuteLength);
  if (zone != std::string::npos && iso[zone] == ' ') iso.erase(zone, 1);
  const bool is_local = zone == std::string::npos;
  const auto parsed = core::parse_iso8601(is_local ? iso + 'Z' : iso);
  if (!parsed) return wrong();
  return is_local ? from_local(*parsed) : *parsed;
}

}  // namespace pbx::tools
