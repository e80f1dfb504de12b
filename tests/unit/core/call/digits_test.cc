#include "core/call/digits.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;
using namespace std::chrono_literals;

TEST_CASE("digits reach the other side in the way it understands") {
  struct Row {
    config::DtmfMode called;
    bool by_info, forwarded, sip, media;
  };
  const Row rows[] = {
      {config::DtmfMode::kRfc4733, false, true, false, false},  // the worker passed it on
      {config::DtmfMode::kInfo, false, false, true, false},
      {config::DtmfMode::kInband, false, false, false, true},
      {config::DtmfMode::kRfc4733, true, false, false, true},
      {config::DtmfMode::kInfo, true, false, true, false},
  };
  for (const Row& row : rows) {
    auto config = sample_config();
    config->extensions["101"].dtmf = row.called;
    ControlFixture fixture(config);
    const auto [a, b] = fixture.talk();
    fixture.clear();
    if (row.by_info)
      fixture.apply(call::LegInfoDigit{a, '5', 100ms});
    else
      fixture.apply(call::MediaDigit{a, '5', 100ms, call::DigitSource::kRfc4733, row.forwarded});
    CHECK(fixture.sip<call::SipDigit>().size() == (row.sip ? 1 : 0));
    CHECK(fixture.media<call::MediaSendDigit>().size() == (row.media ? 1 : 0));
    fixture.ended(b, 200, 16);
    CHECK(fixture.cdrs.at(0).digits == 1);
  }
}
