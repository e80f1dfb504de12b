#include "server/daemon.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>

#include <csignal>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/random_device.h"
#include "media/recording_recovery.h"
#include "media/recording_store.h"
#include "server/options.h"
#include "server/version.h"

namespace pbx::server {
namespace {

constexpr core::RequestId kOwnRequest{~std::uint64_t{0}};  // of the main thread; never the API's
constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::seconds kReleaseWait{5};  // after calls were ended, for their reports

// Ids made now lie above those of every earlier run: a million for each second since 2026.
std::uint64_t first_id_of(core::WallTime now) {
  constexpr std::int64_t kEpoch = 1'767'225'600;  // 2026-01-01T00:00:00Z
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds.count() - kEpoch, 1)) << 20;
}

core::Result<> make_directories(const config::Config& config) {
  for (const auto& path : {config.server.data_dir, config.server.data_dir / "db",
                           config.recording.directory, config.api.socket.parent_path()}) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
      return core::fail(core::ErrorCode::kUnavailable,
                        fmt::format("{}: {}; create it or name another in the configuration",
                                    path.string(), error.message()));
  }
  return {};
}

core::LogLevel level_of(call::Notice::Level level) {
  constexpr std::array<core::LogLevel, 4> kLevels{core::LogLevel::kError, core::LogLevel::kWarn,
                                                  core::LogLevel::kInfo, core::LogLevel::kDebug};
  return kLevels[static_cast<std::size_t>(level)];
}

}  // namespace

core::Result<std::unique_ptr<Daemon>> Daemon::start(ConfigSource source, LoadedConfig loaded) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(source), std::move(loaded)));
  daemon->watch_signals();
  if (auto started = daemon->start_parts(); !started) return core::forward_error(started);
  return daemon;
}

Daemon::Daemon(ConfigSource source, LoadedConfig loaded)
    : started_(core::wall_now()),
      processors_(std::max(1u, std::thread::hardware_concurrency())),
      source_(std::move(source)),
      first_(std::move(loaded)),
      first_config_(first_.result.config) {}

// Threads that post are stopped before those they post to.
Daemon::~Daemon() {
  if (api_) api_->stop();
  if (sip_) sip_->stop();
  if (media_) media_->stop();
  if (control_) control_->stop();
  api_.reset();
  health_.reset();
  sip_.reset();
  media_.reset();
  control_.reset();
  store_.reset();
}

core::Result<> Daemon::start_parts() {
  if (auto made = make_directories(*first_config_); !made) return made;
  if (auto opened = start_storage(); !opened) return opened;
  make_control();
  if (auto started = sip_->start(stored_bindings()); !started) return started;
  if (auto opened = open_api(); !opened) return opened;
  control_->start();
  api_->begin();
  for (const std::string& address : sip_->addresses())
    core::log_info("server", "listening profile={}", address);
  core::log_info("server", "ready version={} extensions={} workers={} socket={}", kVersion,
                 config_->written().extensions.size(), media_->size(),
                 config_->written().api.socket.string());
  sd_notify(0, "READY=1");
  return {};
}

core::Result<> Daemon::start_storage() {
  storage::StoreOptions options = store_options(*first_config_);
  options.log = [](call::Notice::Level level, const std::string& text) {
    core::log(level_of(level), "storage", "{}", text);
  };
  options.probe = [directory = first_config_->recording.directory](
                      const std::string& path) -> std::optional<storage::RecordingFile> {
    const auto remains = media::examine_recording(directory / path);
    if (path.empty() || !remains) return std::nullopt;
    return storage::RecordingFile{remains->duration, remains->size_bytes, remains->sha256};
  };
  options.erase_recording = [directory =
                                 first_config_->recording.directory](const std::string& path) {
    return media::erase_recording(directory, path);
  };
  const media::RecoveryResult mended =
      media::recover_recordings(first_config_->recording.directory);
  if (mended.mended + mended.failed > 0)
    core::log_warn("server", "recordings left by an earlier run mended={} failed={}", mended.mended,
                   mended.failed);
  auto store = storage::Store::open(std::move(options));
  if (!store) return core::forward_error(store);
  store_ = std::move(*store);
  config_ = std::make_unique<ConfigInForce>(source_, std::move(first_), *store_);
  const storage::Recovered& recovered = store_->recovered();
  if (recovered.calls + recovered.recordings > 0)
    core::log_warn("server", "an earlier run was interrupted calls={} recordings={}",
                   recovered.calls, recovered.recordings);
  return {};
}

void Daemon::make_control() {
  const std::uint64_t first_id = first_id_of(started_);
  ControlPorts ports;
  ports.sip = [this](core::ProfileId profile, call::SipCommand&& command) {
    return sip_->post(profile, std::move(command));
  };
  ports.media = [this](core::WorkerId worker, call::MediaCommand&& command) {
    return media_->post(worker, std::move(command));
  };
  ports.store = [this](call::StoreCommand&& command) { store_->post(std::move(command)); };
  ports.reply = [this](call::Reply&& reply) { deliver(std::move(reply)); };
  ports.must_refuse_calls = [this] { return store_->must_refuse_calls(); };
  call::SwitchboardOptions options;
  options.config = config_->filled();
  options.routing = config_->routing();
  options.facts = stored_facts();
  options.workers = worker_count(*first_config_, processors_);
  options.first_id = first_id;
  options.wall = core::wall_anchor_now();
  control_ = std::make_unique<ControlThread>(options, std::move(ports), metrics_);
  media_ = std::make_unique<MediaSide>(
      *first_config_, processors_, metrics_, [this](call::MediaEvent event) {
        std::visit([this](auto&& one) { control_->post(std::move(one)); }, std::move(event));
      });
  sip_ = std::make_unique<SipSide>(stack_options(config_->filled(), first_id), *control_, *store_);
  for (std::size_t i = 0; i < sip_->size(); ++i) sip_metrics_.emplace_back(metrics_, sip_->name(i));
  shows_metrics_ = first_config_->metrics.enabled;
  health_ = std::make_unique<Health>(*control_, *sip_, *store_, first_config_->recording.directory,
                                     first_config_->recording.disk_free_min);
}

// Night mode, blocks and the like outlive a restart.
std::vector<call::Fact> Daemon::stored_facts() {
  std::vector<call::Fact> facts;
  for (call::Fact& fact : call::facts_of(*first_config_)) {
    auto text = store_->reader().meta(call::key_of(fact));
    if (!text || !*text || (*text)->empty()) continue;
    fact.text = std::move(**text);
    facts.push_back(std::move(fact));
  }
  return facts;
}

// Those of profiles that are gone are forgotten.
std::vector<call::Binding> Daemon::stored_bindings() {
  auto stored = store_->reader().bindings();
  if (!stored) return {};
  std::erase_if(*stored, [this](const call::Binding& binding) {
    if (first_config_->profiles.contains(binding.profile_name)) return false;
    store_->post(storage::EraseBinding{binding.id});
    return true;
  });
  return std::move(*stored);
}

core::Result<> Daemon::open_api() {
  publish_accounts();
  auto server = api::Server::open(api_options(*first_config_), api_ports(), store_->reader());
  if (!server) return core::forward_error(server);
  api_ = std::move(*server);
  return {};
}

// Called on the control thread.
void Daemon::deliver(call::Reply&& reply) {
  if (reply.request == kOwnRequest)
    mailbox_.post_always(Drained{});
  else if (api_)
    api_->deliver(std::move(reply));
}

void Daemon::watch_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&wanted, signal);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);  // before any thread: they inherit it
  std::signal(SIGPIPE, SIG_IGN);
  signals_ = core::UniqueFd(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  const auto first = loop_.add(signals_.get(), EPOLLIN, [this](std::uint32_t) { on_signals(); });
  const auto second = loop_.add(mailbox_.wake_fd(), EPOLLIN, [this](std::uint32_t) {
    mailbox_.drain([this](Message&& message) { on_message(std::move(message)); });
  });
  PBX_ASSERT(first.has_value() && second.has_value());
}

void Daemon::run() {
  loop_.run([this] { return std::optional(next_tick()); },
            [this](core::Instant now) { on_tick(now); });
  sd_notify(0, "STOPPING=1");
  core::log_info("server", "stopping");
}

void Daemon::on_signals() {
  signalfd_siginfo info{};
  while (read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGHUP) {
      core::log_reopen();
      reload();
    } else {
      begin_drain(drain_until_.has_value());
    }
  }
}

void Daemon::on_message(Message&& message) {
  if (const auto* wanted = std::get_if<ReloadWanted>(&message)) {
    api::ReloadAnswer answer = reload();
    answer.request = wanted->request;
    api_->deliver(std::move(answer));
  } else {
    loop_.stop();
  }
}

core::Instant Daemon::next_tick() const {
  return drain_until_ ? std::min(*drain_until_, tick_due_) : tick_due_;
}

void Daemon::on_tick(core::Instant now) {
  if (now >= tick_due_) {
    tick_due_ = now + kTick;
    notify_watchdog(now);
    publish_metrics();
  }
  if (!drain_until_ || now < *drain_until_) return;
  if (released_) {
    core::log_warn("server", "calls are left that did not end in time");
    return loop_.stop();
  }
  begin_drain(true);
}

void Daemon::begin_drain(bool release) {
  const core::Instant now = core::monotonic_now();
  const core::Duration patience =
      release ? core::Duration(kReleaseWait) : config_->written().server.drain_timeout;
  drain_until_ = now + patience;
  released_ = release;
  control_->post(call::Drain{kOwnRequest, release, true});
}

void Daemon::notify_watchdog(core::Instant) {
  if (health_->is_alive())
    sd_notify(0, "WATCHDOG=1");
  else
    core::log_error("server", "control thread silent for_ms={}: is a handler stuck?",
                    control_->silence().count() / 1'000'000);
}

void Daemon::publish_metrics() {
  for (std::size_t i = 0; i < sip_metrics_.size(); ++i) sip_metrics_[i].publish(sip_->counters(i));
  store_metrics_.publish(store_->stats());
}

api::ReloadAnswer Daemon::reload() {
  ConfigInForce::Outcome outcome = config_->reload();
  for (const std::string& mistake : outcome.mistakes) core::log_error("config", "{}", mistake);
  if (!outcome.mistakes.empty()) {
    core::log_error("config", "reload refused mistakes={}: the running configuration stays",
                    outcome.mistakes.size());
    return {{}, std::move(outcome.mistakes), {}, {}};
  }
  for (const std::string& change : outcome.live) core::log_info("config", "changed {}", change);
  for (const std::string& change : outcome.restart)
    core::log_warn("config", "waits for a restart {}", change);
  sip_->apply(config_->filled());
  media_->apply(config_->written());
  health_->set_disk_free_min(config_->written().recording.disk_free_min);
  control_->post(call::ConfigChanged{config_->filled(), config_->routing()});
  store_->set_retention(retention_times(config_->written()));
  shows_metrics_ = config_->written().metrics.enabled;
  apply_log_levels(config_->written());
  publish_accounts();
  return {{}, {}, std::move(outcome.live), std::move(outcome.restart)};
}

}  // namespace pbx::server
