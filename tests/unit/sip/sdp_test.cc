#include "sip/sdp.h"

#include <doctest/doctest.h>

#include <optional>

#include "tests/unit/sip/sdp_samples.h"

namespace pbx::sip {
namespace {

SessionDescription parsed(std::string_view text) {
  auto result = parse_sdp(text);
  REQUIRE_MESSAGE(result.has_value(), result.error().detail);
  return *result;
}

std::string repeated(std::string_view line, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += line;
  return out;
}

}  // namespace

TEST_CASE("descriptions of the trade are read and survive being written") {
  struct Row {
    std::string_view text;
    std::string_view host;  // of the origin
    std::size_t media;
    std::uint16_t port;  // of the first stream
    std::size_t formats, attributes;
  };
  const Row rows[] = {
      {samples::kYealink, "192.0.2.21", 1, 11780, 5, 9},
      {samples::kGrandstream, "192.0.2.22", 1, 5004, 8, 14},
      {samples::kCisco, "192.0.2.23", 2, 27382, 10, 14},
      {samples::kSnom, "192.0.2.24", 2, 54418, 5, 10},
      {samples::kPolycom, "192.0.2.25", 1, 2236, 4, 1},
      {samples::kBaresip, "192.0.2.26", 1, 22046, 4, 12},
      {samples::kSipp, "192.0.2.27", 1, 6000, 1, 1},
      {samples::kAsterisk, "192.0.2.28", 1, 13592, 4, 8},
      {samples::kFreeswitch, "192.0.2.29", 1, 30112, 7, 12},
      {samples::kLinphone, "192.0.2.30", 1, 7078, 7, 9},
      {samples::kBrowser, "127.0.0.1", 3, 9, 8, 21},
      {samples::kT38, "192.0.2.32", 2, 0, 1, 0},
      {samples::kIpv6, "2001:db8::21", 1, 40000, 2, 1},
      {samples::kOldHold, "192.0.2.33", 1, 4000, 1, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto description = parsed(row.text);
    CHECK(description.origin.address.host == row.host);
    REQUIRE(description.media.size() == row.media);
    CHECK(description.media[0].port == row.port);
    CHECK(description.media[0].formats.size() == row.formats);
    CHECK(description.media[0].attributes.size() == row.attributes);
    CHECK(parsed(write_sdp(description)) == description);
  }
}

TEST_CASE("each field is found where it belongs") {
  const auto description = parsed(samples::kCisco);
  CHECK(description.origin.username == "Cisco-SIPUA");
  CHECK(description.origin.session_id == "14218");
  CHECK(description.origin.version == "0");
  CHECK(description.name == "SIP Call");
  CHECK_FALSE(description.has_connection);
  const auto& audio = description.media[0];
  CHECK(audio.type == "audio");
  CHECK(audio.protocol == "RTP/AVP");
  CHECK(audio.formats.front() == "114");
  CHECK(audio.has_connection);
  CHECK(audio.connection.ip == core::parse_ip("192.0.2.23").value());
  REQUIRE(find_attribute(audio.attributes, "RTPMAP"));
  CHECK(find_attribute(audio.attributes, "rtpmap")->value == "114 opus/48000/2");
  CHECK(find_attribute(audio.attributes, "sendrecv")->value.empty());
  CHECK_FALSE(find_attribute(audio.attributes, "ptime"));
  CHECK(description.media[1].type == "video");
}

TEST_CASE("telephones are forgiven their habits") {
  struct Row {
    std::string_view what, text;
  };
  const Row rows[] = {
      {"line feeds only",
       "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n"
       "m=audio 4000 RTP/AVP 0\n"},
      {"carriage returns only",
       "v=0\ro=- 1 1 IN IP4 192.0.2.1\rs=-\rc=IN IP4 192.0.2.1\rt=0 0\r"
       "m=audio 4000 RTP/AVP 0\r"},
      {"no s= and no t=",
       "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\n"
       "m=audio 4000 RTP/AVP 0\r\n"},
      {"no line end at the end",
       "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\n"
       "m=audio 4000 RTP/AVP 0"},
      {"blanks and empty lines",
       "\r\nv=0 \r\no= - 1  1 IN IP4 192.0.2.1 \r\ns=\r\n"
       "c=IN  IP4 192.0.2.1\t\r\n\r\nm= audio 4000  RTP/AVP 0 \r\n\r\n"},
      {"session lines after m=",
       "c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\n"
       "o=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nv=0\r\n"},
      {"lower case network",
       "v=0\r\no=- 1 1 in ip4 192.0.2.1\r\ns=-\r\nc=in ip4 192.0.2.1/127\r\n"
       "m=audio 4000 RTP/AVP 0\r\n"},
      {"nonsense in t=",
       "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
       "t=now then\r\nm=audio 4000 RTP/AVP 0\r\n"},
      {"lines nobody needs",
       "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
       "i=x\r\nk=clear:1\r\nX=1\r\nm=audio 4000 RTP/AVP 0\r\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto description = parsed(row.text);
    CHECK(description.origin.session_id == "1");
    CHECK(description.connection.host == "192.0.2.1");
    REQUIRE(description.media.size() == 1);
    CHECK(description.media[0].port == 4000);
    CHECK(description.media[0].formats == std::vector<std::string>{"0"});
    CHECK(description.name == "-");
  }
}

TEST_CASE("a user name with blanks does not shift the other fields of o=") {
  const auto origin = parsed("o=My Phone 7 12 13 IN IP4 192.0.2.1\r\n").origin;
  CHECK(origin.username == "My Phone 7");
  CHECK(origin.session_id == "12");
  CHECK(origin.version == "13");
}

TEST_CASE("a name instead of an address is kept as a name") {
  const auto description = parsed("c=IN IP6 media.example.com\r\nm=audio 1 RTP/AVP 0\r\n");
  CHECK(description.connection.host == "media.example.com");
  CHECK(description.connection.family == core::IpFamily::kV6);
  CHECK_FALSE(description.connection.ip);
}

TEST_CASE("the first of several c= lines of one stream counts") {
  const auto description = parsed(
      "c=IN IP4 192.0.2.1\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 192.0.2.2\r\nc=IN IP4 192.0.2.3\r\n");
  CHECK(description.connection.host == "192.0.2.1");
  CHECK(description.media[0].connection.host == "192.0.2.2");
}

TEST_CASE("a refused stream may come without formats") {
  const auto media = parsed("m=video 0 RTP/AVP\r\nm=audio 4000/2 RTP/AVP 0\r\n").media;
  CHECK(media[0].formats.empty());
  CHECK(media[1].port_count == 2);
}

TEST_CASE("a mistake is told with its line") {
  struct Row {
    std::string_view text, message;
  };
  const Row rows[] = {
      {"", "line 0: empty description"},
      {"\r\n\r\n", "line 2: empty description"},
      {"v=1\r\n", "line 1: unknown version"},
      {"v=0\r\nhello\r\n", "line 2: expected a letter and '='"},
      {"v=0\r\n=\r\n", "line 2: expected a letter and '='"},
      {std::string_view("v=0\r\ns=a\0b\r\n", 12), "line 2: control octet"},
      {"v=0\r\na=x:\x01\r\n", "line 2: control octet"},
      {"o=- 1 IN IP4\r\n", "line 1: o= has too few fields"},
      {"o=- 1 1 IN IP5 192.0.2.1\r\n", "line 1: o= has no address"},
      {"v=0\nc=IN IP4\n", "line 2: c= needs IN, IP4 or IP6, and an address"},
      {"c=ATM IP4 192.0.2.1\r\n", "line 1: c= needs IN, IP4 or IP6, and an address"},
      {"c=IN IP4 /127\r\n", "line 1: c= needs IN, IP4 or IP6, and an address"},
      {"m=\r\n", "line 1: m= needs a media type"},
      {"m=au\xc3\xa4io 4000 RTP/AVP 0\r\n", "line 1: m= needs a media type"},
      {"m=audio\r\n", "line 1: m= needs a port from 0 to 65535"},
      {"m=audio 65536 RTP/AVP 0\r\n", "line 1: m= needs a port from 0 to 65535"},
      {"m=audio -1 RTP/AVP 0\r\n", "line 1: m= needs a port from 0 to 65535"},
      {"m=audio 4000/0 RTP/AVP 0\r\n", "line 1: m= needs a port from 0 to 65535"},
      {"m=audio 4000/x RTP/AVP 0\r\n", "line 1: m= needs a port from 0 to 65535"},
      {"m=audio 4000\r\n", "line 1: m= needs a protocol"},
      {"m=audio 4000 RTP/AVP\r\n", "line 1: m= needs a format"},
      {"m=audio 4000 RTP/AVP \xff\xfe\r\n", "line 1: m= has a format that is no word"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto result = parse_sdp(row.text);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == core::ErrorCode::kCorrupt);
    CHECK(result.error().detail == row.message);
  }
}

TEST_CASE("every bound refuses the whole text") {
  const std::string media = "m=audio 4000 RTP/AVP 0\r\n";
  const auto code = [](const std::string& text) {
    const auto result = parse_sdp(text);
    return result ? std::optional<core::ErrorCode>() : result.error().code;
  };
  CHECK_FALSE(code(repeated(media, kSdpMediaMax)));
  CHECK(code(repeated(media, kSdpMediaMax + 1)) == core::ErrorCode::kLimitReached);
  CHECK_FALSE(code(media + repeated("a=x\r\n", kSdpAttributesMax)));
  CHECK(code(media + repeated("a=x\r\n", kSdpAttributesMax + 1)) == core::ErrorCode::kLimitReached);
  CHECK_FALSE(code("m=audio 1 RTP/AVP" + repeated(" 0", kSdpFormatsMax)));
  CHECK(code("m=audio 1 RTP/AVP" + repeated(" 0", kSdpFormatsMax + 1)) ==
        core::ErrorCode::kLimitReached);
  CHECK_FALSE(code(media + repeated("\n", kSdpLinesMax - 1)));
  CHECK(code(media + repeated("\n", kSdpLinesMax)) == core::ErrorCode::kLimitReached);
  CHECK_FALSE(code(media + "s=" + std::string(kSdpBytesMax - media.size() - 2, 'x')));
  CHECK(code(media + "s=" + std::string(kSdpBytesMax - media.size() - 1, 'x')) ==
        core::ErrorCode::kLimitReached);
}

TEST_CASE("a written description has the lines of RFC 8866 in order") {
  SessionDescription description;
  description.origin = {"-", "42", "43", sdp_address(core::parse_ip("2001:db8::1").value())};
  description.name = "Exchange";
  description.has_connection = true;
  description.connection = sdp_address(core::parse_ip("192.0.2.1").value());
  description.attributes = {{"sendrecv", ""}};
  SdpMedia audio;
  audio.type = "audio";
  audio.port = 4000;
  audio.protocol = "RTP/AVP";
  audio.formats = {"0", "101"};
  audio.attributes = {{"rtpmap", "0 PCMU/8000"}};
  description.media = {audio};
  CHECK(write_sdp(description) ==
        "v=0\r\no=- 42 43 IN IP6 2001:db8::1\r\ns=Exchange\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "a=sendrecv\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n");
}

TEST_CASE("a value cannot add a line to what is written") {
  SessionDescription description;
  description.name = "x\r\nm=audio 1 RTP/AVP 0";
  CHECK(parsed(write_sdp(description)).media.empty());
}

TEST_CASE("no address at all is written as 0.0.0.0") {
  CHECK(sdp_address({}).host == "0.0.0.0");
  CHECK(sdp_address(core::parse_ip("::1").value()).family == core::IpFamily::kV6);
}

}  // namespace pbx::sip
