// sip/connection_watch.h — tells when the TCP or TLS connection ends over which a telephone
// registered: it cannot be called there any more.
//
// SIP thread.  sofia reports the end of a connection to whoever waits at it, at any moment of its
// loop or while something is sent; what ended is kept until take_ended().  A connection that dies
// without a word is noticed by the next request over it.
//
// Invariant: a binding is watched on one connection at most.  Destroy it before the agent.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "sip/sofia.h"

namespace pbx::sip {

class ConnectionWatch {
 public:
  struct Ended {
    core::BindingId binding;
    std::string extension;
  };

  ConnectionWatch();
  ~ConnectionWatch();
  ConnectionWatch(const ConnectionWatch&) = delete;
  ConnectionWatch& operator=(const ConnectionWatch&) = delete;

  // `connection` carried the REGISTER of the binding; an earlier one no longer counts.  Nothing is
  // watched if it is no connection (UDP).
  void watch(tport_t* connection, core::BindingId binding, std::string extension);
  void forget(core::BindingId binding);

  [[nodiscard]] bool has_ended() const { return !ended_.empty(); }
  [[nodiscard]] std::vector<Ended> take_ended() { return std::exchange(ended_, {}); }
  [[nodiscard]] std::size_t size() const { return watched_.size(); }  // bindings

 private:
  struct Connection;
  void on_closed(Connection& connection);

  std::map<tport_t*, std::unique_ptr<Connection>> connections_;
  std::map<core::BindingId, tport_t*> watched_;
  std::vector<Ended> ended_;
};

}  // namespace pbx::sip
