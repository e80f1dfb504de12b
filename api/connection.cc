#include "api/connection.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "api/server.h"

namespace pbx::api {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

class HttpConnection : public Connection {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  HttpConnection(std::uint64_t id, Socket socket, bool trusted, Listener& listener)
      : id_(id), stream_(std::move(socket)), trusted_(trusted), listener_(listener) {}
  void begin() override { read(); }
  void respond(Response&& response) override;

 private:
  using Error = beast::error_code;

  void read();
  void on_read(Error error);
  void refuse(unsigned status, std::string_view error, std::string_view detail);
  template <typename Message>
  void fill_header(Message& message, const Response& response) const;
  void write_whole(Response&& response);
  void write_pieces(Response&& response);
  void write_next_piece();
  void on_written(Error error);
  void close();

  std::uint64_t id_;
  beast::basic_stream<asio::generic::stream_protocol> stream_;
  bool trusted_;
  Listener& listener_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  bool keep_alive_ = false;

  // The response being written.
  struct Pieces {
    std::unique_ptr<BodySource> source;
    std::string piece;
    http::response<http::buffer_body> message;
    std::optional<http::response_serializer<http::buffer_body>> serializer;
  };
  std::optional<http::response<http::string_body>> whole_;
  std::optional<Pieces> pieces_;
};

void HttpConnection::read() {
  parser_.emplace();
  parser_->header_limit(Server::kHeaderBytesMax);
  parser_->body_limit(Server::kBodyBytesMax);
  stream_.expires_after(Server::kIdleTimeout);
  http::async_read(stream_, buffer_, *parser_,
                   [this](Error error, std::size_t) { on_read(error); });
}

void HttpConnection::on_read(Error error) {
  if (error == http::error::body_limit) return refuse(413, "limit_reached", "the body is too long");
  if (error == http::error::header_limit)
    return refuse(431, "limit_reached", "the header is too long");
  if (error && error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message)
    return refuse(400, "invalid_argument", "this is not HTTP");
  if (error) return close();
  const auto& message = parser_->get();
  keep_alive_ = message.keep_alive();
  if (!trusted_ && message.count(http::field::origin) > 0)
    return refuse(403, "forbidden", "web pages may not use this address");
  Request request;
  request.method = std::string(message.method_string());
  request.range = std::string(message[http::field::range]);
  request.trusted = trusted_;
  const auto target = message.target();
  if (auto parsed = parse_target({target.data(), target.size()}, request); !parsed)
    return respond(error_response(parsed.error()));
  stream_.expires_never();
  listener_.on_request(id_, std::move(request));
}

void HttpConnection::refuse(unsigned status, std::string_view error, std::string_view detail) {
  keep_alive_ = false;
  respond(error_response(status, error, detail));
}

template <typename Message>
void HttpConnection::fill_header(Message& message, const Response& response) const {
  message.version(11);
  message.result(response.status);
  message.keep_alive(keep_alive_);
  message.set(http::field::content_type, response.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) message.set(name, value);
}

void HttpConnection::respond(Response&& response) {
  if (response.source)
    write_pieces(std::move(response));
  else
    write_whole(std::move(response));
}

void HttpConnection::write_whole(Response&& response) {
  whole_.emplace();
  fill_header(*whole_, response);
  whole_->body() = std::move(response.body);
  whole_->prepare_payload();
  stream_.expires_after(Server::kWriteTimeout);
  http::async_write(stream_, *whole_, [this](Error error, std::size_t) { on_written(error); });
}

void HttpConnection::write_pieces(Response&& response) {
  pieces_.emplace();
  fill_header(pieces_->message, response);
  if (response.source_bytes)
    pieces_->message.content_length(*response.source_bytes);
  else
    pieces_->message.chunked(true);
  pieces_->source = std::move(response.source);
  pieces_->message.body().data = nullptr;
  pieces_->message.body().more = true;
  pieces_->serializer.emplace(pieces_->message);
  stream_.expires_after(Server::kWriteTimeout);
  http::async_write_header(stream_, *pieces_->serializer, [this](Error error, std::size_t) {
    if (error)
      close();
    else
      write_next_piece();
  });
}

void HttpConnection::write_next_piece() {
  auto next = pieces_->source->next();
  if (!next) return close();  // the reader sees that the body ends too early
  if (next->has_value() && (*next)->empty()) {
    asio::post(stream_.get_executor(), [this] { write_next_piece(); });
    return;
  }
  auto& body = pieces_->message.body();
  body.more = next->has_value();
  if (body.more) pieces_->piece = std::move(**next);
  body.data = body.more ? pieces_->piece.data() : nullptr;
  body.size = body.more ? pieces_->piece.size() : 0;
  stream_.expires_after(Server::kWriteTimeout);
  http::async_write(stream_, *pieces_->serializer, [this](Error error, std::size_t) {
    if (error == http::error::need_buffer)
      write_next_piece();
    else
      on_written(error);
  });
}

void HttpConnection::on_written(Error error) {
  whole_.reset();
  pieces_.reset();
  if (error || !keep_alive_) return close();
  read();
}

void HttpConnection::close() {
  Error ignored;
  stream_.socket().shutdown(Socket::shutdown_send, ignored);
  listener_.on_closed(id_);
}

}  // namespace

std::unique_ptr<Connection> Connection::make(boost::asio::io_context& io, std::uint64_t id,
                                             core::UniqueFd socket, bool trusted,
                                             Listener& listener) {
  HttpConnection::Socket connected(io);
  beast::error_code ignored;  // a descriptor that is no good fails at the first read
  connected.assign(asio::generic::stream_protocol(trusted ? AF_UNIX : AF_INET, 0), socket.get(),
                   ignored);
  if (!ignored) (void)socket.release();
  return std::make_unique<HttpConnection>(id, std::move(connected), trusted, listener);
}

}  // namespace pbx::api
