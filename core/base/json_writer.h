// core/base/json_writer.h — appends JSON (RFC 8259) to a string, in the order it is told.
//
// Pure.  Output has no white space.  Text is made valid: bytes that are not UTF-8 become U+FFFD,
// control characters are escaped.  Numbers that are not finite become null.
// The caller balances begin and end; the destructor asserts it.
#pragma once

#include <concepts>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace pbx::core {

// Appends `text` as a JSON string with its quotes.
void append_json_text(std::string& out, std::string_view text);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void begin_object(std::string_view name) { key(name), begin_object(); }
  void begin_array(std::string_view name) { key(name), begin_array(); }

  void key(std::string_view name);
  void value(std::string_view text);
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool yes);
  void value(double number);  // six significant digits
  template <std::integral T>
  requires(!std::same_as<T, bool>) void value(T number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
  }
  void null();
  // Text that is JSON already.
  void raw(std::string_view json);

  template <typename T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();

  std::string& out_;
  int depth_ = 0;
  bool comma_ = false;  // something stands before at this level
};

}  // namespace pbx::core
