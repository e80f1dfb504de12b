#include "core/call/media_description.h"

#include <doctest/doctest.h>

using namespace pbx::call;

TEST_CASE("codecs are found by name without case, at their clock only") {
  CHECK(find_codec("pcmu", 8000) == Codec::kPcmu);
  CHECK(find_codec("G722", 8000) == Codec::kG722);
  CHECK_FALSE(find_codec("G722", 16000));
  CHECK(find_codec("OPUS", 48000) == Codec::kOpus);
  CHECK(find_codec("L16", 44100) == Codec::kL16);
  CHECK_FALSE(find_codec("L16", 22050));
  CHECK(find_codec("telephone-event", 48000) == Codec::kTelephoneEvent);
  CHECK_FALSE(find_codec("G729", 8000));
}

TEST_CASE("a direction reversed is the same stream seen from the other side") {
  CHECK(reversed(Direction::kSendOnly) == Direction::kRecvOnly);
  CHECK(reversed(Direction::kSendRecv) == Direction::kSendRecv);
  CHECK(reversed(Direction::kInactive) == Direction::kInactive);
  CHECK(can_send(Direction::kSendOnly));
  CHECK_FALSE(can_receive(Direction::kSendOnly));
}
