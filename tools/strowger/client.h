// tools/strowger/client.h — HTTP requests to the daemon over its Unix socket (libcurl).
//
// One request at a time, blocking: a command has nothing else to do.
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace pbx::tools {

struct Reply {
  long status = 0;
  std::string body;
};

using Query = std::vector<std::pair<std::string, std::string>>;

// "?a=b&c=d" with everything escaped that needs it; members with an empty value are left out.
[[nodiscard]] std::string query_text(const Query& query);

// An id as a part of a path, whatever the user typed.
[[nodiscard]] std::string path_part(std::string_view id);

class Client {
 public:
  static constexpr long kConnectTimeoutSeconds = 3;
  static constexpr long kAnswerTimeoutSeconds = 20;

  explicit Client(std::filesystem::path socket) : socket_(std::move(socket)) {}

  // Errors: kUnavailable (no daemon, no permission, cut off), said so that one knows what to do.
  // `unreachable()` then tells which.
  core::Result<Reply> request(const std::string& method, const std::string& target);

  // The same, with the body of a 200 given to `sink` as it comes; `sink` false ends it.
  using Sink = std::function<bool(std::string_view piece)>;
  core::Result<Reply> download(const std::string& target, const Sink& sink);

  enum class Unreachable { kNo, kNotRunning, kNoPermission };
  [[nodiscard]] Unreachable unreachable() const { return unreachable_; }

 private:
  core::Result<Reply> perform(const std::string& method, const std::string& target,
                              const Sink* sink);
  [[nodiscard]] core::Error explain(int curl_code, long os_errno, const char* text);

  std::filesystem::path socket_;
  Unreachable unreachable_ = Unreachable::kNo;
};

}  // namespace pbx::tools
