#include "sip/dtmf_info.h"

#include <doctest/doctest.h>

namespace pbx::sip {

using namespace std::chrono_literals;

TEST_CASE("digits are read in every form that telephones send") {
  struct Row {
    std::string_view type, body;
    char digit;
    std::chrono::milliseconds duration;
  };
  const Row rows[] = {
      {"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5', 160ms},
      {"application/dtmf-relay", "Signal= 5\nDuration= 250", '5', 250ms},
      {"Application/DTMF-Relay;x=1", "signal=*", '*', 160ms},
      {"application/dtmf-relay", "Duration=100\r\nSignal=#\r\n", '#', 100ms},
      {"application/dtmf-relay", "Signal=10", '*', 160ms},
      {"application/dtmf-relay", "Signal=11", '#', 160ms},
      {"application/dtmf-relay", "Signal=15", 'D', 160ms},
      {"application/dtmf-relay", "Signal=b", 'B', 160ms},
      {"application/dtmf-relay", "Signal=1\r\nDuration=0", '1', 40ms},
      {"application/dtmf-relay", "Signal=1\r\nDuration=99999", '1', 5000ms},
      {"application/dtmf-relay", "Signal=1\r\nDuration=x", '1', 160ms},
      {"application/dtmf", "7", '7', 160ms},
      {"application/dtmf", " 0 \r\n", '0', 160ms},
      {"application/dtmf", "Signal=9", '9', 160ms},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    const auto it = parse_dtmf_info(row.type, row.body);
    REQUIRE(it);
    CHECK(it->digit == row.digit);
    CHECK(it->duration == row.duration);
  }
}

TEST_CASE("what is no digit is none") {
  for (const std::string_view body :
       {"", "Signal=", "Signal=E", "Signal=16", "Signal=hf", "Signal=55", "Duration=160", "\r\n"}) {
    CAPTURE(body);
    CHECK_FALSE(parse_dtmf_info("application/dtmf-relay", body));
  }
  CHECK_FALSE(parse_dtmf_info("text/plain", "5"));
  CHECK_FALSE(parse_dtmf_info("application/dtmf", "5" + std::string(kInfoBytesMax, '\n')));
}

TEST_CASE("the kinds of INFO are told apart") {
  CHECK(info_kind("application/dtmf-relay", "x") == InfoKind::kDigit);
  CHECK(info_kind("application/dtmf", "x") == InfoKind::kDigit);
  CHECK(info_kind("application/media_control+xml; charset=utf-8", "<x/>") ==
        InfoKind::kMediaControl);
  CHECK(info_kind("", "") == InfoKind::kEmpty);
  CHECK(info_kind("", "5") == InfoKind::kOther);
  CHECK(info_kind("text/plain", "") == InfoKind::kOther);
}

TEST_CASE("a written digit reads back") {
  const auto body = format_dtmf_relay('#', 200ms);
  CHECK(body == "Signal=#\r\nDuration=200\r\n");
  const auto it = parse_dtmf_info(kDtmfRelayType, body);
  REQUIRE(it);
  CHECK(it->digit == '#');
  CHECK(it->duration == 200ms);
}

}  // namespace pbx::sip
