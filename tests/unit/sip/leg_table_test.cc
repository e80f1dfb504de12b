#include "sip/leg_table.h"

#include <doctest/doctest.h>

using namespace pbx;
using namespace pbx::sip;

namespace {

std::unique_ptr<Leg> leg(std::uint64_t id, std::string call_id, std::string local,
                         std::string remote) {
  Dialog dialog;
  dialog.call_id = std::move(call_id);
  dialog.local_tag = std::move(local);
  dialog.remote_tag = std::move(remote);
  return std::unique_ptr<Leg>(new Leg{
      .id = core::LegId{id},
      .dialog = std::move(dialog),
      .session = OfferAnswer({}),
      .timer = SessionTimer({}),
  });
}

}  // namespace

TEST_CASE("a dialog is found by Call-ID and both tags only") {
  LegTable legs;
  legs.insert(leg(1, "c", "l", "r"));
  CHECK(legs.find_dialog("c", "r", "l") == legs.find(core::LegId{1}));
  CHECK_FALSE(legs.find_dialog("x", "r", "l"));
  CHECK_FALSE(legs.find_dialog("c", "x", "l"));
  CHECK_FALSE(legs.find_dialog("c", "r", "x"));
  CHECK_FALSE(legs.find_dialog("c", "l", "r"));  // the other way round
}

TEST_CASE("an early dialog of a fork is found by its own tag") {
  LegTable legs;
  Leg& forked = legs.insert(leg(1, "c", "l", ""));
  CHECK_FALSE(legs.find_dialog("c", "t2", "l"));
  forked.early.push_back({"t2", forked.dialog, forked.session, {}, 0});
  CHECK(legs.find_dialog("c", "t2", "l") == &forked);
}

TEST_CASE("an erased leg is gone from both ways to it") {
  LegTable legs;
  legs.insert(leg(1, "c", "l", "r"));
  legs.insert(leg(2, "c", "l2", "r"));
  legs.erase(core::LegId{1});
  legs.erase(core::LegId{1});
  CHECK_FALSE(legs.find(core::LegId{1}));
  CHECK_FALSE(legs.find_dialog("c", "r", "l"));
  CHECK(legs.size() == 1);
  legs.clear();
  CHECK(legs.size() == 0);
}
