#include "media/spoken_number.h"

#include <doctest/doctest.h>

#include <string>

namespace pbx::media {
namespace {

std::string said(std::string_view number) {
  std::string out;
  for (const std::string_view name : prompts_of(number))
    out += (out.empty() ? "" : " ") + std::string(name);
  return out;
}

}  // namespace

TEST_CASE("a number is said digit by digit") {
  CHECK(said("1003") == "1 0 0 3");
  CHECK(said("+7 (495) 123-45-67") == "plus 7 4 9 5 1 2 3 4 5 6 7");
  CHECK(said("*65#") == "star 6 5 pound");
}

TEST_CASE("what is no digit is not said") {
  CHECK(said("") == "");
  CHECK(said("sip:alice") == "");
  CHECK_FALSE(prompt_name('A'));
  CHECK_FALSE(prompt_name('\0'));
  CHECK_FALSE(prompt_name('/'));  // no way out of the prompt directory
}

TEST_CASE("an endless number ends") {
  CHECK(prompts_of(std::string(1000, '5')).size() == kSpokenDigitsMax);
}

}  // namespace pbx::media
