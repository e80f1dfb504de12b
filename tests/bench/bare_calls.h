// tests/bench/bare_calls.h — the least that a program between two telephones can do with nta.
//
// The yardstick of the signalling bench.  It keeps no rules of any kind: whoever registers is
// registered, whoever is called by his name is rung, a session description goes on as it came,
// and when one side hangs up the other does.  No records, no log, no media, one thread.

#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/net.h"
#include "sip/sofia.h"

namespace pbx::bench {

class BareCalls {
 public:
  // UDP.  Ends the program when the port is taken.
  explicit BareCalls(const core::SocketAddress& address);
  ~BareCalls();

  [[noreturn]] void run();

 private:
  struct Call;
  void on_request(sip::Msg msg, sip_t* sip);
  void register_contact(sip::Msg msg, const sip_t& sip);
  void begin(sip::Msg msg, sip_t* sip);
  static int on_outside_request(nta_agent_magic_t*, nta_agent_t*, msg_t*, sip_t*);

  std::string contact_;
  sip::SuRoot root_;
  sip::NtaAgent agent_;
  std::map<std::string, std::string, std::less<>> contacts_;  // by the user part of To
};

}  // namespace pbx::bench
