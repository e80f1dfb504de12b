#include "core/base/cause.h"

#include <doctest/doctest.h>

using namespace pbx;

TEST_CASE("SIP responses and Q.850 causes map as RFC 3398 says") {
  struct Row {
    std::uint16_t status;
    std::uint8_t q850;
  };
  const Row rows[] = {{200, 16}, {404, 1},  {486, 17}, {480, 18}, {408, 102}, {403, 21},
                      {603, 21}, {488, 88}, {503, 41}, {500, 41}, {484, 28},  {410, 22},
                      {600, 17}, {487, 16}, {499, 31}, {599, 41}};
  for (const Row& row : rows) {
    CAPTURE(row.status);
    CHECK(core::q850_from_status(row.status) == row.q850);
  }
  const Row back[] = {{404, 1},  {486, 17}, {408, 18}, {480, 19},  {480, 20}, {403, 21},
                      {503, 34}, {503, 42}, {488, 88}, {504, 102}, {480, 200}};
  for (const Row& row : back) {
    CAPTURE(row.q850);
    CHECK(core::status_from_q850(row.q850) == row.status);
  }
}

TEST_CASE("the cause of a Reason header wins over the one of the status") {
  CHECK(core::from_sip(480, 20, "").q850 == 20);
  CHECK(core::from_sip(480, 0, "").q850 == 18);
  CHECK(core::from_sip(480, 0, "").text == "No user responding");
  CHECK(core::from_sip(480, 0, "gone").text == "gone");
}

TEST_CASE("an INVITE is refused with the status of the other side, or one that fits the cause") {
  CHECK(core::invite_status(core::causes::busy()) == 486);
  CHECK(core::invite_status(core::causes::normal_clearing()) == 480);
  CHECK(core::invite_status({302, 17, ""}) == 486);
}
