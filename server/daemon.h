// server/daemon.h — the whole exchange: makes the parts, starts and stops them in order.
//
// Owner: the main thread, which runs signals, reload, the drain and the watchdog.
//
//   start:  log, store (and the records a killed daemon left), recording, media workers, control,
//           SIP, API, "ready" to systemd
//   stop:   gate closed (new calls get 503), calls end or are ended at drain_timeout, then API,
//           SIP, media, recording, control, store, log

#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "api/server.h"
#include "core/base/event_loop.h"
#include "core/base/mailbox.h"
#include "core/base/metrics.h"
#include "server/control_thread.h"
#include "server/health.h"
#include "server/media_side.h"
#include "server/part_metrics.h"
#include "server/reload.h"
#include "server/sip_side.h"
#include "storage/store.h"

namespace pbx::server {

class Daemon {
 public:
  // Errors name what could not be opened: the data directory, an address, a socket.
  static core::Result<std::unique_ptr<Daemon>> start(ConfigSource source, LoadedConfig loaded);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Until SIGTERM or SIGINT and the end of the drain.  A second signal ends calls at once.
  // SIGHUP reloads the configuration and opens the log file anew.
  void run();

 private:
  struct ReloadWanted {
    core::RequestId request;
  };
  struct Drained {};
  using Message = std::variant<ReloadWanted, Drained>;

  Daemon(ConfigSource source, LoadedConfig loaded);
  core::Result<> start_parts();
  core::Result<> start_storage();
  void make_control();
  std::vector<call::Binding> stored_bindings();
  std::vector<call::Fact> stored_facts();
  core::Result<> open_api();
  api::Ports api_ports();
  void deliver(call::Reply&& reply);
  void publish_accounts();

  void watch_signals();
  void on_signals();
  void on_message(Message&& message);
  void on_tick(core::Instant now);
  [[nodiscard]] core::Instant next_tick() const;
  api::ReloadAnswer reload();
  void begin_drain(bool release);
  void notify_watchdog(core::Instant now);
  void publish_metrics();

  const core::WallTime started_;
  const unsigned processors_;
  core::MetricsRegistry metrics_;
  ConfigSource source_;
  LoadedConfig first_;
  std::shared_ptr<const config::Config> first_config_;

  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ConfigInForce> config_;
  std::unique_ptr<MediaSide> media_;
  std::unique_ptr<ControlThread> control_;
  std::unique_ptr<SipSide> sip_;
  std::unique_ptr<Health> health_;
  std::vector<SipMetrics> sip_metrics_;  // by profile
  StoreMetrics store_metrics_{metrics_};
  std::atomic<bool> shows_metrics_ = true;
  std::unique_ptr<api::Server> api_;
  // Read by the api thread; replaced as a whole by the main thread.
  std::atomic<std::shared_ptr<const std::vector<api::AccountView>>> accounts_;

  core::Mailbox<Message> mailbox_;
  core::EventLoop loop_;
  core::UniqueFd signals_;
  core::Instant tick_due_{};
  std::optional<core::Instant> drain_until_;
  bool released_ = false;
};

// Puts the levels and the masking that `config` says in force.
void apply_log_levels(const config::Config& config);

}  // namespace pbx::server
