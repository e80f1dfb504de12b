#include "core/call/trunk_choice.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace pbx::call {
namespace {

using config::GroupTrunk;
using config::TrunkOrder;
using Members = std::vector<const GroupTrunk*>;

// A step of splitmix64: the draws within one order are independent.
std::uint64_t next(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void order_by_weight(Members& members, std::uint64_t draw) {
  for (auto at = members.begin(); at != members.end(); ++at) {
    const std::uint64_t all = std::accumulate(
        at, members.end(), std::uint64_t{0},
        [](std::uint64_t sum, const GroupTrunk* member) { return sum + member->weight; });
    if (all == 0) return;
    std::uint64_t place = next(draw) % all;
    auto chosen = at;
    while (place >= (*chosen)->weight) place -= (*chosen++)->weight;
    std::rotate(at, chosen, chosen + 1);
  }
}

void order_by_use(Members& members, const TrunkLines& lines) {
  const auto calls = [&](const GroupTrunk* member) {
    const TrunkLine* line = lines.find(member->trunk);
    return line == nullptr ? 0U : line->calls_out;
  };
  std::stable_sort(members.begin(), members.end(),
                   [&](const GroupTrunk* a, const GroupTrunk* b) { return calls(a) < calls(b); });
}

void order_by_price(Members& members, const route::Routing& routing, std::string_view number) {
  std::vector<route::TrunkTariff> tariffs;
  for (const GroupTrunk* member : members)
    tariffs.push_back({member->trunk, routing.find_prices(member->prices)});
  const auto offers = route::cheapest_first(number, tariffs);
  Members ordered;
  for (const route::TrunkOffer& offer : offers)
    ordered.push_back(*std::find_if(members.begin(), members.end(), [&](const GroupTrunk* member) {
      return member->trunk == offer.trunk;
    }));
  members = std::move(ordered);
}

void order_equals(Members& members, TrunkOrder order, const TrunkLines& lines,
                  const route::Routing& routing, const TrunkQuestion& question) {
  switch (order) {
    case TrunkOrder::kPriority:
      return;
    case TrunkOrder::kWeight:
      return order_by_weight(members, question.draw);
    case TrunkOrder::kLeastUsed:
      return order_by_use(members, lines);
    case TrunkOrder::kRoundRobin:
      std::rotate(members.begin(),
                  members.begin() + static_cast<std::ptrdiff_t>(question.draw % members.size()),
                  members.end());
      return;
    case TrunkOrder::kCheapest:
      return order_by_price(members, routing, question.number);
  }
}

}  // namespace

std::vector<std::string> order_trunks(const config::TrunkGroup& group, const TrunkLines& lines,
                                      const route::Routing& routing,
                                      const TrunkQuestion& question) {
  Members all;
  for (const GroupTrunk& member : group.members) all.push_back(&member);
  std::stable_sort(all.begin(), all.end(), [](const GroupTrunk* a, const GroupTrunk* b) {
    return a->priority < b->priority;
  });
  std::vector<std::string> names;
  for (auto at = all.begin(); at != all.end();) {
    const auto end = std::find_if(at, all.end(), [&](const GroupTrunk* member) {
      return member->priority != (*at)->priority;
    });
    Members equals(at, end);
    order_equals(equals, group.order, lines, routing, question);
    for (const GroupTrunk* member : equals) names.push_back(member->trunk);
    at = end;
  }
  return names;
}

bool is_trunk_failure(const core::Cause& cause) {
  // Q.850: no circuit, network out of order, temporary failure, congestion, channel not available,
  // resources unavailable.
  constexpr std::array<std::uint8_t, 6> kCongested{34, 38, 41, 42, 44, 47};
  const int status = cause.sip_status;
  if (status == 486 || status >= 600) return false;
  if (status == 401 || status == 407) return true;  // our password there is wrong
  if (status == 408 || (status >= 500 && status < 600)) return true;
  return std::find(kCongested.begin(), kCongested.end(), cause.q850) != kCongested.end();
}

}  // namespace pbx::call
