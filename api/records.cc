// Handlers of what is over: call records and recordings.
#include "api/bodies.h"

#include <fmt/format.h>
#include "api/handlers.h"
#include "api/service.h"
#include "api/views.h"
#include "core/base/text.h"

namespace pbx::api::handlers {
namespace {

// Reads query members into a filter, keeping the first thing that is wrong.
class QueryReader {
 public:
  explicit QueryReader(const Request& request) : query_(request.query) {}

  void time(std::string_view name, std::optional<core::WallTime>& out) {
    const auto* text = find(name);
    if (text == nullptr) return;
    if (const auto parsed = core::parse_iso8601(*text))
      out = *parsed;
    else
      fail(name, "a time such as 2026-11-22T01:15:13Z");
  }
  template <typename T>
  void number(std::string_view name, T& out) {
    const auto* text = find(name);
    if (text == nullptr) return;
    if (const auto parsed = core::parse_uint<T>(*text))
      out = *parsed;
    else
      fail(name, "a number");
  }
  void text(std::string_view name, std::string& out) {
    if (const auto* found = find(name)) out = *found;
  }
  template <typename T, typename Find>
  void word(std::string_view name, T& out, Find find_word, std::string_view allowed) {
    const auto* text = find(name);
    if (text == nullptr) return;
    if (auto found = find_word(*text))
      out = *found;
    else
      fail(name, allowed);
  }
  [[nodiscard]] const std::optional<core::Error>& error() const { return error_; }

 private:
  [[nodiscard]] const std::string* find(std::string_view name) const {
    const auto found = query_.find(name);
    return found == query_.end() ? nullptr : &found->second;
  }
  void fail(std::string_view name, std::string_view allowed) {
    if (!error_)
      error_ = core::Error{core::ErrorCode::kInvalidArgument,
                           fmt::format("{} must be {}", name, allowed)};
  }

  const std::map<std::string, std::string, std::less<>>& query_;
  std::optional<core::Error> error_;
};

template <typename AnyId>
std::optional<AnyId> find_id(const std::string& text) {
  const auto id = AnyId::parse(text);
  return id ? std::optional(*id) : std::nullopt;
}

void read_filter(QueryReader& query, storage::CdrFilter& filter) {
  query.time("from", filter.from);
  query.time("to", filter.until);
  query.text("number", filter.number);
  query.word(
      "outcome", filter.outcome,
      [](const std::string& word) { return storage::kOutcomeNames.find(word); },
      "answered, no_answer, busy, cancelled, refused, failed or interrupted");
  query.number("limit", filter.limit);
  query.text("after", filter.after);
}

void respond_page(Exchange& exchange, std::string_view name,
                  const core::Result<storage::Page>& page) {
  if (!page) return exchange.respond(error_response(page.error()));
  exchange.respond(json_response(page_json(name, page->rows, page->next)));
}

void respond_row(Exchange& exchange, core::Result<std::string> row) {
  if (!row) return exchange.respond(error_response(row.error()));
  exchange.respond(json_response(std::move(*row)));
}

void respond_file(Service& service, Exchange& exchange, const core::Result<std::string>& row) {
  if (!row) return exchange.respond(error_response(row.error()));
  const auto recording = storage::parse_recording(*row);
  if (!recording) return exchange.respond(error_response(recording.error()));
  const auto path = recording_path(service.ports().recording_directory, recording->path);
  if (!path)
    return exchange.respond(error_response(404, "not_found", "this recording has no file"));
  auto response = file_response(*path, exchange.request.range);
  if (!response) return exchange.respond(error_response(response.error()));
  exchange.respond(std::move(*response));
}

}  // namespace

void cdrs(Service& service, Exchange&& exchange) {
  storage::CdrFilter filter;
  std::string format = "page";
  QueryReader query(exchange.request);
  read_filter(query, filter);
  query.text("format", format);
  if (query.error()) return exchange.respond(error_response(*query.error()));
  if (format == "page") return respond_page(exchange, "cdr", service.reader().cdrs(filter));
  const auto export_format = find_export_format(format);
  if (!export_format)
    return exchange.respond(
        error_response(400, "invalid_argument", "format must be page, json, jsonl or csv"));
  Response response;
  response.content_type = content_type(*export_format);
  const auto rows_max = filter.limit;
  response.source = export_cdrs(service.reader(), std::move(filter), *export_format, rows_max);
  exchange.respond(std::move(response));
}

void cdr(Service& service, Exchange&& exchange) {
  const auto id = core::CallId::parse(exchange.parameter);
  if (!id) return exchange.respond(error_response(id.error()));
  respond_row(exchange, service.reader().cdr(*id));
}

void recordings(Service& service, Exchange&& exchange) {
  storage::RecordingFilter filter;
  QueryReader query(exchange.request);
  query.time("from", filter.from);
  query.time("to", filter.until);
  query.word("call", filter.call, find_id<core::CallId>, "a call id");
  query.number("limit", filter.limit);
  query.text("after", filter.after);
  if (query.error()) return exchange.respond(error_response(*query.error()));
  respond_page(exchange, "recordings", service.reader().recordings(filter));
}

void recording(Service& service, Exchange&& exchange) {
  const auto id = core::RecordingId::parse(exchange.parameter);
  if (!id) return exchange.respond(error_response(id.error()));
  respond_row(exchange, service.reader().recording(*id));
}

void recording_file(Service& service, Exchange&& exchange) {
  const auto id = core::RecordingId::parse(exchange.parameter);
  if (!id) return exchange.respond(error_response(id.error()));
  respond_file(service, exchange, service.reader().recording(*id));
}

void recording_link(Service& service, Exchange&& exchange) {
  respond_file(service, exchange, service.reader().recording_by_token(exchange.parameter));
}

}  // namespace pbx::api::handlers
