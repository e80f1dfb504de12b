#include "sip/header_text.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "sip/text.h"

namespace pbx::sip {
namespace {

bool is_printable(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }

void append_printable(std::string& out, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_printable)) {
    out.append(text);
    return;
  }
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), is_printable);
}

}  // namespace

HeaderText& HeaderText::add(std::string_view name, std::string_view value) {
  text_.append(name).append(": ");
  append_printable(text_, value);
  text_.append("\r\n");
  return *this;
}

std::string name_address(std::string_view display, std::string_view uri) {
  if (display.empty()) return fmt::format("<{}>", uri);
  std::string clean;
  append_printable(clean, display);
  return fmt::format("{} <{}>", quoted(clean), uri);
}

}  // namespace pbx::sip
