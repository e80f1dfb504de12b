#include "api/http.h"

#include <algorithm>

#include "core/base/json_writer.h"
#include "core/base/text.h"

namespace pbx::api {
namespace {

unsigned status_of(core::ErrorCode code) {
  switch (code) {
    case core::ErrorCode::kInvalidArgument:
      return 400;
    case core::ErrorCode::kNotFound:
      return 404;
    case core::ErrorCode::kAlreadyExists:
      return 409;
    case core::ErrorCode::kLimitReached:
      return 429;
    case core::ErrorCode::kUnavailable:
      return 503;
    case core::ErrorCode::kCorrupt:
      return 500;
  }
  return 500;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte =
        core::parse_uint<unsigned>(text.substr(std::min(i + 1, text.size()), 2), 255, 16);
    if (!byte || i + 2 >= text.size()) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  return out;
}

core::Result<> parse_query(std::string_view query, Request& request) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto member = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (member.empty()) continue;
    const auto pair = core::split_once(member, '=').value_or(std::pair{member, std::string_view{}});
    auto name = percent_decode(pair.first), value = percent_decode(pair.second);
    if (!name || !value)
      return core::fail(core::ErrorCode::kInvalidArgument, "a % in the query lacks its two digits");
    request.query.insert_or_assign(std::move(*name), std::move(*value));
    if (request.query.size() > kQueryMembersMax)
      return core::fail(core::ErrorCode::kInvalidArgument, "the query has too many members");
  }
  return {};
}

}  // namespace

Response json_response(std::string body, unsigned status) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  response.body += '\n';
  return response;
}

Response text_response(std::string body, std::string content_type) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

Response error_response(unsigned status, std::string_view error, std::string_view detail) {
  std::string body;
  {
    core::JsonWriter json(body);
    json.begin_object();
    json.member("error", error);
    json.member("detail", detail);
    json.end_object();
  }
  return json_response(std::move(body), status);
}

Response error_response(const core::Error& error) {
  return error_response(status_of(error.code), core::to_text(error.code), error.detail);
}

core::Result<> parse_target(std::string_view target, Request& request) {
  const auto question = std::min(target.find('?'), target.size());
  request.path = std::string(target.substr(0, question));
  if (request.path.empty() || request.path.front() != '/')
    return core::fail(core::ErrorCode::kInvalidArgument, "the path must begin with /");
  return parse_query(target.substr(std::min(question + 1, target.size())), request);
}

RangeWanted parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return {};
  const auto spec = core::trim(header.substr(kUnit.size()));
  if (spec.find(',') != std::string_view::npos) return {};  // several: the whole is allowed
  const auto pair = core::split_once(spec, '-');
  if (!pair) return {};
  const auto first = core::parse_uint<std::uint64_t>(pair->first);
  const auto last = core::parse_uint<std::uint64_t>(pair->second);
  if (pair->first.empty()) {  // "-500": the last 500
    if (!last) return {};
    if (*last == 0 || size == 0) return {RangeKind::kUnsatisfiable, {}};
    return {RangeKind::kPart, {size - std::min(*last, size), size - 1}};
  }
  if (!first || (!last && !pair->second.empty()) || (last && *last < *first)) return {};
  if (*first >= size) return {RangeKind::kUnsatisfiable, {}};
  return {RangeKind::kPart, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

}  // namespace pbx::api
