// api/connection.h — one HTTP connection: reads a request, hands it up, writes the response, and
// so on until either side has had enough.
//
// Owner: the api thread.  At most one asynchronous operation is under way, and the connection ends
// itself by Listener::on_closed, from inside that operation's completion, so that none is left
// behind when its owner destroys it.
#pragma once

#include <cstdint>
#include <memory>

#include "api/http.h"
#include "core/base/fd.h"

namespace boost::asio {
class io_context;
}

namespace pbx::api {

class Connection {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // Answered by respond(), now or later.
    virtual void on_request(std::uint64_t connection, Request&& request) = 0;
    virtual void on_closed(std::uint64_t connection) = 0;  // destroys the connection
  };

  // `socket` is connected.  `trusted`: it is the Unix socket.
  static std::unique_ptr<Connection> make(boost::asio::io_context& io, std::uint64_t id,
                                          core::UniqueFd socket, bool trusted, Listener& listener);
  virtual ~Connection() = default;

  virtual void begin() = 0;
  // REQUIRES: a request was handed up and has not been answered.
  virtual void respond(Response&& response) = 0;
};

}  // namespace pbx::api
