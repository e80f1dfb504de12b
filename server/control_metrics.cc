#include "server/control_metrics.h"

namespace pbx::server {

ControlMetrics::ControlMetrics(core::MetricsRegistry& registry)
    : events_(registry.counter("strowger_call_events_total", "Events handled by control")),
      turns_(registry.histogram("strowger_call_turn_seconds",
                                "Time that control took for one batch of events",
                                core::latency_bounds())),
      calls_(registry.gauge("strowger_call_calls", "Calls in progress")),
      legs_(registry.gauge("strowger_call_legs", "Legs of calls in progress")),
      bindings_(registry.gauge("strowger_call_bindings", "Registered contacts")),
      ports_free_(registry.gauge("strowger_call_rtp_ports_free",
                                 "RTP ports not in use, those in quarantine included")),
      recordings_(registry.gauge("strowger_call_recordings", "Recordings not closed yet")),
      draining_(registry.gauge("strowger_call_draining", "1 while new calls are refused")),
      mailbox_fill_(registry.gauge("strowger_call_mailbox_fill",
                                   "Share of control's mailbox in use, 0 to 1")),
      refused_(
          registry.gauge("strowger_call_refused", "Calls refused at the gate since the start")),
      rights_refused_(registry.gauge("strowger_call_rights_refused",
                                     "Calls refused by the rights of their caller")),
      fraud_blocks_(registry.gauge("strowger_call_fraud_blocks",
                                   "Extensions blocked by the fraud watch since the start")) {
  for (std::size_t i = 0; i < ended_.size(); ++i)
    ended_[i] =
        registry.counter("strowger_call_ended_total", "Calls ended, by outcome",
                         {{"outcome", std::string(call::text(static_cast<call::Outcome>(i)))}});
}

void ControlMetrics::on_store(const call::StoreCommand& command) const {
  if (const auto* done = std::get_if<call::StoreCdr>(&command))
    ended_[static_cast<std::size_t>(done->cdr.outcome)].add();
}

void ControlMetrics::on_heartbeat(const call::ControlStatus& status,
                                  const core::Mailbox<call::Event>& mailbox) const {
  calls_.set(static_cast<double>(status.calls));
  legs_.set(static_cast<double>(status.legs));
  bindings_.set(static_cast<double>(status.bindings));
  ports_free_.set(static_cast<double>(status.ports_free));
  recordings_.set(static_cast<double>(status.recordings));
  draining_.set(status.draining ? 1 : 0);
  mailbox_fill_.set(mailbox.fill());
  refused_.set(static_cast<double>(status.calls_refused));
  rights_refused_.set(static_cast<double>(status.rights_refused));
  fraud_blocks_.set(static_cast<double>(status.fraud_blocks));
}

}  // namespace pbx::server
