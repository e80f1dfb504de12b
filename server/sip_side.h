// server/sip_side.h — all SIP threads of the daemon, and the way from them to control and store.
//
// Made and stopped by the main thread.  post() and the queries may be called by any thread.

#pragma once

#include <memory>
#include <vector>

#include "api/ports.h"
#include "server/control_thread.h"
#include "sip/stack.h"
#include "storage/store.h"

namespace pbx::server {

class SipSide {
 public:
  SipSide(std::vector<sip::StackOptions> options, ControlThread& control, storage::Store& store);
  ~SipSide();

  // Binds all addresses and starts the threads.  Errors: the first that fails, by name.
  [[nodiscard]] core::Result<> start(const std::vector<call::Binding>& bindings);
  void apply(const std::shared_ptr<const config::Config>& config);
  void stop();

  // False: no such profile, or its mailbox is full.
  bool post(core::ProfileId profile, call::SipCommand&& command);

  [[nodiscard]] std::size_t size() const { return profiles_.size(); }
  [[nodiscard]] std::vector<std::string> addresses() const;  // "phones udp 0.0.0.0:5060"
  // Each profile answers `query` once, on its own thread.
  using Answer = std::function<void(api::Answer&&)>;
  void ask(const api::SipQuery& query, const Answer& answer);
  [[nodiscard]] const std::string& name(std::size_t index) const { return names_[index]; }
  [[nodiscard]] sip::SipCounters counters(std::size_t index) const;

 private:
  class Sink;
  void ask_one(std::size_t index, const api::TraceQuery& query, const Answer& answer);
  void ask_one(std::size_t index, const api::GuardListQuery& query, const Answer& answer);
  void ask_one(std::size_t index, const api::GuardLiftQuery& query, const Answer& answer);
  struct Profile {
    std::unique_ptr<Sink> sink;
    std::unique_ptr<sip::Stack> stack;
  };
  std::vector<Profile> profiles_;  // index: ProfileId - 1
  std::vector<std::string> names_;
};

}  // namespace pbx::server
