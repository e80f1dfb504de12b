#include "tools/call_load/token.h"

#include <doctest/doctest.h>

using namespace pbx::call_load;

TEST_CASE("a token is read as it was written, with and without the branch prefix") {
  for (const Token& token : {Token{Token::Kind::kLeg, 0, 1, 0}, Token{Token::Kind::kLeg, 77, 90, 3},
                             Token{Token::Kind::kPhone, UINT32_MAX, UINT32_MAX, UINT32_MAX}}) {
    std::string text;
    append_token(text, 0xbeef, token);
    CHECK(parse_token(text, 0xbeef) == token);
    CHECK(parse_token(std::string(kBranchPrefix) + text, 0xbeef) == token);
  }
}

TEST_CASE("what is not ours is no token") {
  std::string other_run;
  append_token(other_run, 1, {Token::Kind::kLeg, 5, 6, 7});
  for (const std::string& text :
       {other_run, std::string(), std::string("z9hG4bK-"), std::string("2.l5.6"),
        std::string("2.l5.6.7.8"), std::string("2.x5.6.7"), std::string("2.l.6.7"),
        std::string("2.l5.6.zz"), std::string("2.l100000000.6.7"), std::string("2.l5.6.7a,b")}) {
    CAPTURE(text);
    CHECK_FALSE(parse_token(text, 2).has_value());
  }
}
