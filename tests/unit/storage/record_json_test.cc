#include "storage/record_json.h"

#include <doctest/doctest.h>

#include "core/base/random.h"
#include "tests/unit/storage/samples.h"

namespace pbx::storage {
namespace {

TEST_CASE("a CDR reads back as it was written") {
  const auto cdr = test::sample_cdr();
  const auto text = to_json(cdr);
  const auto back = parse_cdr(text);
  REQUIRE(back.has_value());
  CHECK(to_json(*back) == text);
  CHECK(back->id == cdr.id);
  CHECK(back->answered == cdr.answered);
  CHECK(back->caller == cdr.caller);
  CHECK(back->cause == cdr.cause);
  REQUIRE(back->legs.size() == 2);
  CHECK_FALSE(back->legs[0].ringing.has_value());
  CHECK(back->legs[1].ringing == cdr.legs[1].ringing);
  CHECK(back->legs[0].media->remote_rtp == cdr.legs[0].media->remote_rtp);
  CHECK(back->legs[0].media->received.jitter == cdr.legs[0].media->received.jitter);
  CHECK(back->recordings == cdr.recordings);
}

TEST_CASE("the text of a CDR is the documented one") {
  call::Cdr cdr;
  cdr.id = core::CallId{0xab};
  cdr.chain = core::CallId{0xaa};
  cdr.started = test::at(0);
  cdr.ended = test::at(1500);
  cdr.caller = {"101", ""};
  cdr.dialed = "*99";
  cdr.called = {"*99", ""};
  cdr.cause = {404, 1, "unallocated number"};
  cdr.recordings = {core::RecordingId{5}};
  CHECK(to_json(cdr) == R"({"v":1,"id":"ab","chain":"aa","started":"2023-11-14T22:13:20.000Z",)"
                        R"("ended":"2023-11-14T22:13:21.500Z","duration_ms":1500,"talk_ms":0,)"
                        R"("caller":{"number":"101"},"dialed":"*99","called":{"number":"*99"},)"
                        R"("outcome":"failed","ended_by":"exchange",)"
                        R"("cause":{"sip":404,"q850":1,"text":"unallocated number"},"digits":0,)"
                        R"("legs":[],"segments":[],"recordings":["5"]})");
}

TEST_CASE("recordings, bindings and accounts read back as they were written") {
  const auto recording = test::sample_recording();
  CHECK(to_json(parse_recording(to_json(recording)).value()) == to_json(recording));
  const auto binding = test::sample_binding();
  CHECK((parse_binding(to_json(binding)).value() == binding));
  const Account account{"101", config::Secret("s3cret \"quoted\"")};
  CHECK((parse_account(to_json(account)).value() == account));
}

TEST_CASE("a binding without addresses reads back") {
  call::Binding binding;
  binding.id = core::BindingId{1};
  CHECK((parse_binding(to_json(binding)).value() == binding));
}

TEST_CASE("records that break the rules are corrupt") {
  for (const char* text : {
           "",
           "{",
           "null",
           "[]",
           "{}",
           R"({"v":1})",
           R"({"v":0,"id":"1"})",
           R"({"v":2,"id":"1"})",
           R"({"v":"1","id":"1"})",
           R"({"v":1,"id":7})",
           R"({"v":1,"id":"xyz"})",
           R"({"v":1,"id":"1","outcome":"lost"})",
           R"({"v":1,"id":"1","started":"yesterday"})",
           R"({"v":1,"id":"1","digits":-1})",
           R"({"v":1,"id":"1","digits":4294967296})",
           R"({"v":1,"id":"1","legs":{}})",
           R"({"v":1,"id":"1","legs":[7]})",
           R"({"v":1,"id":"1","cause":{"q850":256}})",
           R"({"v":1,"id":"1","recordings":[5]})",
           R"({"v":1,"id":"1"} trailing)",
           R"({"v":1,"id":"1","legs":[{"media":{"remote_rtp":"nowhere"}}]})",
       }) {
    CAPTURE(text);
    const auto cdr = parse_cdr(text);
    REQUIRE_FALSE(cdr.has_value());
    CHECK(cdr.error().code == core::ErrorCode::kCorrupt);
  }
}

TEST_CASE("nesting and length of a record are bounded") {
  CHECK_FALSE(parse_cdr(std::string(100000, '[')).has_value());
  CHECK_FALSE(parse_cdr(std::string(kRecordBytesMax + 1, ' ')).has_value());
}

TEST_CASE("members that are not known are ignored, missing ones keep their defaults") {
  const auto cdr = parse_cdr(R"({"v":1,"id":"1","mood":"good"})");
  REQUIRE(cdr.has_value());
  CHECK(cdr->outcome == call::Outcome::kFailed);
  CHECK(cdr->legs.empty());
}

TEST_CASE("a damaged record is refused or read, and never more than that") {
  core::Random random(1);
  const auto good = to_json(test::sample_cdr());
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    auto text = good;
    for (std::uint64_t hits = 1 + random.below(4); hits > 0; --hits)
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    if (random.below(4) == 0) text.resize(random.below(text.size()));
    const auto cdr = parse_cdr(text);
    if (cdr) continue;
    ++refused;
    CHECK(cdr.error().code == core::ErrorCode::kCorrupt);
  }
  CHECK(refused > 1000);
}

}  // namespace
}  // namespace pbx::storage
