#include "api/server.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "api/connection.h"
#include "api/service.h"
#include "core/base/clock.h"

namespace pbx::api {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using Generic = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Generic>;
using SystemError = boost::system::error_code;

Now now() { return {core::monotonic_now(), core::wall_now()}; }

core::Result<> check(const SystemError& error, std::string_view what) {
  if (!error) return {};
  return core::fail(core::ErrorCode::kUnavailable, fmt::format("{}: {}", what, error.message()));
}

core::Result<> open_acceptor(Acceptor& acceptor, const Generic::endpoint& endpoint, int family,
                             int protocol, std::string_view what) {
  SystemError error;
  acceptor.open(Generic(family, protocol), error);
  if (!error && family != AF_UNIX)
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  return check(error, what);
}

// A socket file that nobody answers on is left from a daemon that was killed.
core::Result<> remove_stale_socket(asio::io_context& io, const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_socket(path, error)) return {};
  Local::socket probe(io);
  SystemError refused;
  probe.connect(Local::endpoint(path.string()), refused);
  if (!refused)
    return core::fail(core::ErrorCode::kAlreadyExists,
                      fmt::format("another daemon answers on {}", path.string()));
  std::filesystem::remove(path, error);
  return {};
}

}  // namespace

class Server::Impl : public Connection::Listener {
 public:
  Impl(Ports ports, const storage::Reader& reader) : service_(std::move(ports), reader) {}

  core::Result<> listen_local(const std::filesystem::path& path, std::uint32_t mode) {
    if (path.string().size() > kSocketPathMax)
      return core::fail(core::ErrorCode::kInvalidArgument,
                        fmt::format("{}: longer than {} bytes", path.string(), kSocketPathMax));
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    if (auto removed = remove_stale_socket(io_, path); !removed) return removed;
    auto bound = open_acceptor(local_, Local::endpoint(path.string()), AF_UNIX, 0, path.string());
    if (!bound) return bound;
    path_ = path;
    ::chmod(path.c_str(), mode);  // before listen(): until then nobody can connect
    return listen(local_, path.string());
  }

  core::Result<> listen_tcp(const core::SocketAddress& address) {
    sockaddr_storage storage{};
    const socklen_t length = core::to_sockaddr(address, storage);
    const Generic::endpoint endpoint(&storage, length);
    auto bound = open_acceptor(tcp_, endpoint, storage.ss_family, IPPROTO_TCP, address.text());
    if (!bound) return bound;
    auto listening = listen(tcp_, address.text());
    if (!listening) return listening;
    sockaddr_storage real{};
    const auto local = tcp_.local_endpoint();
    std::memcpy(&real, local.data(), std::min(local.size(), sizeof real));
    port_ = core::from_sockaddr(real).port;
    return {};
  }

  void begin() {
    if (local_.is_open()) accept(local_, true);
    if (tcp_.is_open()) accept(tcp_, false);
    thread_ = std::thread([this]() noexcept { io_.run(); });
  }

  void stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    connections_.clear();
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
    path_.clear();
  }
  ~Impl() override { stop(); }

  void deliver(Answer&& answer) {
    asio::post(io_, [this, moved = std::move(answer)]() mutable {
      service_.deliver(std::move(moved), now());
      arm();
    });
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void on_request(std::uint64_t connection, Request&& request) override {
    const auto respond = [this, connection](Response&& response) {
      const auto found = connections_.find(connection);
      if (found != connections_.end()) found->second->respond(std::move(response));
    };
    service_.handle(std::move(request), respond, now());
    arm();
  }
  void on_closed(std::uint64_t connection) override { connections_.erase(connection); }

 private:
  static constexpr std::size_t kSocketPathMax = 107;  // sockaddr_un

  core::Result<> listen(Acceptor& acceptor, std::string_view what) {
    SystemError error;
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    return check(error, what);
  }

  void accept(Acceptor& acceptor, bool trusted) {
    acceptor.async_accept([this, &acceptor, trusted](SystemError error, Generic::socket socket) {
      if (!error) add_connection(core::UniqueFd(socket.release()), trusted);
      if (error == asio::error::operation_aborted) return;
      if (error) return pause_accepting(acceptor, trusted);
      accept(acceptor, trusted);
    });
  }

  // No descriptors left, for one: trying again at once would only spin.
  void pause_accepting(Acceptor& acceptor, bool trusted) {
    auto& timer = trusted ? local_pause_ : tcp_pause_;
    timer.expires_after(std::chrono::seconds(1));
    timer.async_wait([this, &acceptor, trusted](SystemError error) {
      if (!error) accept(acceptor, trusted);
    });
  }

  void add_connection(core::UniqueFd socket, bool trusted) {
    if (connections_.size() >= kConnectionsMax) return;  // closed by going out of scope
    const auto id = ++last_connection_;
    auto connection = Connection::make(io_, id, std::move(socket), trusted, *this);
    connections_.emplace(id, std::move(connection)).first->second->begin();
  }

  void arm() {
    const auto deadline = service_.next_deadline();
    if (!deadline) {
      timer_.cancel();
      return;
    }
    timer_.expires_after(*deadline - core::monotonic_now());
    timer_.async_wait([this](SystemError error) {
      if (error) return;
      service_.expire(now());
      arm();
    });
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  Acceptor local_{io_}, tcp_{io_};
  asio::steady_timer timer_{io_}, local_pause_{io_}, tcp_pause_{io_};
  Service service_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::uint64_t last_connection_ = 0;
  std::filesystem::path path_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

core::Result<std::unique_ptr<Server>> Server::open(const ServerOptions& options, Ports ports,
                                                   const storage::Reader& reader) {
  auto impl = std::make_unique<Impl>(std::move(ports), reader);
  if (!options.socket.empty())
    if (auto listening = impl->listen_local(options.socket, options.socket_mode); !listening)
      return core::forward_error(listening);
  if (options.listen.ip)
    if (auto listening = impl->listen_tcp(options.listen); !listening)
      return core::forward_error(listening);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

core::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Ports ports,
                                                    const storage::Reader& reader) {
  auto server = open(options, std::move(ports), reader);
  if (server) (*server)->begin();
  return server;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
void Server::begin() { impl_->begin(); }
void Server::stop() { impl_->stop(); }
void Server::deliver(Answer&& answer) { impl_->deliver(std::move(answer)); }
std::uint16_t Server::port() const { return impl_->port(); }

}  // namespace pbx::api
