#include "tools/call_load/sdp.h"

#include <doctest/doctest.h>

using namespace pbx;
using namespace pbx::call_load;

TEST_CASE("what is written is read back") {
  for (const Codec codec : {Codec::kPcmu, Codec::kPcma, Codec::kG722}) {
    for (const Direction direction :
         {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive}) {
      LocalAudio local;
      local.rtp = *core::parse_socket_address("192.0.2.5:40002");
      local.codec = codec;
      local.direction = direction;
      local.event_type = 97;
      std::string text;
      append_sdp(text, local);
      const auto remote = parse_sdp(text);
      REQUIRE(remote.has_value());
      CHECK(remote->rtp == local.rtp);
      CHECK(remote->has(codec));
      CHECK_FALSE(remote->has(codec == Codec::kPcmu ? Codec::kPcma : Codec::kPcmu));
      CHECK(remote->direction == direction);
      CHECK(remote->event_type == 97);
    }
  }
}

TEST_CASE("the text is what a telephone says") {
  LocalAudio local;
  local.rtp = *core::parse_socket_address("[2001:db8::5]:40002");
  local.codec = Codec::kG722;
  local.session = 7;
  local.version = 2;
  std::string text;
  append_sdp(text, local);
  CHECK(text ==
        "v=0\r\no=load 7 2 IN IP6 2001:db8::5\r\ns=-\r\nc=IN IP6 2001:db8::5\r\nt=0 0\r\n"
        "m=audio 40002 RTP/AVP 9 101\r\na=rtpmap:9 G722/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n");
}

TEST_CASE("the address of the stream wins over the session's, whatever the order of streams") {
  const auto audio = parse_sdp(
      "v=0\r\nc=IN IP4 192.0.2.1\r\na=inactive\r\nm=video 5000 RTP/AVP 99\r\nc=IN IP4 192.0.2.2\r\n"
      "a=sendonly\r\nm=audio 6000/2 RTP/AVP 96 8 0\r\nc=IN IP4 192.0.2.3/127\r\n"
      "a=rtpmap:96 telephone-event/8000\r\nm=audio 7000 RTP/AVP 9\r\nc=IN IP4 192.0.2.4\r\n");
  REQUIRE(audio.has_value());
  CHECK(audio->rtp.text() == "192.0.2.3:6000");
  CHECK(audio->has(Codec::kPcma));
  CHECK_FALSE(audio->has(Codec::kG722));
  CHECK(audio->event_type == 96);
  CHECK(audio->direction == Direction::kInactive);
}

TEST_CASE("SDP without a usable audio stream is refused") {
  for (const char* text :
       {"", "v=0\r\n", "c=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\n",
        "c=IN IP4 192.0.2.1\r\nm=audio 70000 RTP/AVP 0\r\n", "m=audio 6000 RTP/AVP 0\r\n",
        "c=IN IP4 pbx.test\r\nm=audio 6000 RTP/AVP 0\r\n", "c=IN IP4\r\nm=audio 6000 RTP/AVP\r\n",
        "c=IN IP4 192.0.2.1\r\nm=video 6000 RTP/AVP 0\r\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_sdp(text).has_value());
  }
}

TEST_CASE("more payload types than the bound are ignored, high ones too") {
  std::string text = "c=IN IP4 192.0.2.1\r\nm=audio 6000 RTP/AVP 127";
  for (int i = 0; i < 100; ++i) text += " 8";
  const auto audio = parse_sdp(text + " 0\r\n");
  REQUIRE(audio.has_value());
  CHECK(audio->has(Codec::kPcma));
  CHECK_FALSE(audio->has(Codec::kPcmu));
}

TEST_CASE("directions as the other side sees them") {
  CHECK(reversed(Direction::kSendOnly) == Direction::kRecvOnly);
  CHECK(reversed(Direction::kRecvOnly) == Direction::kSendOnly);
  CHECK(reversed(Direction::kSendRecv) == Direction::kSendRecv);
  CHECK(reversed(Direction::kInactive) == Direction::kInactive);
}
