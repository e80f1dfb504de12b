#include "tools/strowger/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cerrno>
#include <memory>

namespace pbx::tools {
namespace {

struct CurlDelete {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, CurlDelete>;

// What a running transfer writes to: the sink for a 200, the reply's body for all else.
struct Target {
  CURL* curl;
  Reply* reply;
  const Client::Sink* sink;
};

std::size_t on_data(char* data, std::size_t, std::size_t size, void* user) {
  auto& target = *static_cast<Target*>(user);
  long status = 0;
  curl_easy_getinfo(target.curl, CURLINFO_RESPONSE_CODE, &status);
  const std::string_view piece(data, size);
  if (target.sink != nullptr && status == 200) return (*target.sink)(piece) ? size : 0;
  target.reply->body.append(piece);
  return size;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~:+*").find(c) != std::string_view::npos;
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace

std::string query_text(const Query& query) {
  std::string out;
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    out += out.empty() ? '?' : '&';
    out += escape(name) + '=' + escape(value);
  }
  return out;
}

std::string path_part(std::string_view id) { return escape(id); }

core::Result<Reply> Client::request(const std::string& method, const std::string& target) {
  return perform(method, target, nullptr);
}

core::Result<Reply> Client::download(const std::string& target, const Sink& sink) {
  return perform("GET", target, &sink);
}

core::Result<Reply> Client::perform(const std::string& method, const std::string& target,
                                    const Sink* sink) {
  const Curl curl(curl_easy_init());
  if (!curl) return core::fail(core::ErrorCode::kUnavailable, "libcurl does not start");
  Reply reply;
  Target write_to{curl.get(), &reply, sink};
  char text[CURL_ERROR_SIZE] = "";
  const std::string url = "http://strowger" + target;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
  // An export may last; silence may not.
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, kAnswerTimeoutSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, text);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &write_to);
  const CURLcode code = curl_easy_perform(curl.get());
  long os_errno = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_OS_ERRNO, &os_errno);
  if (code != CURLE_OK) return tl::unexpected(explain(code, os_errno, text));
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  return reply;
}

core::Error Client::explain(int curl_code, long os_errno, const char* text) {
  if (curl_code == CURLE_COULDNT_CONNECT) {
    if (os_errno == EACCES || os_errno == EPERM) {
      unreachable_ = Unreachable::kNoPermission;
      return {core::ErrorCode::kUnavailable,
              fmt::format("no permission to use {}: run as root or join the group that owns it",
                          socket_.string())};
    }
    unreachable_ = Unreachable::kNotRunning;
    return {core::ErrorCode::kUnavailable,
            fmt::format("strowgerd is not running: nobody answers on {} (--socket names another)",
                        socket_.string())};
  }
  if (curl_code == CURLE_WRITE_ERROR)
    return {core::ErrorCode::kUnavailable, "the output cannot be written"};
  return {core::ErrorCode::kUnavailable, fmt::format("the connection failed: {}", text)};
}

}  // namespace pbx::tools
