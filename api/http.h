// api/http.h — a request and a response as plain values, free of any HTTP library.
//
// Pure.  Owner of all that has these: the api thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pbx::api {

struct Request {
  std::string method;                                     // "GET"
  std::string path;                                       // "/api/v1/calls/7f3a91", not decoded
  std::map<std::string, std::string, std::less<>> query;  // decoded
  std::string range;                                      // the Range header, or ""
  bool trusted = false;  // came over the Unix socket: may see secrets
};

// A body that is made piece by piece, as fast as the reader takes it.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece; an empty one means: nothing yet, ask again when others had their turn.
  // nullopt at the end.  An error ends the connection, because the header is out already.
  virtual core::Result<std::optional<std::string>> next() = 0;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::unique_ptr<BodySource> source;         // instead of `body`
  std::optional<std::uint64_t> source_bytes;  // its length, if known; else it goes in chunks
  std::map<std::string, std::string> headers;
};

// Called exactly once per request, on the api thread.
using Respond = std::function<void(Response&&)>;

[[nodiscard]] Response json_response(std::string body, unsigned status = 200);
[[nodiscard]] Response text_response(std::string body, std::string content_type);
// {"error":"not_found","detail":"..."}
[[nodiscard]] Response error_response(unsigned status, std::string_view error,
                                      std::string_view detail);
[[nodiscard]] Response error_response(const core::Error& error);

inline constexpr std::size_t kQueryMembersMax = 32;  // of a query; a longer one is refused

// Splits a request target into path and query.  "%41" is decoded, "+" stays a plus, because
// telephone numbers have it.  Errors: kInvalidArgument.
core::Result<> parse_target(std::string_view target, Request& request);

// What a Range header asks of `size` bytes (RFC 9110 14.1.2); only the first range is looked at.
struct ByteRange {
  std::uint64_t first = 0, last = 0;  // both included
};
enum class RangeKind : std::uint8_t { kWhole, kPart, kUnsatisfiable };
struct RangeWanted {
  RangeKind kind = RangeKind::kWhole;
  ByteRange range;
};
// What is not understood asks for the whole, as the RFC says.
[[nodiscard]] RangeWanted parse_range(std::string_view header, std::uint64_t size);

}  // namespace pbx::api
