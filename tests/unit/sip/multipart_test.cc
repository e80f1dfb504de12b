#include "sip/multipart.h"

#include <doctest/doctest.h>

#include <string>

using namespace pbx::sip;

namespace {

constexpr std::string_view kType = "multipart/mixed;boundary=\"b 1\"";

}  // namespace

TEST_CASE("the description is found among other parts") {
  const std::string body =
      "preamble\r\n--b 1\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
      "--b 1\r\nContent-Disposition: session\r\ncontent-type: application/SDP;x=1\r\nX: y\r\n\r\n"
      "v=0\r\n--b 1--\r\n";
  const auto found = find_part(kType, body, "application/sdp");
  REQUIRE(found);
  CHECK(*found == "v=0\r\n");
}

TEST_CASE("what is broken holds no description") {
  CHECK_FALSE(find_part("multipart/mixed", "--b 1\r\n\r\n", "application/sdp"));
  CHECK_FALSE(find_part(kType, "", "application/sdp"));
  CHECK_FALSE(find_part(kType, "--b 1", "application/sdp"));
  CHECK_FALSE(find_part(kType, "--b 1\r\nContent-Type: application/sdp\r\n", "application/sdp"));
  CHECK_FALSE(find_part("multipart/mixed;boundary=\"", "--\r\n\r\n--", "application/sdp"));
  std::string many;
  for (int n = 0; n < 1000; ++n) many += "--b 1\r\n\r\n";
  CHECK_FALSE(find_part(kType, many, "application/sdp"));
}
