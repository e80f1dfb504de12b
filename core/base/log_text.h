// core/base/log_text.h — how values look in a log line.
//
// Pure.  A line is one line: control characters never reach it, and a value with spaces or quotes
// is quoted, so that key=value can be taken apart again.

#pragma once

#include <string>
#include <string_view>

namespace pbx::core {

// `value` as it stands if it needs no quotes; else in double quotes with \" \\ \n \r \t \xNN.
// "" gives two quotes.  Bytes above 0x7f (UTF-8) pass.
[[nodiscard]] std::string quote_value(std::string_view value);

// Hides the middle of a caller's number or name: "+79101232212" gives "+7910***2212".  At least
// three characters are hidden and at most four shown at either end.  Up to five characters are an
// extension of ours and shown.
[[nodiscard]] std::string mask_number(std::string_view number);

// Replaces control characters by \n, \r, \t or \xNN.
[[nodiscard]] std::string escape_controls(std::string_view text);
[[nodiscard]] bool has_controls(std::string_view text);

}  // namespace pbx::core
