#include "sip/sdp_audio.h"

#include <doctest/doctest.h>

#include "tests/unit/sip/sdp_samples.h"

namespace pbx::sip {
namespace {

using call::AudioDescription;
using call::Codec;
using call::Direction;
using call::Format;

std::optional<AudioDescription> first_audio(std::string_view text) {
  const auto description = parse_sdp(text);
  REQUIRE(description.has_value());
  return read_audio(*description, description->media.at(0));
}

AudioDescription audio_with(std::string_view lines) {
  const auto audio =
      first_audio("c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n" + std::string(lines));
  REQUIRE(audio);
  return *audio;
}

core::SocketAddress address(std::string_view text) {
  return core::parse_socket_address(text).value();
}

std::string codecs(const AudioDescription& audio) {
  std::string out;
  for (const auto& format : audio.formats)
    out += std::to_string(format.payload_type) + ":" + std::string(info(format.codec).name) + "/" +
           std::to_string(format.clock_hz) + " ";
  return out;
}

}  // namespace

TEST_CASE("what telephones say about their audio is understood") {
  struct Row {
    std::string_view text, rtp, rtcp, formats;
    Direction direction;
  };
  const Row rows[] = {
      {samples::kYealink, "192.0.2.21:11780", "192.0.2.21:11781",
       "9:G722/8000 0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000 ", Direction::kSendRecv},
      {samples::kGrandstream, "192.0.2.22:5004", "192.0.2.22:5005",
       "0:PCMU/8000 8:PCMA/8000 9:G722/8000 101:telephone-event/8000 ", Direction::kSendRecv},
      {samples::kCisco, "192.0.2.23:27382", "192.0.2.23:27383",
       "114:opus/48000 9:G722/8000 0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000 ",
       Direction::kSendRecv},
      {samples::kSnom, "192.0.2.24:54418", "192.0.2.24:54419",
       "8:PCMA/8000 0:PCMU/8000 3:GSM/8000 101:telephone-event/8000 ", Direction::kSendRecv},
      {samples::kPolycom, "192.0.2.25:2236", "192.0.2.25:2237",
       "9:G722/8000 0:PCMU/8000 8:PCMA/8000 127:telephone-event/8000 ", Direction::kSendOnly},
      {samples::kBaresip, "192.0.2.26:22046", "192.0.2.26:22047",
       "96:opus/48000 0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000 ", Direction::kSendRecv},
      {samples::kFreeswitch, "192.0.2.29:30112", "192.0.2.29:30113",
       "102:opus/48000 9:G722/8000 0:PCMU/8000 8:PCMA/8000 103:telephone-event/48000 "
       "101:telephone-event/8000 13:CN/8000 ",
       Direction::kSendRecv},
      {samples::kLinphone, "192.0.2.30:7078", "192.0.2.30:7079",
       "96:opus/48000 0:PCMU/8000 8:PCMA/8000 101:telephone-event/48000 99:telephone-event/8000 ",
       Direction::kSendRecv},
      {samples::kIpv6, "[2001:db8::21]:40000", "[2001:db8::21]:40001",
       "8:PCMA/8000 101:telephone-event/8000 ", Direction::kSendRecv},
      {samples::kOldHold, "0.0.0.0:4000", "0.0.0.0:4001", "0:PCMU/8000 ", Direction::kSendOnly},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto audio = first_audio(row.text);
    REQUIRE(audio);
    CHECK(audio->rtp == address(row.rtp));
    CHECK(audio->rtcp == address(row.rtcp));
    CHECK(codecs(*audio) == row.formats);
    CHECK(audio->direction == row.direction);
    CHECK(audio->ptime_ms == 20);
  }
}

TEST_CASE("format parameters stay with their format") {
  const auto audio = first_audio(samples::kFreeswitch);
  REQUIRE(audio);
  CHECK(audio->formats[0].fmtp == "useinbandfec=1; maxaveragebitrate=30000");
  CHECK(audio->formats[1].fmtp.empty());
  CHECK(audio->formats[5].fmtp == "0-16");
}

TEST_CASE("an SRTP stream gives its usable keys, a plain one gives none") {
  const auto srtp = first_audio(samples::kSnom);
  REQUIRE(srtp);
  REQUIRE(srtp->keys.size() == 1);
  CHECK(srtp->keys[0].suite == call::SrtpSuite::kAesCm128HmacSha1_32);
  CHECK(audio_with("a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
                   "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n")
            .keys.empty());
}

TEST_CASE("streams we cannot take are told apart") {
  for (const std::string_view text : {
           "c=IN IP4 192.0.2.1\nm=audio 0 RTP/AVP 0\n",
           "c=IN IP4 192.0.2.1\nm=video 4000 RTP/AVP 0\n",
           "c=IN IP4 192.0.2.1\nm=image 4000 udptl t38\n",
           "c=IN IP4 192.0.2.1\nm=audio 4000 UDP/TLS/RTP/SAVPF 0\n",
           "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/SAVP 0\n",
           "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/SAVP 0\na=crypto:1 NONE inline:AAAA\n",
           "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 18 96\na=rtpmap:18 G729/8000\n",
           "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 101 13\na=rtpmap:101 telephone-event/8000\n",
           "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP * 128 -1\n",
       }) {
    CAPTURE(text);
    CHECK_FALSE(first_audio(text));
  }
}

TEST_CASE("the direction of the stream goes before that of the session") {
  struct Row {
    std::string_view session, media;
    Direction direction;
  };
  const Row rows[] = {
      {"", "", Direction::kSendRecv},
      {"a=inactive\n", "", Direction::kInactive},
      {"a=sendonly\n", "a=recvonly\n", Direction::kRecvOnly},
      {"a=inactive\n", "a=SendRecv\n", Direction::kSendRecv},
      {"", "a=sendonly\n", Direction::kSendOnly},
  };
  for (const auto& row : rows) {
    CAPTURE(row.session);
    CAPTURE(row.media);
    const auto audio = first_audio("c=IN IP4 192.0.2.1\n" + std::string(row.session) +
                                   "m=audio 4000 RTP/AVP 0\n" + std::string(row.media));
    REQUIRE(audio);
    CHECK(audio->direction == row.direction);
  }
}

TEST_CASE("hold by the address 0.0.0.0 takes away one direction") {
  const auto text = [](std::string_view ip, std::string_view direction) {
    return "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\nc=IN " + std::string(ip) +
           "\na=" + std::string(direction) + "\n";
  };
  CHECK(first_audio(text("IP4 0.0.0.0", "sendrecv"))->direction == Direction::kSendOnly);
  CHECK(first_audio(text("IP4 0.0.0.0", "recvonly"))->direction == Direction::kInactive);
  CHECK(first_audio(text("IP6 ::", "sendrecv"))->direction == Direction::kSendOnly);
}

TEST_CASE("a name in place of an address leaves the address open") {
  const auto audio = first_audio("c=IN IP4 phone.example.com\nm=audio 4000 RTP/AVP 0\n");
  REQUIRE(audio);
  CHECK_FALSE(audio->rtp.ip);
  CHECK(audio->rtp.port == 4000);
  CHECK_FALSE(first_audio("m=audio 4000 RTP/AVP 0\n")->rtp.ip);
  CHECK(audio->direction == Direction::kSendRecv);
}

TEST_CASE("packet times outside the bounds are ignored") {
  struct Row {
    std::string_view lines;
    std::uint16_t ptime_ms;
  };
  const Row rows[] = {
      {"", 20},
      {"a=ptime:30\n", 30},
      {"a=ptime:20.0\n", 20},
      {"a=ptime:0\n", 20},
      {"a=ptime:4\n", 20},
      {"a=ptime:201\n", 20},
      {"a=ptime:x\n", 20},
      {"a=maxptime:10\n", 10},
      {"a=ptime:60\na=maxptime:40\n", 40},
      {"a=ptime:20\na=maxptime:150\n", 20},
  };
  for (const auto& row : rows) {
    CAPTURE(row.lines);
    CHECK(audio_with(row.lines).ptime_ms == row.ptime_ms);
  }
}

TEST_CASE("RTCP goes where the stream says") {
  CHECK(audio_with("").rtcp == address("192.0.2.1:4001"));
  CHECK(audio_with("a=rtcp:5000\n").rtcp == address("192.0.2.1:5000"));
  CHECK(audio_with("a=rtcp:5000 IN IP4 192.0.2.9\n").rtcp == address("192.0.2.9:5000"));
  CHECK(audio_with("a=rtcp:port\n").rtcp == address("192.0.2.1:4001"));
  const auto muxed = audio_with("a=rtcp:5000\na=rtcp-mux\n");
  CHECK(muxed.rtcp_mux);
  CHECK(muxed.rtcp == muxed.rtp);
  CHECK(first_audio("c=IN IP4 192.0.2.1\nm=audio 65535 RTP/AVP 0\n")->rtcp.port == 0);
}

TEST_CASE("a number is taken once, and channels must fit the codec") {
  CHECK(audio_with("").formats.size() == 1);
  const auto read = [](std::string_view media) {
    const auto audio = first_audio("c=IN IP4 192.0.2.1\n" + std::string(media));
    return audio ? codecs(*audio) : "";
  };
  CHECK(read("m=audio 4000 RTP/AVP 0 0 0\n") == "0:PCMU/8000 ");
  CHECK(read("m=audio 4000 RTP/AVP 96\na=rtpmap:96 pcma/8000/1\n") == "96:PCMA/8000 ");
  CHECK(read("m=audio 4000 RTP/AVP 96\na=rtpmap:96 OPUS/48000\n") == "96:opus/48000 ");
  CHECK(read("m=audio 4000 RTP/AVP 96\na=rtpmap:96 L16/16000/2\n").empty());
  CHECK(read("m=audio 4000 RTP/AVP 96\na=rtpmap:96 L16/16000\n") == "96:L16/16000 ");
  CHECK(read("m=audio 4000 RTP/AVP 96\na=rtpmap:96 PCMU\n").empty());
  // A map for a static number replaces the static meaning.
  CHECK(read("m=audio 4000 RTP/AVP 0\na=rtpmap:0 PCMA/8000\n") == "0:PCMA/8000 ");
}

TEST_CASE("a number without map is known from what was said before") {
  const auto description = parse_sdp("c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 107 101\n").value();
  const auto audio =
      read_audio(description, description.media[0],
                 {{Codec::kOpus, 107, 48000, "x=1"}, {Codec::kTelephoneEvent, 101, 8000, ""}});
  REQUIRE(audio);
  CHECK(codecs(*audio) == "107:opus/48000 101:telephone-event/8000 ");
}

TEST_CASE("a stream is written with all its lines") {
  AudioDescription audio;
  audio.rtp = address("192.0.2.1:4000");
  audio.rtcp = address("192.0.2.1:4001");
  audio.formats = {{Codec::kOpus, 96, 48000, "useinbandfec=1"},
                   {Codec::kPcmu, 0, 8000, ""},
                   {Codec::kTelephoneEvent, 101, 8000, ""}};
  const auto text = [](const AudioDescription& value, std::string_view protocol) {
    SessionDescription session;
    session.media = {write_audio(value, protocol)};
    const auto all = write_sdp(session);
    return all.substr(all.find("m="));
  };
  const std::string head =
      "m=audio 4000 RTP/AVP 96 0 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
      "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
      "0-16\r\na=ptime:20\r\n";
  CHECK(text(audio, "RTP/AVP") == head + "a=sendrecv\r\n");
  audio.direction = Direction::kInactive;
  audio.rtcp = address("192.0.2.1:5000");
  CHECK(text(audio, "RTP/AVP") == head + "a=rtcp:5000 IN IP4 192.0.2.1\r\na=inactive\r\n");
  audio.rtcp_mux = true;
  audio.keys = {{3, call::SrtpSuite::kAesCm128HmacSha1_80, std::string(30, '\0')}};
  const auto srtp = text(audio, "RTP/SAVP");
  CHECK(srtp.find("a=rtcp-mux\r\na=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:AAAA") !=
        std::string::npos);
  CHECK(srtp.find("a=rtcp:") == std::string::npos);
}

TEST_CASE("a written stream reads back") {
  AudioDescription audio;
  audio.rtp = address("[2001:db8::1]:4000");
  audio.rtcp = address("[2001:db8::1]:4005");
  audio.direction = Direction::kRecvOnly;
  audio.ptime_ms = 30;
  audio.formats = {{Codec::kL16, 97, 16000, ""},
                   {Codec::kTelephoneEvent, 101, 8000, "0-15"},
                   {Codec::kComfortNoise, 13, 8000, ""}};
  audio.keys = {{1, call::SrtpSuite::kAesCm128HmacSha1_32, std::string(30, 'k')}};
  SessionDescription session;
  session.has_connection = true;
  session.connection = sdp_address(audio.rtp.ip);
  session.media = {write_audio(audio, "RTP/SAVP")};
  const auto again = parse_sdp(write_sdp(session)).value();
  CHECK(read_audio(again, again.media[0]) == audio);
}

}  // namespace pbx::sip
