#include "server/health.h"

namespace pbx::server {

Health::Health(const ControlThread& control, const SipSide& sip, const storage::Store& store,
               std::filesystem::path recordings, std::uint64_t disk_free_min)
    : control_(control),
      sip_(sip),
      store_(store),
      recordings_(std::move(recordings)),
      disk_free_min_(disk_free_min) {}

std::vector<api::HealthPart> Health::parts() const {
  std::vector<api::HealthPart> parts{control_part(), store_part(), disk_part()};
  for (std::size_t i = 0; i < sip_.size(); ++i) {
    const sip::SipCounters counters = sip_.counters(i);
    parts.push_back({"sip." + sip_.name(i), true,
                     fmt::format("legs={} bindings={}", counters.legs, counters.bindings)});
  }
  return parts;
}

api::HealthPart Health::control_part() const {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(control_.silence());
  return {"control", is_alive(), fmt::format("last_turn_ms={}", ms.count())};
}

api::HealthPart Health::store_part() const {
  const storage::StoreStats stats = store_.stats();
  return {"store", !stats.failing, fmt::format("backlog={}", stats.backlog)};
}

api::HealthPart Health::disk_part() const {
  std::error_code error;
  const auto space = std::filesystem::space(recordings_, error);
  if (error) return {"disk", false, fmt::format("{}: {}", recordings_.string(), error.message())};
  return {"disk", space.available >= disk_free_min_,
          fmt::format("free_mb={}", space.available / 1'000'000)};
}

}  // namespace pbx::server
