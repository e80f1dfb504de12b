// api/server.h — the api thread: HTTP/1.1 over a Unix socket and, if configured, TCP.
//
// Threads: open(), begin(), stop() and the destructor on the main thread; deliver() from any; all
// else happens on the thread inside.  No port is called before begin() nor after stop(), so that
// the owner can keep the Server where its ports find it.  Boost.Beast lives in server.cc and
// connection.cc only.
//
// Bounds: kConnectionsMax connections (a further one is closed at once), kHeaderBytesMax,
// kBodyBytesMax (413), kIdleTimeout for a connection that says nothing and kWriteTimeout for one
// that reads nothing.  One request at a time per connection.
//
// Over TCP nothing is trusted but the address: secrets are left out, and requests that a web page
// made (they carry Origin) are refused with 403.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "api/ports.h"
#include "core/base/net.h"
#include "storage/reader.h"

namespace pbx::api {

struct ServerOptions {
  std::filesystem::path socket;  // "" for none
  std::uint32_t socket_mode = 0660;
  core::SocketAddress listen;  // none: no TCP.  Port 0: the system chooses one
};

class Server {
 public:
  static constexpr std::size_t kConnectionsMax = 64;
  static constexpr std::uint32_t kHeaderBytesMax = 8 << 10;
  static constexpr std::uint64_t kBodyBytesMax = 64 << 10;
  static constexpr std::chrono::seconds kIdleTimeout{60};
  static constexpr std::chrono::seconds kWriteTimeout{30};

  // Errors: kAlreadyExists (another daemon answers on the socket), kInvalidArgument (path too
  // long), kUnavailable (address or directory not ours).
  static core::Result<std::unique_ptr<Server>> open(const ServerOptions& options, Ports ports,
                                                    const storage::Reader& reader);
  // Begins to serve; who connected since open() is not lost.
  void begin();
  // Ends the thread and all connections.  What is delivered later is thrown away.
  void stop();
  // open() and begin(), for ports that do not need the Server.
  static core::Result<std::unique_ptr<Server>> start(const ServerOptions& options, Ports ports,
                                                     const storage::Reader& reader);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void deliver(Answer&& answer);

  [[nodiscard]] std::uint16_t port() const;  // of TCP; 0 if there is none

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pbx::api
