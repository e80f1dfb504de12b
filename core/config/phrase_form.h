// core/config/phrase_form.h — a text with a grammar of its own that a layer above reads: hours, the
// words of a rule.  What is wrong with the words is told by the check of that layer.
//
// Pure; a form as in forms.h.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/config/forms.h"

namespace pbx::config {

struct PhraseForm {
  std::string_view what;  // what is allowed, a literal: "hours such as 09:00-18:00"
  std::size_t max = 256;

  [[nodiscard]] Parsed<std::string> read(std::string_view text) const {
    return TextForm{.min = 1, .max = max}.read(text);
  }
  [[nodiscard]] std::string write(const std::string& value) const { return value; }
  [[nodiscard]] std::string type() const { return "a text"; }
  [[nodiscard]] std::string allowed() const { return std::string(what); }
};

}  // namespace pbx::config
