#include "core/base/text.h"

#include <doctest/doctest.h>

#include <array>
#include <unordered_map>

using namespace pbx::core;
using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_CASE("comparison without case touches the ASCII letters only") {
  CHECK(equals_nocase("Via", "vIA"));
  CHECK(equals_nocase("", ""));
  CHECK_FALSE(equals_nocase("Via", "Vi"));
  CHECK_FALSE(equals_nocase("a@", "A`"));  // 0x40 and 0x60 differ by the case bit only
  CHECK_FALSE(equals_nocase("[", "{"));
  CHECK_FALSE(equals_nocase("\xc0", "\xe0"));  // no locale
  CHECK(hash_nocase("Contact") == hash_nocase("CONTACT"));
  CHECK(hash_nocase("Contact") != hash_nocase("Contract"));
  CHECK(less_nocase("Alpha", "beta"));
  CHECK_FALSE(less_nocase("BETA", "beta"));
  CHECK(to_lower("X-Header-9"sv) == "x-header-9");
}

TEST_CASE("a prefix is found without case and may be the whole text") {
  CHECK(starts_with_nocase("SIP:a@b", "sip:"));
  CHECK(starts_with_nocase("sip:", "SIP:"));
  CHECK(starts_with_nocase("x", ""));
  CHECK_FALSE(starts_with_nocase("si", "sip:"));
  CHECK_FALSE(starts_with_nocase("sips:a", "sip:"));
}

TEST_CASE("a map keyed without case looks up by view") {
  std::unordered_map<std::string, int, HashNocase, EqualNocase> map;
  map["Content-Length"] = 7;
  CHECK(map.find("content-length"sv) != map.end());
  CHECK(map.find("content-lengths"sv) == map.end());
}

TEST_CASE("trim takes white space from both ends only") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("") == "");
  CHECK(trim(" \t ") == "");
  CHECK(trim("a") == "a");
}

TEST_CASE("split fills no more parts than it was given; the last keeps the rest") {
  std::array<std::string_view, 3> parts;
  CHECK(split("a,b,c", ',', parts) == 3);
  CHECK(parts == std::array{"a"sv, "b"sv, "c"sv});
  CHECK(split("a,b,c,d,e", ',', parts) == 3);
  CHECK(parts[2] == "c,d,e");
  CHECK(split("", ',', parts) == 1);
  CHECK(parts[0] == "");
  CHECK(split("a,", ',', parts) == 2);
  CHECK(parts[1] == "");
  CHECK(split(",,", ',', parts) == 3);
  std::array<std::string_view, 1> whole;
  CHECK(split("a,b", ',', whole) == 1);
  CHECK(whole[0] == "a,b");
}

TEST_CASE("split_once cuts at the first separator") {
  const auto cut = split_once("key=a=b", '=');
  REQUIRE(cut);
  CHECK(cut->first == "key");
  CHECK(cut->second == "a=b");
  CHECK_FALSE(split_once("key", '='));
  CHECK(split_once("=", '=')->second == "");
}

TEST_CASE("a number is all of the text, within its type and limit") {
  CHECK(parse_uint<std::uint16_t>("0") == 0);
  CHECK(parse_uint<std::uint16_t>("65535") == 65535);
  CHECK(parse_uint<std::uint16_t>("007") == 7);
  CHECK(parse_uint<unsigned>("ff", 255u, 16) == 255u);
  CHECK(parse_uint<std::uint64_t>("18446744073709551615") == 18446744073709551615u);
  for (const char* text :
       {"", "65536", "-1", "+1", " 1", "1 ", "1x", "x", "0x1", "1.0", "99999999999999999999"})
    CHECK_FALSE(parse_uint<std::uint16_t>(text));
  CHECK(parse_uint<unsigned>("70", 70u) == 70u);
  CHECK_FALSE(parse_uint<unsigned>("71", 70u));
}

TEST_CASE("hex goes both ways and refuses what is not hex") {
  CHECK(hex_encode("\x00\x7f\xff"s + "A") == "007fff41");
  CHECK(hex_decode("007FfF41") == "\x00\x7f\xff"s + "A");
  CHECK(hex_decode("") == "");
  for (const char* text : {"0", "0g", "g0", "0 ", "zz", "-1"}) CHECK_FALSE(hex_decode(text));
}

TEST_CASE("base64 of RFC 4648 section 10") {
  const struct {
    const char* bytes;
    const char* text;
  } table[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"}};
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(base64_encode(row.bytes) == row.text);
    CHECK(base64_decode(row.text) == row.bytes);
  }
  CHECK(base64_encode("\xfb\xff\xfe") == "+//+");
  CHECK(base64_decode("+//+") == "\xfb\xff\xfe");
}

TEST_CASE("base64 of every byte comes back") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  for (std::size_t size = 0; size <= bytes.size(); ++size)
    CHECK(base64_decode(base64_encode(bytes.substr(0, size))) == bytes.substr(0, size));
}

TEST_CASE("base64 that is not exact is refused") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "=", "Zm 9", "Zm9v\n",
                           "Zm9-", "Zm9_", "Z=m9", "Zg==Zg==", "AB=="})
    CHECK_FALSE(base64_decode(text));
}
