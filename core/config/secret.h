// core/config/secret.h — text that must not reach a log, a dump or an error message.
//
// Pure value.  There is no conversion to a string and no stream operator on purpose: whoever needs
// the text says reveal(), which can be found by searching for it.

#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace pbx::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool is_empty() const { return text_.empty(); }
  // What may be shown: "***", or "" where nothing was set.
  [[nodiscard]] std::string_view shown() const { return text_.empty() ? "" : "***"; }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

}  // namespace pbx::config
