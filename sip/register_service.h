// sip/register_service.h — REGISTER requests of authenticated telephones: between the headers and
// the registrar.
//
// SIP thread.  Every change goes to control (event) and to the store (EventSink::on_binding).

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sip/connection_watch.h"
#include "sip/context.h"
#include "sip/keepalive.h"
#include "sip/registrar.h"

namespace pbx::sip {

class RegisterService {
 public:
  RegisterService(const StackOptions& stack, const config::Profile& profile);
  // Limits and times of a new configuration.
  void apply(Context& context);

  void receive(Context& context, Request&& request, const config::Extension& account);
  void restore(Context& context, std::vector<call::Binding> bindings);
  void unregister(Context& context, const std::string& extension);
  // Those of extensions that the configuration no longer knows.
  void remove_unknown(Context& context);
  void run(Context& context, core::Instant now);  // expiry, lost connections, keep-alives
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;
  [[nodiscard]] std::size_t size() const { return registrar_.size(); }

 private:
  void watch(Context& context, nta_incoming_t* transaction, const BindingChanges& changes);
  void tell(Context& context, const BindingChanges& changes);
  Registrar registrar_;
  ConnectionWatch connections_;
  Keepalive keepalive_;
};

}  // namespace pbx::sip
