// core/config/variables.h — ${env:NAME} in a value.
//
// Pure: who knows the variables is passed in.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/forms.h"

namespace pbx::config {

[[nodiscard]] bool has_variable(std::string_view text);

// `text` with each ${env:NAME} replaced, or what is wrong.  What a variable holds is not searched
// again.  Bound: kExpandedMax bytes.
inline constexpr std::size_t kExpandedMax = 65'536;
[[nodiscard]] Parsed<std::string> expand_variables(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view name)>& variable);

}  // namespace pbx::config
