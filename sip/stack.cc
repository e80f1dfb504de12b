#include "sip/stack.h"

#include <array>
#include <atomic>
#include <bit>
#include <future>
#include <thread>
#include <variant>

#include "core/base/clock.h"
#include "core/base/mailbox.h"
#include "core/base/random_device.h"
#include "core/base/thread_name.h"
#include "core/base/turn_pace.h"
#include "sip/engine.h"
#include "sip/sip_time.h"
#include "sip/sofia_overrides.h"

namespace pbx::sip {
namespace {

constexpr std::chrono::milliseconds kTurnMax{1000};      // of one sleep
constexpr std::chrono::milliseconds kPublishPeriod{50};  // of the counters; idle: kTurnMax
constexpr std::size_t kNonceKeyBytes = 32;
constexpr int kStepsMax = 64;                          // of sofia's loop in one turn
constexpr std::chrono::milliseconds kTurnInterval{2};  // of turns while there is much to do

struct ApplyConfig {
  std::shared_ptr<const config::Config> config;
};
struct Drain {};
struct Unregister {
  std::string extension;
};
struct AskTrace {
  std::vector<core::LegId> legs;
  Stack::TraceReply reply;
};
struct ListGuard {
  Stack::GuardReply reply;
};
struct LiftBan {
  core::IpAddress address;
  Stack::LiftReply reply;
};
struct Wake {};
struct Stop {
  std::chrono::milliseconds patience;
};
// The counters as other threads may read them: each figure is whole, two may be of different turns.
class SharedCounters {
 public:
  void publish(const SipCounters& counters) {
    const auto figures = std::bit_cast<Figures>(counters);
    for (std::size_t i = 0; i < figures.size(); ++i)
      figures_[i].store(figures[i], std::memory_order_relaxed);
  }
  [[nodiscard]] SipCounters read() const {
    Figures figures;
    for (std::size_t i = 0; i < figures.size(); ++i)
      figures[i] = figures_[i].load(std::memory_order_relaxed);
    return std::bit_cast<SipCounters>(figures);
  }

 private:
  using Figures = std::array<std::uint64_t, sizeof(SipCounters) / sizeof(std::uint64_t)>;
  std::array<std::atomic<std::uint64_t>, std::tuple_size_v<Figures>> figures_{};
};

using Command = std::variant<call::SipCommand, ApplyConfig, Drain, Unregister, AskTrace, ListGuard,
                             LiftBan, Wake, Stop>;

// sofia's own log goes nowhere: what matters of it is counted.
void silence_sofia() {
  su_log_redirect(
      nullptr, [](void*, const char*, va_list) {}, nullptr);
}

}  // namespace

struct Stack::Inside {
  StackOptions options;
  EventSink& sink;
  core::Mailbox<Command> mailbox;
  std::vector<call::Binding> restored;
  std::thread thread;
  std::vector<ListenedAddress> addresses;
  std::atomic<bool> running = false;
  std::atomic<std::uint64_t> commands_lost = 0;

  SharedCounters counters;

  // The thread's own.
  SuRoot root;
  std::unique_ptr<Engine> engine;
  bool mail_waits = true;
  bool stopping = false;
  core::Instant stop_at{};
  core::Instant publish_at{};
  core::TurnPace pace{kTurnInterval};

  Inside(StackOptions given, EventSink& to)
      : options(std::move(given)), sink(to), mailbox({options.commands_max, 90}) {
    if (options.seed == 0) options.seed = core::entropy_seed();
  }

  static int on_mail(su_root_magic_t*, su_wait_t*, su_wakeup_arg_t* arg) {
    auto* const self = reinterpret_cast<Inside*>(arg);
    self->mailbox.acknowledge();  // or each further step of the turn would come here again
    self->mail_waits = true;
    return 0;
  }

  core::Result<> open() {
    link_sofia_overrides();
    use_monotonic_time();
    silence_sofia();
    root.reset(su_root_create(nullptr));
    if (!root) return core::fail(core::ErrorCode::kUnavailable, "no event loop");
    engine =
        std::make_unique<Engine>(options, sink, root.get(), core::secure_bytes(kNonceKeyBytes));
    if (auto opened = engine->open(); !opened) return opened;
    engine->restore(std::exchange(restored, {}));
    for (const Listener& listener : engine->context().transports.listeners())
      addresses.push_back({listener.transport, listener.address});
    su_wait_t wait[1] = {SU_WAIT_INIT};
    if (su_wait_create(wait, mailbox.wake_fd(), SU_WAIT_IN) < 0 ||
        su_root_register(root.get(), wait, &Inside::on_mail,
                         reinterpret_cast<su_wakeup_arg_t*>(this), 0) < 0)
      return core::fail(core::ErrorCode::kUnavailable, "no wake-up");
    return {};
  }

  void close() {
    engine.reset();
    root.reset();
  }

  void run(std::promise<core::Result<>>& opened) noexcept {
    core::name_this_thread("sip." + options.profile);
    auto result = open();
    const bool ok = result.has_value();
    if (!ok) close();
    opened.set_value(std::move(result));
    if (!ok) return;
    while (!is_over()) turn();
    publish_counters();
    close();
  }

  void turn() {
    pace.rest();
    const core::Instant now = sip_now();
    core::Duration sleep = kTurnMax;
    if (const auto deadline = engine->next_deadline()) sleep = std::min(sleep, *deadline - now);
    const auto ms =
        std::chrono::ceil<std::chrono::milliseconds>(std::max(sleep, core::Duration(0)));
    su_root_step(root.get(), static_cast<su_duration_t>(ms.count()));
    pace.begin(core::monotonic_now());
    // A step handles one datagram.  Those that wait too are told control together.
    const core::WakeBatch wakes;
    for (int more = 1; more < kStepsMax && su_root_step(root.get(), 0) == 0;) ++more;
    if (std::exchange(mail_waits, false))
      mailbox.drain([this](Command&& command) {
        std::visit([this](auto&& plain) { handle(std::move(plain)); }, std::move(command));
      });
    engine->run_due();
    if (sip_now() >= publish_at) publish_counters();
  }

  [[nodiscard]] bool is_over() const {
    return stopping && (engine->legs() == 0 || sip_now() >= stop_at);
  }

  void publish_counters() {
    publish_at = sip_now() + kPublishPeriod;
    SipCounters fresh = engine->counters();
    fresh.commands_lost = commands_lost.load(std::memory_order_relaxed);
    counters.publish(fresh);
  }

  void handle(call::SipCommand&& command) { engine->apply(command); }
  void handle(ApplyConfig&& command) { engine->apply_config(std::move(command.config)); }
  void handle(Drain&&) { engine->drain(); }
  void handle(Unregister&& command) { engine->unregister(command.extension); }
  void handle(Wake&&) {}
  void handle(AskTrace&& command) {
    std::vector<std::pair<core::LegId, TraceMessage>> found;
    for (const core::LegId leg : command.legs)
      for (TraceMessage& message : engine->context().trace.messages(leg))
        found.emplace_back(leg, std::move(message));
    command.reply(std::move(found));
  }
  void handle(ListGuard&& command) { command.reply(engine->gatekeeper().list(), sip_anchor_now()); }
  void handle(LiftBan&& command) { command.reply(engine->gatekeeper().lift(command.address)); }
  void handle(Stop&& command) {
    stopping = true;
    stop_at = sip_now() + command.patience;
    engine->drain();
    engine->end_all_legs();
  }

  bool post(Command command) {
    if (!running || !mailbox.try_post(std::move(command), core::Lane::kReserved)) {
      commands_lost.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    return true;
  }
};

Stack::Stack(StackOptions options, EventSink& sink)
    : inside_(std::make_unique<Inside>(std::move(options), sink)) {}

Stack::~Stack() { stop(); }

void Stack::restore(std::vector<call::Binding> bindings) {
  inside_->restored = std::move(bindings);
}

core::Result<> Stack::start() {
  std::promise<core::Result<>> opened;
  auto result = opened.get_future();
  inside_->thread = std::thread([this, &opened] { inside_->run(opened); });
  core::Result<> started = result.get();
  if (!started) {
    inside_->thread.join();
    return started;
  }
  inside_->running = true;
  return {};
}

void Stack::stop(std::chrono::milliseconds patience) {
  if (!inside_->running.exchange(false)) return;
  inside_->mailbox.post_always(Stop{patience});
  inside_->thread.join();
}

bool Stack::post(call::SipCommand command) { return inside_->post(std::move(command)); }

void Stack::apply(std::shared_ptr<const config::Config> config) {
  inside_->post(ApplyConfig{std::move(config)});
}

void Stack::drain() { inside_->post(Drain{}); }

bool Stack::trace(std::vector<core::LegId> legs, TraceReply reply) {
  return inside_->post(AskTrace{std::move(legs), std::move(reply)});
}

bool Stack::list_guard(GuardReply reply) { return inside_->post(ListGuard{std::move(reply)}); }

bool Stack::lift_ban(const core::IpAddress& address, LiftReply reply) {
  return inside_->post(LiftBan{address, std::move(reply)});
}

bool Stack::unregister(std::string extension) {
  return inside_->post(Unregister{std::move(extension)});
}

std::vector<ListenedAddress> Stack::addresses() const { return inside_->addresses; }

SipCounters Stack::counters() const { return inside_->counters.read(); }

void Stack::wake() { inside_->post(Wake{}); }

}  // namespace pbx::sip
