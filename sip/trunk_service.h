// sip/trunk_service.h — all trunks of one profile at work, and telling control how they are.
//
// SIP thread.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/timers.h"
#include "sip/trunk_agent.h"
#include "sip/trunk_resolution.h"

namespace pbx::sip {

class TrunkService {
 public:
  // `root` outlives it.
  void open(const Context& context, su_root_t* root);

  // A new configuration: trunks come, change and go.  One whose servers, login, registration and
  // health stay as they were goes on as it is.
  void apply(Context& context);
  // Takes registrations back.
  void stop(Context& context);

  // To a REGISTER or an OPTIONS of a trunk.
  void on_response(Context& context, TransactionKey key, const nta_outgoing_t* transaction,
                   const sip_t* sip);
  void on_call_answer(Context& context, std::string_view trunk, const core::SocketAddress& server);
  void on_call_silence(Context& context, std::string_view trunk, const core::SocketAddress& server);
  void on_call_failure(Context& context, std::string_view trunk, const core::SocketAddress& server,
                       std::string_view reason);
  // Null: the trunk is gone.
  [[nodiscard]] DigestAuthorizer* login(std::string_view trunk);

  void run(Context& context, core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

 private:
  struct Entry {
    std::uint64_t id = 0;  // of the agent's transactions
    std::unique_ptr<TrunkAgent> agent;
    std::unique_ptr<TrunkResolution> resolution;
    std::optional<call::TrunkChanged> told;  // what control last heard
    core::TimerId timer;                     // of the agent's next deadline
  };
  // After whatever happened to the agent: its timer, and what control should know.
  void settle(Context& context, Entry& entry);
  void tell(Context& context, Entry& entry);
  void resolve(Context& context, const std::string& name, core::Instant now);
  void remove(Context& context, const std::string& name);

  std::unique_ptr<Resolver> resolver_;  // outlives the resolutions
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::uint64_t, std::string> names_;  // by the id of the agent
  core::Timers<std::uint64_t> timers_;          // by the same
  std::uint64_t next_id_ = 1;
};

}  // namespace pbx::sip
