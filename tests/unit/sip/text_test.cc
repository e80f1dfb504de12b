#include "sip/text.h"

#include <doctest/doctest.h>

namespace pbx::sip {

TEST_CASE("a part is found wherever it is, without case") {
  CHECK(contains_nocase("friendly-scanner", "friendly-scanner"));
  CHECK(contains_nocase("My Friendly-Scanner 1.0", "friendly-SCANNER"));
  CHECK(contains_nocase("sipcli/v1.8", "sipcli"));
  CHECK(contains_nocase("x", ""));
  CHECK(contains_nocase("", ""));
  CHECK_FALSE(contains_nocase("sipcl", "sipcli"));
  CHECK_FALSE(contains_nocase("", "sipcli"));
}

TEST_CASE("words are cut at blanks and tabs until nothing is left") {
  std::string_view text = "  audio\t4000 RTP/AVP ";
  CHECK(next_word(text) == "audio");
  CHECK(next_word(text) == "4000");
  CHECK(next_word(text) == "RTP/AVP");
  CHECK(next_word(text).empty());
  CHECK(text.empty());
}

TEST_CASE("a lexer reads tokens, quoted strings and separators") {
  Lexer lexer(" Digest realm=\"a \\\"b\\\\\" , nc = 00000001");
  CHECK(lexer.token() == "Digest");
  CHECK(lexer.token() == "realm");
  CHECK(lexer.accept('='));
  CHECK(lexer.value() == "a \"b\\");
  CHECK_FALSE(lexer.accept(';'));
  CHECK(lexer.accept(','));
  CHECK(lexer.token() == "nc");
  CHECK(lexer.accept('='));
  CHECK(lexer.value() == "00000001");
  CHECK(lexer.at_end());
  CHECK(lexer.peek() == '\0');
  CHECK(lexer.token().empty());
}

TEST_CASE("a quote that never closes gives no value and ends the reading") {
  CHECK_FALSE(Lexer("\"abc").value());
  CHECK_FALSE(Lexer("\"abc\\").value());
  CHECK_FALSE(Lexer("").value());
}

TEST_CASE("a stop sign inside quotes or angle brackets does not count") {
  Lexer lexer("\"A, \\\"B\" <sip:a,b@c>;q=1, <sip:d@e>");
  CHECK(lexer.until_outside(",") == "\"A, \\\"B\" <sip:a,b@c>;q=1");
  CHECK(lexer.accept(','));
  CHECK(lexer.until_outside(",") == "<sip:d@e>");
  CHECK(lexer.at_end());
}

TEST_CASE("what was quoted reads back") {
  const std::string text = "a\"b\\c";
  CHECK(quoted(text) == "\"a\\\"b\\\\c\"");
  CHECK(Lexer(quoted(text)).value() == text);
  CHECK(quoted("a\r\nVia: b") == "\"a  Via: b\"");
}

}  // namespace pbx::sip
