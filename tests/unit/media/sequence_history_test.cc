#include "media/sequence_history.h"

#include <doctest/doctest.h>

using pbx::media::SequenceHistory;
using Place = SequenceHistory::Place;

TEST_CASE("places of packets in a stream") {
  struct Step {
    std::uint16_t sequence;
    Place place;
  };
  const Step steps[] = {
      {65534, Place::kNext},      {65535, Place::kNext},  {65535, Place::kDuplicate},
      {1, Place::kNext},          {0, Place::kReordered}, {0, Place::kDuplicate},
      {65534, Place::kDuplicate}, {60, Place::kNext},     {2, Place::kReordered},
      {1, Place::kDuplicate},     {500, Place::kNext},    {300, Place::kFarAway},
      {301, Place::kNext}};
  SequenceHistory history;
  for (const Step& step : steps) {
    CAPTURE(step.sequence);
    CHECK(history.on_packet(step.sequence) == step.place);
  }
}
