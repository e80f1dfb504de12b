// sip/header_text.h — header lines of a message under construction.
//
// Pure.  No value can break out of its line: control octets are dropped.

#pragma once

#include <string>
#include <string_view>

namespace pbx::sip {

class HeaderText {
 public:
  HeaderText& add(std::string_view name, std::string_view value);
  HeaderText& add_if(bool wanted, std::string_view name, std::string_view value) {
    return wanted ? add(name, value) : *this;
  }
  HeaderText& append(const HeaderText& other) {
    text_ += other.text_;
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_empty() const { return text_.empty(); }

 private:
  std::string text_;
};

// `"Display" <uri>`, or `<uri>` without a name.
[[nodiscard]] std::string name_address(std::string_view display, std::string_view uri);

}  // namespace pbx::sip
