#include "sip/uri.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

Uri uri(std::string_view text) {
  auto result = parse_uri(text);
  REQUIRE_MESSAGE(result.has_value(), text);
  return *result;
}

}  // namespace

TEST_CASE("the parts of a URI are found and unescaped") {
  const auto it =
      uri("sips:j%40ne;x?y:pa%3ass@Example.COM:5061;transport=tcp;lr;q=%22?Subject=a%20b");
  CHECK(it.scheme == Uri::Scheme::kSips);
  CHECK(it.user == "j@ne;x?y");
  CHECK(it.password == "pa:ss");
  CHECK(it.host == "Example.COM");
  CHECK(it.port == 5061);
  REQUIRE(it.params.size() == 3);
  CHECK(find_param(it.params, "TRANSPORT")->value == "tcp");
  CHECK(find_param(it.params, "lr")->value.empty());
  CHECK(it.params[2].value == "\"");
  CHECK_FALSE(find_param(it.params, "maddr"));
  CHECK(it.headers == "Subject=a%20b");
}

TEST_CASE("a URI that was read is written again") {
  for (const std::string_view text : {
           "sip:1001@192.0.2.1",
           "sip:192.0.2.1:5060",
           "sip:1001@[2001:db8::1]:5070;transport=udp",
           "sips:a%20b@example.com",
           "sip:null-%00-null@example.com",
           "sip:user;par=u%40h@example.com;lr",
           "sip:+15551234;phone-context=x@gw.example.com;user=phone",
           "sip:a@example.com?Replaces=1%3Bto-tag%3D2",
           "tel:+1-201-555-0123;phone-context=example.com",
           "tel:*43",
       }) {
    CAPTURE(text);
    CHECK(uri(text).text() == text);
    CHECK(uri(uri(text).text()) == uri(text));
  }
}

TEST_CASE("what is no URI is refused") {
  for (const std::string_view text : {
           "",
           "sip",
           "sip:",
           "sip:@example.com",
           "http://example.com",
           "sip:a@",
           "sip:a@b@c",
           "sip:a@exa mple",
           "sip:a@example.com:",
           "sip:a@example.com:0",
           "sip:a@example.com:65536",
           "sip:a@[::1",
           "sip:a@[::1]x",
           "sip:a@[192.0.2.1]",
           "sip:a@b;=x",
           "sip:a@b\x01",
           "sip:<a@b>",
           "tel:",
           "tel:abcxyz",
           "sip:a@ex\xc3\xa4mple",
       }) {
    CAPTURE(text);
    CHECK_FALSE(parse_uri(text).has_value());
  }
}

TEST_CASE("URIs are bounded") {
  const std::string head = "sip:a@b;x=";
  CHECK(parse_uri(head + std::string(kUriBytesMax - head.size(), 'y')).has_value());
  CHECK(parse_uri(head + std::string(kUriBytesMax - head.size() + 1, 'y')).error().code ==
        core::ErrorCode::kLimitReached);
  std::string params = "sip:a@b";
  for (std::size_t i = 0; i <= kUriParamsMax; ++i) params += ";x" + std::to_string(i);
  CHECK(parse_uri(params).error().code == core::ErrorCode::kLimitReached);
}

TEST_CASE("URIs are compared as RFC 3261 19.1.4 says") {
  struct Row {
    std::string_view a, b;
    bool same;
  };
  const Row rows[] = {
      {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
      {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
      {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", true},
      {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
      {"sip:ALICE@AtLanTa.CoM", "sip:alice@atlanta.com", false},
      {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
      {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
      {"sip:bob@biloxi.com", "sips:bob@biloxi.com", false},
      {"sip:bob@biloxi.com", "sip:bob@192.0.2.4", false},
      {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=x", false},
      {"sip:carol@chicago.com;maddr=192.0.2.1", "sip:carol@chicago.com", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(equivalent(uri(row.a), uri(row.b)) == row.same);
    CHECK(equivalent(uri(row.b), uri(row.a)) == row.same);
  }
}

TEST_CASE("an address is read in each of its forms") {
  struct Row {
    std::string_view text, display, uri;
    std::size_t params;
  };
  const Row rows[] = {
      {"<sip:a@b>", "", "sip:a@b", 0},
      {"sip:a@b", "", "sip:a@b", 0},
      {"sip:a@b;tag=1;x", "", "sip:a@b", 2},
      {"<sip:a@b;lr>;tag=1", "", "sip:a@b;lr", 1},
      {"Bob Smith <sip:a@b> ; q=0.7", "Bob Smith", "sip:a@b", 1},
      {"\"B, \\\"ob\\\" <x>\" <sip:a@b>;reason=\"user busy\";privacy=off", "B, \"ob\" <x>",
       "sip:a@b", 2},
      {"<urn:uuid:1>;x=[::1]:5060", "", "urn:uuid:1", 1},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto it = parse_name_addr(row.text);
    REQUIRE(it.has_value());
    CHECK(it->display == row.display);
    CHECK(it->uri == row.uri);
    CHECK(it->params.size() == row.params);
    CHECK(parse_name_addr(it->text()) == *it);
  }
}

TEST_CASE("what is no address is refused") {
  for (const std::string_view text :
       {"", "<>", "<sip:a@b", "\"x <sip:a@b>", "\"x\" sip:a@b", "<sip:a@b> x", "<sip:a@b>;x=\"y",
        "<sip:a b>", "<sip:a\r\nX: y>"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_name_addr(text).has_value());
  }
  CHECK(parse_name_addr("<" + std::string(kNameAddrBytesMax, 'a') + ">").error().code ==
        core::ErrorCode::kLimitReached);
}

TEST_CASE("the first of two parameters of one name counts") {
  const auto it = uri("sip:a@b;x=1;X=2");
  CHECK(it.text() == "sip:a@b;x=1");
  CHECK(equivalent(it, it));
}

TEST_CASE("a bad escape stays as it is") {
  CHECK(unescape("%4") == "%4");
  CHECK(unescape("%zz%41") == "%zzA");
  CHECK(unescape("%") == "%");
  CHECK(escape_user("#1 2@") == "%231%202%40");
}

}  // namespace pbx::sip
