#include "api/bodies.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace pbx::api {
namespace {

constexpr std::size_t kExportPage = 200;  // rows per piece: some 300 KB

class CdrExport : public BodySource {
 public:
  CdrExport(const storage::Reader& reader, storage::CdrFilter filter, ExportFormat format,
            std::uint64_t rows_max)
      : reader_(reader), filter_(std::move(filter)), format_(format), rows_left_(rows_max) {
    is_bounded_ = rows_max > 0;
  }

  // One page of rows at a time, however few of them match.
  core::Result<std::optional<std::string>> next() override {
    if (is_over_) return std::optional<std::string>{};
    std::string out = is_first_piece_ ? head() : std::string{};
    is_first_piece_ = false;
    if (auto added = add_page(out); !added) return core::forward_error(added);
    if (is_over_ && format_ == ExportFormat::kJson) out += "]}\n";
    return std::optional(std::move(out));
  }

 private:
  [[nodiscard]] std::string head() const {
    if (format_ == ExportFormat::kJson) return "{\"cdr\":[";
    return format_ == ExportFormat::kCsv ? csv_header() : std::string{};
  }

  core::Result<> add_page(std::string& out) {
    filter_.limit = is_bounded_ ? std::min<std::uint64_t>(kExportPage, rows_left_) : kExportPage;
    auto page = reader_.cdrs(filter_);
    if (!page) return core::forward_error(page);
    for (const auto& row : page->rows) add_row(out, row);
    rows_left_ -= is_bounded_ ? page->rows.size() : 0;
    is_over_ = page->next.empty() || (is_bounded_ && rows_left_ == 0);
    filter_.after = std::move(page->next);
    return {};
  }

  void add_row(std::string& out, const std::string& row) {
    if (format_ == ExportFormat::kCsv) {
      if (const auto cdr = storage::parse_cdr(row)) out += csv_line(*cdr);
      return;
    }
    if (format_ == ExportFormat::kJson && !is_first_row_) out += ',';
    out += row;
    if (format_ == ExportFormat::kJsonLines) out += '\n';
    is_first_row_ = false;
  }

  storage::Reader reader_;
  storage::CdrFilter filter_;
  ExportFormat format_;
  std::uint64_t rows_left_;
  bool is_bounded_ = false, is_first_piece_ = true, is_first_row_ = true, is_over_ = false;
};

class FileBody : public BodySource {
 public:
  FileBody(core::UniqueFd fd, ByteRange range) : fd_(std::move(fd)), range_(range) {}

  core::Result<std::optional<std::string>> next() override {
    if (range_.first > range_.last) return std::optional<std::string>{};
    std::string piece(std::min<std::uint64_t>(kFileChunk, range_.last - range_.first + 1), '\0');
    const ssize_t got =
        ::pread(fd_.get(), piece.data(), piece.size(), static_cast<off_t>(range_.first));
    if (got <= 0) return core::fail(core::ErrorCode::kUnavailable, "the file became shorter");
    piece.resize(static_cast<std::size_t>(got));
    range_.first += piece.size();
    return std::optional(std::move(piece));
  }

 private:
  core::UniqueFd fd_;
  ByteRange range_;
};

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// Callers choose their names: one that begins like a formula must not run in a spreadsheet.
std::string csv_name(std::string_view name) {
  const bool formula =
      !name.empty() && std::string_view("=+-@\t\r").find(name.front()) != std::string_view::npos;
  return csv_field(formula ? "'" + std::string(name) : std::string(name));
}

std::string seconds_text(core::WallTime from, core::WallTime until) {
  using std::chrono::milliseconds;  // nanoseconds would not do for any two times
  const auto ms =
      (std::chrono::floor<milliseconds>(until) - std::chrono::floor<milliseconds>(from)).count();
  return fmt::format("{}.{:03}", ms / 1000, std::abs(ms % 1000));
}

// The worst of all directions that were measured; "" if none was.
std::string worst_mos(const call::Cdr& cdr) {
  double worst = 0;
  for (const auto& leg : cdr.legs) {
    if (!leg.media) continue;
    for (const double mos : {leg.media->mos_received, leg.media->mos_sent})
      if (mos > 0 && (worst == 0 || mos < worst)) worst = mos;
  }
  return worst > 0 ? fmt::format("{:.2f}", worst) : std::string{};
}

std::string recording_ids(const call::Cdr& cdr) {
  std::string out;
  for (const auto id : cdr.recordings) out += (out.empty() ? "" : " ") + id.text();
  return out;
}

}  // namespace

std::optional<ExportFormat> find_export_format(std::string_view name) {
  if (name == "json") return ExportFormat::kJson;
  if (name == "jsonl") return ExportFormat::kJsonLines;
  if (name == "csv") return ExportFormat::kCsv;
  return std::nullopt;
}

std::string_view content_type(ExportFormat format) {
  switch (format) {
    case ExportFormat::kJson:
      return "application/json";
    case ExportFormat::kJsonLines:
      return "application/x-ndjson";
    case ExportFormat::kCsv:
      return "text/csv; charset=utf-8";
  }
  return "application/json";
}

std::unique_ptr<BodySource> export_cdrs(const storage::Reader& reader, storage::CdrFilter filter,
                                        ExportFormat format, std::uint64_t rows_max) {
  return std::make_unique<CdrExport>(reader, std::move(filter), format, rows_max);
}

std::string csv_header() {
  return "id,started,answered,ended,duration_s,talk_s,caller,caller_name,dialed,called,"
         "called_name,outcome,ended_by,sip_status,q850,cause,mos,recordings\r\n";
}

std::string csv_line(const call::Cdr& cdr) {
  const auto answered = cdr.answered ? core::iso8601(*cdr.answered) : std::string{};
  const auto talk = cdr.answered ? seconds_text(*cdr.answered, cdr.ended) : std::string("0.000");
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", cdr.id.text(),
                     core::iso8601(cdr.started), answered, core::iso8601(cdr.ended),
                     seconds_text(cdr.started, cdr.ended), talk, csv_field(cdr.caller.number),
                     csv_name(cdr.caller.name), csv_field(cdr.dialed), csv_field(cdr.called.number),
                     csv_name(cdr.called.name), storage::kOutcomeNames.of(cdr.outcome),
                     storage::kEndedByNames.of(cdr.ended_by), cdr.cause.sip_status, cdr.cause.q850,
                     csv_field(cdr.cause.text), worst_mos(cdr), recording_ids(cdr));
}

core::Result<Response> file_response(const std::filesystem::path& path,
                                     std::string_view range_header) {
  core::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return core::fail(core::ErrorCode::kNotFound, "the file of this recording is gone");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  const auto wanted = parse_range(range_header, size);
  if (wanted.kind == RangeKind::kUnsatisfiable) {
    auto refused = error_response(416, "invalid_argument", "the file is shorter than that");
    refused.headers["Content-Range"] = fmt::format("bytes */{}", size);
    return refused;
  }
  Response response;
  response.content_type = "audio/wav";
  response.headers["Accept-Ranges"] = "bytes";
  if (size == 0) return response;
  ByteRange range{0, size - 1};
  if (wanted.kind == RangeKind::kPart) {
    range = wanted.range;
    response.status = 206;
    response.headers["Content-Range"] =
        fmt::format("bytes {}-{}/{}", range.first, range.last, size);
  }
  response.source_bytes = range.last - range.first + 1;
  response.source = std::make_unique<FileBody>(std::move(fd), range);
  return response;
}

std::optional<std::filesystem::path> recording_path(const std::filesystem::path& directory,
                                                    const std::string& relative) {
  const std::filesystem::path path(relative);
  if (relative.empty() || path.is_absolute()) return std::nullopt;
  for (const auto& part : path)
    if (part == "..") return std::nullopt;
  return directory / path;
}

}  // namespace pbx::api
