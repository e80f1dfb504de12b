// server/health.h — is every part alive: for GET /health, the watchdog and the metrics.
//
// Any thread may call parts(); the parts it looks at outlive it.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "api/ports.h"
#include "server/control_thread.h"
#include "server/sip_side.h"
#include "storage/store.h"

namespace pbx::server {

class Health {
 public:
  static constexpr std::chrono::seconds kSilenceMax{5};  // of the control thread

  Health(const ControlThread& control, const SipSide& sip, const storage::Store& store,
         std::filesystem::path recordings, std::uint64_t disk_free_min);

  // Any thread.
  void set_disk_free_min(std::uint64_t bytes) { disk_free_min_ = bytes; }

  [[nodiscard]] std::vector<api::HealthPart> parts() const;
  // What the watchdog asks: is the one thread alive without which nothing works.
  [[nodiscard]] bool is_alive() const { return control_.silence() < kSilenceMax; }

 private:
  [[nodiscard]] api::HealthPart control_part() const;
  [[nodiscard]] api::HealthPart store_part() const;
  [[nodiscard]] api::HealthPart disk_part() const;

  const ControlThread& control_;
  const SipSide& sip_;
  const storage::Store& store_;
  std::filesystem::path recordings_;
  std::atomic<std::uint64_t> disk_free_min_;
};

}  // namespace pbx::server
