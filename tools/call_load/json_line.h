// tools/call_load/json_line.h — writes one JSON object on one line.
//
// Pure.  Calls follow the order of the output: begin("rtp"), add("sent", 5), end().  Numbers are
// written without exponent; a number that is not finite becomes null.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pbx::call_load {

class JsonLine {
 public:
  JsonLine() : text_("{") {}

  void begin(std::string_view name);
  void end();
  void add(std::string_view name, std::uint64_t value);
  // Rounded to three decimals.
  void add(std::string_view name, double value);
  void add(std::string_view name, std::string_view value);
  void add_bool(std::string_view name, bool value);
  void add_null(std::string_view name);

  // Closes what is open.  The object cannot be added to any more.
  [[nodiscard]] std::string take();

 private:
  void name(std::string_view name);

  std::string text_;
  unsigned depth_ = 1;
};

}  // namespace pbx::call_load
