// storage/names.h — the words that stand for enum values in stored records and in the API.
//
// Pure tables.  A word that is stored is never renamed: old databases hold it.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "core/call/binding.h"
#include "core/call/cdr.h"

namespace pbx::storage {

template <typename Enum, std::size_t N>
struct Names {
  std::array<std::string_view, N> words;  // by the value of the enumerator

  [[nodiscard]] constexpr std::string_view of(Enum value) const {
    const auto i = static_cast<std::size_t>(value);
    return i < N ? words[i] : std::string_view{};
  }
  [[nodiscard]] constexpr std::optional<Enum> find(std::string_view word) const {
    for (std::size_t i = 0; i < N; ++i)
      if (words[i] == word) return static_cast<Enum>(i);
    return std::nullopt;
  }
};

inline constexpr Names<call::Outcome, 7> kOutcomeNames{
    {"answered", "no_answer", "busy", "cancelled", "refused", "failed", "interrupted"}};
inline constexpr Names<call::EndedBy, 3> kEndedByNames{{"caller", "called", "exchange"}};
inline constexpr Names<call::Segment::Kind, 5> kSegmentNames{
    {"dialing", "ringing", "talking", "held", "service"}};
inline constexpr Names<call::Transport, 3> kTransportNames{{"udp", "tcp", "tls"}};
inline constexpr Names<call::Codec, 8> kCodecNames{
    {"PCMU", "PCMA", "G722", "opus", "GSM", "L16", "telephone-event", "CN"}};

}  // namespace pbx::storage
