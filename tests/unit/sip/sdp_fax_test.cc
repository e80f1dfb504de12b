#include "sip/sdp_fax.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

SessionDescription parsed(const std::string& media) {
  auto description = parse_sdp(
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
      "t=0 0\r\n" +
      media);
  REQUIRE(description.has_value());
  return *description;
}

std::optional<call::AudioDescription> read(const std::string& media) {
  const auto description = parsed(media);
  return read_fax(description, description.media.at(0));
}

}  // namespace

TEST_CASE("a fax stream is read with its attributes as they are") {
  const auto fax = read(
      "m=image 4000 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxFillBitRemoval\r\n"
      "a=T38FaxRateManagement:transferredTCF\r\na=t38faxudpec:t38UDPRedundancy\r\na=sendrecv\r\n");
  REQUIRE(fax.has_value());
  CHECK(fax->rtp.text() == "192.0.2.1:4000");
  CHECK(fax->formats.empty());
  REQUIRE(fax->fax.has_value());
  CHECK(fax->fax->attributes == std::vector<std::string>{"T38FaxVersion:0", "T38FaxFillBitRemoval",
                                                         "T38FaxRateManagement:transferredTCF",
                                                         "t38faxudpec:t38UDPRedundancy"});
}

TEST_CASE("the address of the stream goes before that of the session") {
  CHECK(read("m=image 4000 UDPTL T38\r\nc=IN IP4 192.0.2.9\r\n")->rtp.text() == "192.0.2.9:4000");
}

TEST_CASE("what is refused or no T.38 over UDPTL is not taken") {
  for (const char* media :
       {"m=image 0 udptl t38\r\n", "m=image 4000 tcp t38\r\n", "m=image 4000 udptl x\r\n",
        "m=audio 4000 RTP/AVP 8\r\n", "m=image 4000 RTP/AVP 98\r\n"}) {
    CAPTURE(std::string(media));
    CHECK_FALSE(read(media).has_value());
  }
}

TEST_CASE("attributes are bounded in number and length") {
  std::string media = "m=image 4000 udptl t38\r\na=T38Long:" + std::string(100, 'x') + "\r\n";
  for (int i = 0; i < 40; ++i) media += "a=T38X:" + std::to_string(i) + "\r\n";
  const auto fax = read(media);
  REQUIRE(fax.has_value());
  CHECK(fax->fax->attributes.size() == kFaxAttributesMax);
  CHECK(fax->fax->attributes.front() == "T38X:0");
}

TEST_CASE("a fax stream is written as it was read") {
  const std::string media =
      "m=image 4000 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxTranscodingMMR\r\n";
  const auto description = parsed(media);
  CHECK(write_fax(*read_fax(description, description.media[0])) == description.media[0]);
}

}  // namespace pbx::sip
