// The real server over real sockets, asked by plain system calls.
#include "api/server.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <boost/json.hpp>
#include <fstream>

#include "core/base/fd.h"
#include "storage/store.h"
#include "tests/unit/storage/samples.h"

namespace pbx::api {
namespace {

namespace samples = storage::test;

core::UniqueFd connect_local(const std::filesystem::path& path) {
  core::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
  return fd;
}

core::UniqueFd connect_tcp(std::uint16_t port) {
  core::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage address{};
  const auto length = core::to_sockaddr({core::parse_ip("127.0.0.1").value(), port}, address);
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), length) != 0) fd.reset();
  return fd;
}

void send_text(const core::UniqueFd& fd, std::string_view text) {
  REQUIRE(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(text.size()));
}

std::string receive_all(const core::UniqueFd& fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t got; (got = ::recv(fd.get(), buffer, sizeof buffer, 0)) > 0;)
    all.append(buffer, static_cast<std::size_t>(got));
  return all;
}

std::string get(std::string_view target, std::string_view more = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", target, more);
}

struct Running {
  samples::TempDir dir;
  std::unique_ptr<storage::Store> store;
  std::filesystem::path socket = dir.path() / "api.sock";
  std::unique_ptr<Server> server;

  Running() {
    storage::StoreOptions options;
    options.directory = dir.path() / "db";
    options.map_size = 64 << 20;
    options.sync = storage::Sync::kOff;
    options.retention = {};
    store = storage::Store::open(std::move(options)).value();
    server = Server::open({socket, 0660, core::parse_socket_address("127.0.0.1:0").value()},
                          ports(), store->reader())
                 .value();
    server->begin();
  }
  Ports ports() {
    Ports ports;
    ports.control = [this](call::Event&& event) {  // answers as the control thread would
      if (const auto* list = std::get_if<call::ListCalls>(&event))
        server->deliver(call::Reply{list->request, call::CallList{}});
      return true;
    };
    ports.accounts = [] {
      return std::vector<AccountView>{{"101", "", "", true, config::Secret("hunter2")}};
    };
    ports.recording_directory = dir.path();
    return ports;
  }
  [[nodiscard]] std::string ask(const std::string& text) const {
    const auto fd = connect_local(socket);
    REQUIRE(fd);
    send_text(fd, text);
    return receive_all(fd);
  }
  [[nodiscard]] std::string ask_tcp(const std::string& text) const {
    const auto fd = connect_tcp(server->port());
    REQUIRE(fd);
    send_text(fd, text);
    return receive_all(fd);
  }
};

std::string body_of(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

TEST_CASE("the socket may be used by owner and group only, and is gone afterwards") {
  Running r;
  struct stat info {};
  REQUIRE(::stat(r.socket.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0660);
  r.server.reset();
  CHECK_FALSE(std::filesystem::exists(r.socket));
}

TEST_CASE("an answer from another thread reaches its connection") {
  const Running r;
  const auto response = r.ask(get("/api/v1/calls"));
  CHECK(response.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(body_of(response) == "{\"total\":0,\"calls\":[]}\n");
}

TEST_CASE("who connects before it serves is served, and what comes after the end is thrown away") {
  Running r;
  r.server.reset();
  r.server = Server::open({r.socket, 0660, {}}, r.ports(), r.store->reader()).value();
  const auto early = connect_local(r.socket);
  REQUIRE(early);
  send_text(early, get("/api/v1/calls"));
  r.server->begin();
  CHECK(receive_all(early).starts_with("HTTP/1.1 200 OK"));
  r.server->stop();
  CHECK_FALSE(connect_local(r.socket));
  r.server->deliver(call::Reply{core::RequestId{1}, call::Done{}});
  r.server->stop();
}

TEST_CASE("one connection serves many requests") {
  const Running r;
  const auto fd = connect_local(r.socket);
  send_text(
      fd, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nGET /api/v1/calls HTTP/1.1\r\nHost: x\r\n\r\n");
  send_text(fd, get("/api/v1/openapi.json"));
  const auto all = receive_all(fd);
  CHECK(all.find("404 Not Found") < all.find("200 OK"));
  CHECK(all.find("\"openapi\"") != std::string::npos);
}

TEST_CASE("an export comes in chunks, a recording with its length and in parts") {
  const Running r;
  r.store->post(call::StoreCommand(call::StoreCdr{samples::sample_cdr(1)}));
  r.store->post(call::StoreCommand(call::StoreRecording{samples::sample_recording(0x55, 1)}));
  while (r.store->reader().counts()->recordings == 0) std::this_thread::yield();
  const auto csv = r.ask(get("/api/v1/cdr?format=csv"));
  CHECK(csv.find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(csv.find("answered,caller,200,16,normal") != std::string::npos);
  CHECK(csv.ends_with("0\r\n\r\n"));

  const auto path = r.dir.path() / samples::sample_recording().path;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << std::string(300000, 'w') << "end";
  const auto whole = r.ask(get("/api/v1/recordings/55/file"));
  CHECK(whole.find("Content-Length: 300003") != std::string::npos);
  CHECK(body_of(whole).size() == 300003);
  const auto part = r.ask(get("/api/v1/recordings/55/file", "Range: bytes=-3\r\n"));
  CHECK(part.starts_with("HTTP/1.1 206 Partial Content"));
  CHECK(body_of(part) == "end");
}

TEST_CASE("secrets stay on the Unix socket, and web pages are refused on TCP") {
  const Running r;
  CHECK(r.ask(get("/api/v1/accounts")).find("hunter2") != std::string::npos);
  const auto over_tcp = r.ask_tcp(get("/api/v1/accounts"));
  CHECK(over_tcp.starts_with("HTTP/1.1 200 OK"));
  CHECK(over_tcp.find("hunter2") == std::string::npos);
  CHECK(r.ask_tcp(get("/api/v1/calls", "Origin: http://evil.example\r\n"))
            .starts_with("HTTP/1.1 403"));
}

TEST_CASE("what is not HTTP, and what is too long, is refused and the server lives") {
  const Running r;
  CHECK(r.ask("INVITE sip:101@x SIP/2.0\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(r.ask("GET / HTTP/1.1\r\nX: " + std::string(10000, 'x')).starts_with("HTTP/1.1 431"));
  CHECK(r.ask("POST /api/v1/drain HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
            .starts_with("HTTP/1.1 413"));
  CHECK(r.ask(get("/api/v1/calls")).starts_with("HTTP/1.1 200"));
}

TEST_CASE("a request may come byte by byte") {
  const Running r;
  const auto fd = connect_local(r.socket);
  for (const char c : get("/api/v1/calls")) send_text(fd, std::string_view(&c, 1));
  CHECK(receive_all(fd).starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("a client that speaks HTTP/1.0 or asks to close gets its answer and the end") {
  const Running r;
  const auto old = r.ask("GET /api/v1/calls HTTP/1.0\r\n\r\n");
  CHECK(old.find("200 OK") != std::string::npos);
  CHECK(r.ask(get("/api/v1/calls")).find("Connection: close") != std::string::npos);
}

TEST_CASE("answers say that they are not to be kept nor guessed about") {
  const Running r;
  const auto response = r.ask(get("/api/v1/calls"));
  CHECK(response.find("Cache-Control: no-store\r\n") != std::string::npos);
  CHECK(response.find("X-Content-Type-Options: nosniff\r\n") != std::string::npos);
  CHECK(response.find("Content-Type: application/json\r\n") != std::string::npos);
}

TEST_CASE("connections beyond the bound are closed at once") {
  const Running r;
  std::vector<core::UniqueFd> open;
  for (std::size_t i = 0; i < Server::kConnectionsMax; ++i) {
    open.push_back(connect_local(r.socket));
    send_text(open.back(), "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
    char first = 0;
    REQUIRE(::recv(open.back().get(), &first, 1, 0) == 1);  // so it is counted
  }
  const auto extra = connect_local(r.socket);
  char byte = 0;
  CHECK(::recv(extra.get(), &byte, 1, 0) <= 0);
}

TEST_CASE("clients that do not read or hang up in the middle harm nobody") {
  const Running r;
  for (std::uint64_t id = 1; id <= 2000; ++id)
    r.store->post(call::StoreCommand(call::StoreCdr{samples::sample_cdr(id)}));
  while (r.store->reader().counts()->cdrs < 2000) std::this_thread::yield();
  const auto slow = connect_local(r.socket);
  send_text(slow, get("/api/v1/cdr?format=jsonl&limit=0"));
  {
    const auto gone = connect_local(r.socket);
    send_text(gone, get("/api/v1/cdr?format=jsonl&limit=0"));
    char byte = 0;
    REQUIRE(::recv(gone.get(), &byte, 1, 0) == 1);
  }
  CHECK(r.ask(get("/api/v1/calls")).starts_with("HTTP/1.1 200"));
}

TEST_CASE("a second daemon does not take the socket, a dead one's is taken over") {
  Running r;
  const auto second = Server::start({r.socket, 0660, {}}, {}, r.store->reader());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == core::ErrorCode::kAlreadyExists);
  r.server.reset();
  {  // what a killed daemon leaves behind
    const core::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    r.socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  CHECK(Server::start({r.socket, 0660, {}}, {}, r.store->reader()).has_value());
}

TEST_CASE("a socket path that is too long or not ours is an error") {
  const Running r;
  const auto start = [&](const std::string& path) {
    return Server::start({path, 0660, {}}, {}, r.store->reader());
  };
  CHECK(start("/tmp/" + std::string(120, 'x')).error().code == core::ErrorCode::kInvalidArgument);
  CHECK(start("/proc/no/such.sock").error().code == core::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace pbx::api
