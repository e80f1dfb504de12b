#include "storage/names.h"

#include <doctest/doctest.h>

namespace pbx::storage {
namespace {

template <typename Table>
void check_words(const Table& table) {
  for (std::size_t i = 0; i < table.words.size(); ++i) {
    const auto found = table.find(table.words[i]);
    REQUIRE(found.has_value());
    CHECK(static_cast<std::size_t>(*found) == i);  // so no word is there twice
    CHECK(table.of(*found) == table.words[i]);
  }
  CHECK_FALSE(table.find("").has_value());
  CHECK_FALSE(table.find("no such word").has_value());
}

TEST_CASE("every word stands for one value and back") {
  check_words(kOutcomeNames);
  check_words(kEndedByNames);
  check_words(kSegmentNames);
  check_words(kTransportNames);
  check_words(kCodecNames);
}

TEST_CASE("a value out of range has no word") {
  CHECK(kOutcomeNames.of(static_cast<call::Outcome>(200)).empty());
}

TEST_CASE("records say what the log says") {
  for (std::size_t i = 0; i < kOutcomeNames.words.size(); ++i)
    CHECK(call::text(static_cast<call::Outcome>(i)) == kOutcomeNames.words[i]);
  for (std::size_t i = 0; i < kEndedByNames.words.size(); ++i)
    CHECK(call::text(static_cast<call::EndedBy>(i)) == kEndedByNames.words[i]);
  for (std::size_t i = 0; i < kSegmentNames.words.size(); ++i)
    CHECK(call::text(static_cast<call::Segment::Kind>(i)) == kSegmentNames.words[i]);
  for (std::size_t i = 0; i < kCodecNames.words.size(); ++i)
    CHECK(call::info(static_cast<call::Codec>(i)).name == kCodecNames.words[i]);
}

}  // namespace
}  // namespace pbx::storage
