#include "sip/connection_watch.h"

#include <utility>

namespace pbx::sip {

// One connection with the bindings that came over it.
struct ConnectionWatch::Connection {
  Connection(ConnectionWatch& to, tport_t* of) : owner(to), tport(tport_ref(of)) {
    // sofia tells an orderly end only if asked to.
    tport_set_params(tport, TPTAG_SDWN_ERROR(1), TAG_END());
    waiting =
        tport_pend(tport, nullptr, &Connection::on_error, reinterpret_cast<tp_client_t*>(this));
  }
  ~Connection() {
    tport_release(tport, waiting, nullptr, nullptr, reinterpret_cast<tp_client_t*>(this), 0);
    tport_unref(tport);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  static void on_error(tp_stack_t*, tp_client_t* client, tport_t*, msg_t*, int) {
    auto& connection = *reinterpret_cast<Connection*>(client);
    connection.owner.on_closed(connection);
  }

  ConnectionWatch& owner;
  tport_t* tport;
  int waiting = -1;
  std::map<core::BindingId, std::string> bindings;  // → extension
};

ConnectionWatch::ConnectionWatch() = default;
ConnectionWatch::~ConnectionWatch() = default;

void ConnectionWatch::watch(tport_t* connection, core::BindingId binding, std::string extension) {
  const auto known = watched_.find(binding);
  if (known != watched_.end() && known->second == connection) return;
  forget(binding);
  if (!connection || !tport_is_secondary(connection) || !tport_is_stream(connection)) return;
  if (tport_is_closed(connection)) {
    ended_.push_back({binding, std::move(extension)});
    return;
  }
  auto& held = connections_[connection];
  if (!held) held = std::make_unique<Connection>(*this, connection);
  held->bindings.emplace(binding, std::move(extension));
  watched_.emplace(binding, connection);
}

void ConnectionWatch::forget(core::BindingId binding) {
  const auto known = watched_.find(binding);
  if (known == watched_.end()) return;
  const auto held = connections_.find(known->second);
  held->second->bindings.erase(binding);
  if (held->second->bindings.empty()) connections_.erase(held);
  watched_.erase(known);
}

void ConnectionWatch::on_closed(Connection& connection) {
  for (auto& [binding, extension] : connection.bindings) {
    watched_.erase(binding);
    ended_.push_back({binding, std::move(extension)});
  }
  connections_.erase(connection.tport);
}

}  // namespace pbx::sip
