#include "sip/offer_answer.h"

#include <doctest/doctest.h>

#include "tests/unit/sip/sdp_samples.h"

namespace pbx::sip {
namespace {

using call::AudioDescription;
using call::Codec;
using call::Direction;
using call::SrtpSuite;
using Phase = OfferAnswer::Phase;

constexpr OfferAnswerState::Phase kStable = Phase::kStable;

AudioDescription ours() {
  AudioDescription audio;
  audio.rtp = core::parse_socket_address("198.51.100.1:20000").value();
  audio.rtcp = core::parse_socket_address("198.51.100.1:20001").value();
  audio.formats = {{Codec::kPcma, 8, 8000, ""}, {Codec::kTelephoneEvent, 101, 8000, ""}};
  return audio;
}

OfferAnswer dialog() { return OfferAnswer({7, "Exchange", true, true}); }

std::string line(std::string_view text, std::string_view start) {
  const auto at = text.find("\r\n" + std::string(start));
  if (at == std::string_view::npos) return "";
  const auto rest = text.substr(at + 2);
  return std::string(rest.substr(0, rest.find("\r\n")));
}

std::vector<std::string> media_lines(std::string_view text) {
  std::vector<std::string> out;
  for (auto at = text.find("\r\nm="); at != text.npos; at = text.find("\r\nm=", at + 1))
    out.push_back(line(text.substr(at), "m="));
  return out;
}

std::string remote(std::string_view version, std::string_view media,
                   std::string_view ip = "192.0.2.50") {
  return "v=0\r\no=- 9 " + std::string(version) + " IN IP4 192.0.2.50\r\ns=-\r\nc=IN IP4 " +
         std::string(ip) + "\r\nt=0 0\r\n" + std::string(media);
}

constexpr std::string_view kPcma = "m=audio 5000 RTP/AVP 8\r\n";
constexpr std::string_view kSrtp80 =
    "m=audio 5000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 "
    "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";

// After a first offer of theirs and our answer.
OfferAnswer established(std::string_view offer) {
  auto it = dialog();
  REQUIRE(it.receive_offer(offer));
  REQUIRE(it.make_answer(ours()));
  return it;
}

}  // namespace

TEST_CASE("an answer repeats the streams of the offer in order and refuses all but one") {
  auto it = dialog();
  const auto offer = it.receive_offer(samples::kCisco);
  REQUIRE(offer);
  REQUIRE(offer->audio);
  CHECK_FALSE(offer->unchanged);
  CHECK(it.phase() == Phase::kRemoteOffer);
  const auto answer = it.make_answer(ours());
  REQUIRE(answer);
  CHECK(it.phase() == kStable);
  CHECK(
      answer->text ==
      "v=0\r\no=- 7 1 IN IP4 198.51.100.1\r\ns=Exchange\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"
      "m=audio 20000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
      "a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\nm=video 0 RTP/AVP 100\r\n");
}

TEST_CASE("an answer uses the payload type numbers of the offer") {
  auto it = dialog();
  REQUIRE(it.receive_offer(samples::kPolycom));
  auto local = ours();
  local.formats.push_back({Codec::kOpus, 96, 48000, ""});  // not offered: left out
  const auto answer = it.make_answer(local);
  REQUIRE(answer);
  CHECK(media_lines(answer->text) == std::vector<std::string>{"m=audio 20000 RTP/AVP 8 127"});
  CHECK(answer->audio.formats.size() == 2);
  CHECK(answer->audio.formats[1].payload_type == 127);
}

TEST_CASE("the direction of an answer fits that of the offer") {
  struct Row {
    std::string_view offered;
    Direction wanted, answered;
  };
  const Row rows[] = {
      {"sendrecv", Direction::kSendRecv, Direction::kSendRecv},
      {"sendrecv", Direction::kSendOnly, Direction::kSendOnly},
      {"sendonly", Direction::kSendRecv, Direction::kRecvOnly},
      {"sendonly", Direction::kSendOnly, Direction::kInactive},
      {"recvonly", Direction::kSendRecv, Direction::kSendOnly},
      {"inactive", Direction::kSendRecv, Direction::kInactive},
  };
  for (const auto& row : rows) {
    CAPTURE(row.offered);
    auto it = dialog();
    REQUIRE(it.receive_offer(
        remote("1", std::string(kPcma) + "a=" + std::string(row.offered) + "\r\n")));
    auto local = ours();
    local.direction = row.wanted;
    CHECK(it.make_answer(local)->audio.direction == row.answered);
  }
}

TEST_CASE("hold and resume come through as changes of direction") {
  auto it = established(remote("1", kPcma));
  const auto hold = it.receive_offer(remote("2", std::string(kPcma) + "a=sendonly\r\n"));
  REQUIRE(hold);
  CHECK_FALSE(hold->unchanged);
  CHECK(hold->audio->direction == Direction::kSendOnly);
  CHECK(line(it.make_answer(ours())->text, "a=recvonly") == "a=recvonly");
  const auto old_hold = it.receive_offer(remote("3", kPcma, "0.0.0.0"));
  CHECK(old_hold->audio->direction == Direction::kSendOnly);
  CHECK(it.make_answer(ours())->audio.direction == Direction::kRecvOnly);
  const auto resume = it.receive_offer(remote("4", kPcma));
  CHECK(resume->audio->direction == Direction::kSendRecv);
  CHECK(it.make_answer(ours())->audio.direction == Direction::kSendRecv);
}

TEST_CASE("the version of o= grows exactly when our words change") {
  auto it = established(remote("1", kPcma));
  CHECK(it.state().version == 1);
  REQUIRE(it.receive_offer(remote("2", std::string(kPcma) + "a=ptime:30\r\n")));
  CHECK(line(it.make_answer(ours())->text, "o=") == "o=- 7 1 IN IP4 198.51.100.1");
  auto held = ours();
  held.direction = Direction::kInactive;
  CHECK(line(it.make_offer(held)->text, "o=") == "o=- 7 2 IN IP4 198.51.100.1");
  REQUIRE(it.receive_answer(remote("3", std::string(kPcma) + "a=inactive\r\n")));
  CHECK(line(it.make_offer(held)->text, "o=") == "o=- 7 2 IN IP4 198.51.100.1");
  it.roll_back();
  CHECK(line(it.make_offer(ours())->text, "o=") == "o=- 7 3 IN IP4 198.51.100.1");
}

TEST_CASE("the address in o= stays when the media address moves") {
  auto it = established(remote("1", kPcma));
  auto moved = ours();
  moved.rtp = core::parse_socket_address("198.51.100.2:30000").value();
  const auto offer = it.make_offer(moved);
  CHECK(line(offer->text, "o=") == "o=- 7 2 IN IP4 198.51.100.1");
  CHECK(line(offer->text, "c=") == "c=IN IP4 198.51.100.2");
}

TEST_CASE("a session refresh is recognised as no change") {
  auto it = established(remote("1", kPcma));
  const auto refresh = it.receive_offer(remote("1", kPcma));
  REQUIRE(refresh);
  CHECK(refresh->unchanged);
  CHECK(refresh->audio);
  CHECK(line(it.make_answer(ours())->text, "o=") == "o=- 7 1 IN IP4 198.51.100.1");
}

TEST_CASE("a phone that forgets to raise its version is believed by its words") {
  auto it = established(remote("1", kPcma));
  const auto hold = it.receive_offer(remote("1", std::string(kPcma) + "a=sendonly\r\n"));
  CHECK_FALSE(hold->unchanged);
}

TEST_CASE("our offer and their answer make a session") {
  auto it = dialog();
  auto local = ours();
  local.formats.insert(local.formats.begin(), {Codec::kOpus, 107, 48000, "useinbandfec=1"});
  const auto offer = it.make_offer(local);
  REQUIRE(offer);
  CHECK(it.phase() == Phase::kLocalOffer);
  CHECK(line(offer->text, "m=") == "m=audio 20000 RTP/AVP 107 8 101");
  // The telephone leaves out the map of 107.
  const auto answer = it.receive_answer(remote("1", "m=audio 5000 RTP/AVP 107 101\r\n"));
  REQUIRE(answer);
  REQUIRE(answer->audio);
  CHECK(answer->audio->formats.size() == 2);
  CHECK(answer->audio->formats[0].codec == Codec::kOpus);
  CHECK(it.phase() == kStable);
}

TEST_CASE("a preview leaves the offer open") {
  auto it = dialog();
  REQUIRE(it.make_offer(ours()));
  const auto before = it.state().agreed;
  const auto early = it.preview_answer(remote("1", kPcma));
  REQUIRE(early);
  CHECK(early->audio);
  CHECK(it.phase() == Phase::kLocalOffer);
  CHECK(it.state().agreed == before);
  CHECK(it.receive_answer(remote("1", kPcma))->audio);
}

TEST_CASE("forks answer one offer each on their own") {
  auto it = dialog();
  REQUIRE(it.make_offer(ours()));
  OfferAnswer fork = it;
  CHECK(it.receive_answer(remote("1", kPcma, "192.0.2.60"))->audio->rtp.ip.text() == "192.0.2.60");
  CHECK(fork.receive_answer(remote("1", kPcma, "192.0.2.61"))->audio->rtp.ip.text() ==
        "192.0.2.61");
}

TEST_CASE("an answer must fit the offer") {
  struct Row {
    std::string_view what, body;
  };
  const Row rows[] = {
      {"no description", "hello"},
      {"no stream", "v=0\r\n"},
      {"no audio", "c=IN IP4 192.0.2.1\r\nm=video 5000 RTP/AVP 8\r\n"},
      {"another profile",
       "c=IN IP4 192.0.2.1\r\nm=audio 5000 RTP/SAVP 8\r\na=crypto:1 "
       "AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"},
      {"no codec of ours", "c=IN IP4 192.0.2.1\r\nm=audio 5000 RTP/AVP 18\r\n"},
      {"a codec we did not offer", "c=IN IP4 192.0.2.1\r\nm=audio 5000 RTP/AVP 0\r\n"},
      {"events only", "c=IN IP4 192.0.2.1\r\nm=audio 5000 RTP/AVP 101\r\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto it = dialog();
    REQUIRE(it.make_offer(ours()));
    const auto answer = it.receive_answer(row.body);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == core::ErrorCode::kCorrupt);
    CHECK(it.phase() == Phase::kLocalOffer);
  }
}

TEST_CASE("a refused stream in the answer is no error") {
  auto it = dialog();
  REQUIRE(it.make_offer(ours()));
  const auto answer = it.receive_answer(remote("1", "m=audio 0 RTP/AVP 8\r\n"));
  REQUIRE(answer);
  CHECK_FALSE(answer->audio);
  CHECK(it.phase() == kStable);
}

TEST_CASE("an offer without audio of ours is open until it is rolled back") {
  auto it = established(remote("1", kPcma));
  const auto before = it.state().agreed;
  const auto film = it.receive_offer(remote("2", "m=video 5000 RTP/AVP 96\r\n"));
  REQUIRE(film);
  CHECK_FALSE(film->audio);
  CHECK_FALSE(it.make_answer(ours()).has_value());
  it.roll_back();
  CHECK(it.phase() == kStable);
  CHECK(it.state().agreed == before);
}

TEST_CASE("what cannot be answered leaves the offer open") {
  auto it = dialog();
  REQUIRE(it.receive_offer(remote("1",
                                  "m=audio 5000 RTP/AVP 0 101\r\n"
                                  "a=rtpmap:101 telephone-event/8000\r\n")));
  const auto answer = it.make_answer(ours());  // PCMA and events against PCMU and events
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().detail == "no codec in common");
  CHECK(it.phase() == Phase::kRemoteOffer);
}

TEST_CASE("glare is told and changes nothing") {
  auto it = dialog();
  REQUIRE(it.make_offer(ours()));
  CHECK(it.receive_offer(remote("1", kPcma)).error().code == core::ErrorCode::kInvalidArgument);
  CHECK_FALSE(it.make_offer(ours()).has_value());
  CHECK_FALSE(it.make_answer(ours()).has_value());
  CHECK(it.phase() == Phase::kLocalOffer);
  it.roll_back();
  CHECK_FALSE(it.receive_answer(remote("1", kPcma)).has_value());
  CHECK(it.receive_offer(remote("1", kPcma)).has_value());
  CHECK_FALSE(it.receive_offer(remote("1", kPcma)).has_value());
  CHECK_FALSE(it.make_offer(ours()).has_value());
}

TEST_CASE("an unreadable offer changes nothing") {
  auto it = dialog();
  CHECK(it.receive_offer("m=audio\r\n").error().code == core::ErrorCode::kCorrupt);
  CHECK(it.phase() == kStable);
}

TEST_CASE("our later offers keep the streams and numbers of theirs") {
  auto it = established(remote("1",
                               "m=video 6000 RTP/AVP 97\r\nm=audio 5000 RTP/AVPF 108 8 121\r\n"
                               "a=rtpmap:108 opus/48000/2\r\na=rtpmap:121 telephone-event/8000\r\n"
                               "m=application 9 TCP/BFCP *\r\n"));
  auto local = ours();
  // 121 is bound to events, so Opus, which was not bound, must get another number.
  local.formats.insert(local.formats.begin(), {Codec::kOpus, 121, 48000, ""});
  const auto offer = it.make_offer(local);
  REQUIRE(offer);
  CHECK(media_lines(offer->text) == std::vector<std::string>{"m=video 0 RTP/AVP 97",
                                                             "m=audio 20000 RTP/AVPF 96 8 121",
                                                             "m=application 0 TCP/BFCP *"});
  CHECK(offer->audio.formats[0].payload_type == 96);
  CHECK(offer->audio.formats[2].payload_type == 121);
}

TEST_CASE("a stream they add later is refused and stays refused") {
  auto it = established(remote("1", kPcma));
  REQUIRE(it.receive_offer(remote("2", std::string(kPcma) + "m=video 6000 RTP/AVP 97\r\n")));
  CHECK(media_lines(it.make_answer(ours())->text).back() == "m=video 0 RTP/AVP 97");
  CHECK(media_lines(it.make_offer(ours())->text).back() == "m=video 0 RTP/AVP 97");
}

TEST_CASE("of an SRTP and a plain stream the first that policy allows is taken") {
  auto local = ours();
  local.keys = {{1, SrtpSuite::kAesCm128HmacSha1_80, std::string(30, 'a')},
                {2, SrtpSuite::kAesCm128HmacSha1_32, std::string(30, 'b')}};
  auto secure = dialog();
  REQUIRE(secure.receive_offer(samples::kSnom)->audio);
  const auto answer = secure.make_answer(local);
  REQUIRE(answer);
  CHECK(media_lines(answer->text) ==
        std::vector<std::string>{"m=audio 20000 RTP/SAVP 8 101", "m=audio 0 RTP/AVP 8"});
  REQUIRE(answer->audio.keys.size() == 1);
  CHECK(answer->audio.keys[0].tag == 1);
  CHECK(answer->audio.keys[0].suite == SrtpSuite::kAesCm128HmacSha1_32);
  CHECK(answer->audio.keys[0].key_salt == std::string(30, 'b'));

  OfferAnswer plain({7, "-", true, false});
  CHECK(plain.receive_offer(samples::kSnom)->audio->keys.empty());
  CHECK(media_lines(plain.make_answer(ours())->text)[0] == "m=audio 0 RTP/SAVP 8");
}

TEST_CASE("a plain offer is refused where SRTP is required") {
  OfferAnswer it({7, "-", false, true});
  CHECK_FALSE(it.receive_offer(remote("1", kPcma))->audio);
}

TEST_CASE("an SRTP offer is not answered without a key of the same suite") {
  auto it = dialog();
  REQUIRE(it.receive_offer(remote("1", kSrtp80))->audio);
  CHECK_FALSE(it.make_answer(ours()).has_value());
  auto local = ours();
  local.keys = {{1, SrtpSuite::kAesCm128HmacSha1_32, std::string(30, 'b')}};
  CHECK_FALSE(it.make_answer(local).has_value());
  local.keys.push_back({5, SrtpSuite::kAesCm128HmacSha1_80, std::string(30, 'c')});
  CHECK(it.make_answer(local)->audio.keys[0].tag == 1);
}

TEST_CASE("an SRTP answer must accept one of our lines") {
  auto local = ours();
  local.keys = {{1, SrtpSuite::kAesCm128HmacSha1_80, std::string(30, 'a')},
                {2, SrtpSuite::kAesCm128HmacSha1_32, std::string(30, 'b')}};
  auto it = dialog();
  CHECK(line(it.make_offer(local)->text, "m=") == "m=audio 20000 RTP/SAVP 8 101");
  CHECK_FALSE(it.receive_answer(remote("1", kPcma)).has_value());  // a downgrade
  std::string other(kSrtp80);
  other.replace(other.find("crypto:1"), 8, "crypto:2");  // tag of another suite
  CHECK_FALSE(it.receive_answer(remote("1", other)).has_value());
  const auto answer = it.receive_answer(remote("1", kSrtp80));
  REQUIRE(answer);
  REQUIRE(answer->audio->keys.size() == 1);
  CHECK(answer->audio->keys[0].tag == 1);
}

TEST_CASE("rtcp-mux is answered only if it was offered") {
  auto local = ours();
  local.rtcp_mux = true;
  auto it = dialog();
  REQUIRE(it.receive_offer(remote("1", kPcma)));
  CHECK_FALSE(it.make_answer(local)->audio.rtcp_mux);
  REQUIRE(it.receive_offer(remote("2", std::string(kPcma) + "a=rtcp-mux\r\n")));
  const auto answer = it.make_answer(local);
  CHECK(answer->audio.rtcp_mux);
  CHECK(answer->audio.rtcp == answer->audio.rtp);
  CHECK(line(answer->text, "a=rtcp-mux") == "a=rtcp-mux");
}

TEST_CASE("the state can be carried to another object") {
  auto it = established(remote("1", kPcma));
  OfferAnswer copy({7, "Exchange", true, true}, it.state());
  CHECK(copy.receive_offer(remote("1", kPcma))->unchanged);
  CHECK(line(copy.make_answer(ours())->text, "o=") == "o=- 7 1 IN IP4 198.51.100.1");
}

TEST_CASE("an offer needs a codec") {
  auto it = dialog();
  auto local = ours();
  local.formats.erase(local.formats.begin());
  CHECK_FALSE(it.make_offer(local).has_value());
  CHECK(it.phase() == kStable);
}

// --- fax in the place of audio ---

namespace {

constexpr std::string_view kImage = "m=image 5010 udptl t38\r\na=T38FaxVersion:0\r\n";

AudioDescription our_fax() {
  AudioDescription fax;
  fax.rtp = core::parse_socket_address("198.51.100.1:20000").value();
  fax.fax = call::FaxStream{{"T38FaxVersion:0"}};
  return fax;
}

}  // namespace

TEST_CASE("a fax offered within a dialog is answered in its place, and audio comes back") {
  auto it = established(remote("1", kPcma));
  const auto offer = it.receive_offer(remote("2", kImage));
  REQUIRE(offer);
  REQUIRE(offer->audio);
  CHECK(offer->audio->fax.has_value());
  CHECK_FALSE(it.make_answer(ours()));  // audio is no answer to it
  const auto answer = it.make_answer(our_fax());
  REQUIRE(answer);
  CHECK(media_lines(answer->text) == std::vector<std::string>{"m=image 20000 udptl t38"});
  CHECK(line(answer->text, "a=T38FaxVersion") == "a=T38FaxVersion:0");
  CHECK(it.phase() == kStable);
  REQUIRE(it.receive_offer(remote("3", kPcma)));
  const auto back = it.make_answer(ours());
  REQUIRE(back);
  CHECK(media_lines(back->text).at(0).starts_with("m=audio 20000 RTP/AVP 8"));
}

TEST_CASE("a fax beside audio that is refused keeps both places") {
  auto it = established(remote("1", kPcma));
  const auto offer = it.receive_offer(remote("2", "m=audio 0 RTP/AVP 8\r\n" + std::string(kImage)));
  REQUIRE(offer);
  CHECK(offer->audio->fax.has_value());
  CHECK(media_lines(it.make_answer(our_fax())->text) ==
        std::vector<std::string>{"m=audio 0 RTP/AVP 8", "m=image 20000 udptl t38"});
}

TEST_CASE("where audio is offered beside fax, audio is taken") {
  auto it = dialog();
  const auto offer = it.receive_offer(remote("1", std::string(kPcma) + std::string(kImage)));
  CHECK_FALSE(offer->audio->fax.has_value());
  CHECK(media_lines(it.make_answer(ours())->text).at(1) == "m=image 0 udptl t38");
}

TEST_CASE("our fax offer is answered by a fax, refused by port 0, and audio follows it") {
  auto it = established(remote("1", kPcma));
  const auto offer = it.make_offer(our_fax());
  REQUIRE(offer);
  CHECK(media_lines(offer->text) == std::vector<std::string>{"m=image 20000 udptl t38"});
  CHECK_FALSE(it.receive_answer(remote("2", "m=image 5010 tcp t38\r\n")));
  const auto answer = it.receive_answer(remote("2", kImage));
  REQUIRE(answer);
  CHECK(answer->audio->rtp.port == 5010);
  REQUIRE(it.make_offer(our_fax()));
  CHECK_FALSE(it.receive_answer(remote("3", "m=image 0 udptl t38\r\n"))->audio.has_value());
  const auto audio = it.make_offer(ours());
  CHECK(media_lines(audio->text).at(0).starts_with("m=audio 20000 RTP/AVP"));
  CHECK(it.receive_answer(remote("4", kPcma))->audio->formats.size() == 1);
}

}  // namespace pbx::sip
