#include "core/call/cdr.h"

#include <array>

namespace pbx::call {
namespace {

constexpr std::array<std::string_view, 7> kOutcomes{
    "answered", "no_answer", "busy", "cancelled", "refused", "failed", "interrupted"};
constexpr std::array<std::string_view, 3> kEndedBy{"caller", "called", "exchange"};
constexpr std::array<std::string_view, 5> kSegments{"dialing", "ringing", "talking", "held",
                                                    "service"};

}  // namespace

std::string_view text(Outcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }
std::string_view text(EndedBy ended_by) { return kEndedBy[static_cast<std::size_t>(ended_by)]; }
std::string_view text(Segment::Kind kind) { return kSegments[static_cast<std::size_t>(kind)]; }

}  // namespace pbx::call
