// media/spoken_number.h — which prompts say a number digit by digit.
//
// Pure.  Prompts are WAV files named <data_dir>/prompts/<language>/<name>.wav, made on the
// machine by tools/make_prompts.sh when it is first started; none are shipped.  Where they are
// missing the player sends the digit's DTMF pair instead (media/tone.h), so that a number can
// still be told, if not understood, and the call does not fail.

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace pbx::media {

constexpr std::size_t kSpokenDigitsMax = 32;  // of a number; the rest is not said

// "0" to "9", "star" for *, "pound" for #, "plus" for +; nullopt for anything else.
[[nodiscard]] std::optional<std::string_view> prompt_name(char digit);

// The names in the order they are played; what cannot be said (spaces, dashes) is left out.
[[nodiscard]] std::vector<std::string_view> prompts_of(std::string_view number);

}  // namespace pbx::media
