#include "server/part_metrics.h"

#include <fmt/format.h>

namespace pbx::server {
namespace {

using sip::SipCounters;

struct SipFigure {
  const char* name;
  const char* help;
  std::uint64_t SipCounters::*figure;
};
constexpr SipFigure kSipFigures[] = {
    {"requests_received", "Requests that came in", &SipCounters::requests_received},
    {"requests_sent", "Requests sent, repetitions not counted", &SipCounters::requests_sent},
    {"invites_received", "INVITEs that came in", &SipCounters::invites_received},
    {"invites_sent", "INVITEs sent", &SipCounters::invites_sent},
    {"registers_received", "REGISTERs that came in", &SipCounters::registers_received},
    {"challenges", "Requests answered by the question for a password", &SipCounters::challenges},
    {"auth_failures", "Wrong passwords and unknown users", &SipCounters::auth_failures},
    {"bans", "Bans of source addresses", &SipCounters::bans},
    {"banned_dropped", "Messages of banned addresses, dropped", &SipCounters::banned_dropped},
    {"denied_dropped", "Messages of addresses that guard.deny or guard.allow shuts out, dropped",
     &SipCounters::denied_dropped},
    {"rate_dropped", "Requests beyond guard.requests_per_second, dropped",
     &SipCounters::rate_dropped},
    {"rate_refused", "Requests beyond guard.unauthenticated_per_second, answered 503",
     &SipCounters::rate_refused},
    {"malformed", "Messages that could not be read", &SipCounters::malformed},
    {"refused_busy", "INVITEs refused with 503", &SipCounters::refused_busy},
    {"refused_limit", "Requests refused at a bound", &SipCounters::refused_limit},
    {"loops", "Requests refused as loops", &SipCounters::loops},
    {"timeouts", "Requests and responses that the other side left unanswered",
     &SipCounters::timeouts},
    {"retransmissions", "Messages repeated, by us or to us", &SipCounters::retransmissions},
    {"commands_lost", "Commands of control lost to a full mailbox", &SipCounters::commands_lost},
};
constexpr int kClasses = 6;  // 1xx to 6xx

Mirror class_counter(core::MetricsRegistry& registry, const char* name, const char* help,
                     const std::string& profile, int status_class) {
  return Mirror(registry.counter(
      name, help, {{"profile", profile}, {"class", fmt::format("{}xx", status_class)}}));
}

}  // namespace

SipMetrics::SipMetrics(core::MetricsRegistry& registry, const std::string& profile) {
  const core::Labels labels{{"profile", profile}};
  for (const SipFigure& figure : kSipFigures)
    rows_.push_back({Mirror(registry.counter(fmt::format("strowger_sip_{}_total", figure.name),
                                             figure.help, labels)),
                     figure.figure});
  for (int status_class = 1; status_class <= kClasses; ++status_class) {
    sent_.push_back(class_counter(registry, "strowger_sip_responses_sent_total",
                                  "Responses sent, by class", profile, status_class));
    received_.push_back(class_counter(registry, "strowger_sip_responses_received_total",
                                      "Responses that came in, by class", profile, status_class));
  }
  legs_ = registry.gauge("strowger_sip_legs", "Dialogs of calls", labels);
  bindings_ = registry.gauge("strowger_sip_bindings", "Registered contacts", labels);
}

void SipMetrics::publish(const SipCounters& counters) {
  for (Row& row : rows_) row.mirror.set(counters.*row.figure);
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    sent_[i].set(counters.sent_by_class[i + 1]);
    received_[i].set(counters.received_by_class[i + 1]);
  }
  legs_.set(static_cast<double>(counters.legs));
  bindings_.set(static_cast<double>(counters.bindings));
}

StoreMetrics::StoreMetrics(core::MetricsRegistry& registry)
    : commits_(registry.counter("strowger_storage_commits_total", "Transactions written")),
      items_(registry.counter("strowger_storage_items_total", "Records written")),
      failures_(registry.counter("strowger_storage_failures_total", "Transactions that failed")),
      spilled_(registry.counter("strowger_storage_spilled_total",
                                "Call records written beside the database that refused them")),
      dropped_(registry.counter("strowger_storage_dropped_total",
                                "Other items lost while the database refused them")),
      cdrs_expired_(registry.counter("strowger_storage_cdrs_expired_total",
                                     "Call records deleted for their age")),
      recordings_expired_(registry.counter("strowger_storage_recordings_expired_total",
                                           "Recordings deleted for their age")),
      backlog_(registry.gauge("strowger_storage_backlog", "Items that wait for the database")),
      failing_(registry.gauge("strowger_storage_failing", "1 while the database refuses writes")),
      commit_seconds_max_(registry.gauge("strowger_storage_commit_seconds_max",
                                         "The longest transaction since the start")),
      used_share_(registry.gauge("strowger_storage_used_share",
                                 "Share of storage.map_size in use, 0 to 1")) {}

void StoreMetrics::publish(const storage::StoreStats& stats) {
  commits_.set(stats.commits);
  items_.set(stats.items);
  failures_.set(stats.failures);
  spilled_.set(stats.spilled);
  dropped_.set(stats.dropped);
  cdrs_expired_.set(stats.cdrs_expired);
  recordings_expired_.set(stats.recordings_expired);
  backlog_.set(static_cast<double>(stats.backlog));
  failing_.set(stats.failing ? 1 : 0);
  commit_seconds_max_.set(std::chrono::duration<double>(stats.commit_max).count());
  used_share_.set(stats.usage.map_bytes == 0 ? 0 : stats.usage.share());
}

}  // namespace pbx::server
