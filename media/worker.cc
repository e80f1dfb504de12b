#include "media/worker.h"

#include <pthread.h>
#include <sched.h>

#include <string>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/random_device.h"
#include "core/base/thread_name.h"
#include "media/engine.h"
#include "media/worker_metrics.h"

namespace pbx::media {
namespace {

constexpr core::Duration kMetricsInterval = std::chrono::seconds(1);

void pin(core::WorkerId id, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  if (::pthread_setaffinity_np(::pthread_self(), sizeof set, &set) != 0)
    core::log_warn("media", "worker={} pin refused cpu={}", id, cpu);
}

// The lowest of the real-time priorities: enough to go before everything ordinary.
void make_realtime(core::WorkerId id) {
  sched_param lowest{};
  lowest.sched_priority = ::sched_get_priority_min(SCHED_RR);
  if (::pthread_setschedparam(::pthread_self(), SCHED_RR, &lowest) != 0)
    core::log_info("media", "worker={} realtime refused: needs CAP_SYS_NICE", id);
}

void prepare_thread(const WorkerOptions& options) {
  core::name_this_thread(fmt::format("media.{}", options.id.value));
  if (options.pin_to_cpu >= 0) pin(options.id, options.pin_to_cpu);
  if (options.realtime) make_realtime(options.id);
}

// What only a thread shell may know: chance and the time of day.
EngineOptions completed(EngineOptions options) {
  if (options.seed == 0) options.seed = core::entropy_seed();
  if (options.wall_offset == core::Duration::zero()) {
    const core::WallAnchor anchor = core::wall_anchor_now();
    options.wall_offset = anchor.wall.time_since_epoch() - anchor.at.time_since_epoch();
  }
  return options;
}

}  // namespace

// Lives on the worker's thread.
class Worker::Loop {
 public:
  explicit Loop(Worker& worker)
      : worker_(worker),
        sockets_(worker.options_.sockets),
        sounds_(worker.options_.sounds),
        tap_(make_tap(worker.options_.recording)),
        engine_(completed(worker.options_.engine), sockets_, sounds_, tap_ ? &*tap_ : nullptr),
        metrics_(worker.options_.metrics, worker.options_.id) {
    PBX_ASSERT(sockets_.watch(worker.mailbox_.wake_fd()));
    PBX_ASSERT(sockets_.watch(worker.stop_wake_.fd()));
  }

  void run() {
    const SocketSet::Handler handler = [this](core::Instant now, SocketSet::Datagram datagram) {
      engine_.on_datagram(now, datagram.slot, datagram.port, datagram.source,
                          std::move(datagram.packet));
    };
    while (!worker_.stopping_.load(std::memory_order_acquire)) {
      const bool posted = sockets_.wait(next_deadline(), engine_.pool(), handler);
      turn(core::monotonic_now(), posted);
    }
    close_all(core::monotonic_now());
  }

 private:
  static std::optional<RecorderTap> make_tap(RecordRing* ring) {
    if (ring == nullptr) return std::nullopt;
    return std::optional<RecorderTap>(std::in_place, *ring);
  }

  std::optional<core::Instant> next_deadline() const {
    const auto engine = engine_.next_deadline();
    return engine ? std::min(*engine, next_metrics_) : next_metrics_;
  }

  void turn(core::Instant now, bool posted) {
    const core::WakeBatch wakes;
    const auto engine = engine_.next_deadline();
    if (engine && now >= *engine) engine_.on_time(now);
    if (posted) drain(now);
    if (engine_.has_events()) deliver();
    if (now >= next_metrics_) publish(now);
  }

  void drain(core::Instant now) {
    worker_.mailbox_.drain([this, now](Message&& message) {
      if (const auto* command = std::get_if<call::MediaCommand>(&message))
        engine_.apply(now, *command);
      else
        engine_.set_options(std::get<EngineOptions>(message));
    });
  }

  void deliver() {
    for (call::MediaEvent& event : engine_.take_events()) {
      if (const auto* failed = std::get_if<call::MediaFailed>(&event))
        core::log_warn("media", "leg={} session failed detail={}", failed->leg,
                       core::quoted(failed->detail));
      worker_.sink_(std::move(event));
    }
  }

  void publish(core::Instant now) {
    next_metrics_ = now + kMetricsInterval;
    metrics_.publish(engine_, sockets_.counters(), tap_ ? tap_->dropped() : 0);
  }

  void close_all(core::Instant now) {
    drain(now);
    for (const core::LegId leg : engine_.open_legs()) engine_.apply(now, call::MediaClose{leg});
    deliver();
    publish(now);
  }

  Worker& worker_;
  SocketSet sockets_;
  SoundLibrary sounds_;
  std::optional<RecorderTap> tap_;
  Engine engine_;
  WorkerMetrics metrics_;
  core::Instant next_metrics_{};
};

Worker::Worker(const WorkerOptions& options, EventSink sink)
    : options_(options),
      sink_(std::move(sink)),
      mailbox_(core::MailboxOptions{options.mailbox_capacity}),
      thread_([this] { run(); }) {}

Worker::~Worker() { stop(); }

void Worker::run() noexcept {
  prepare_thread(options_);
  core::log_info("media", "worker={} started", options_.id);
  Loop(*this).run();
  core::log_info("media", "worker={} stopped", options_.id);
}

bool Worker::post(call::MediaCommand command) {
  if (std::holds_alternative<call::MediaOpen>(command))
    return mailbox_.try_post(std::move(command));
  mailbox_.post_always(std::move(command));
  return true;
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_release);
  stop_wake_.signal();
  thread_.join();
}

}  // namespace pbx::media
