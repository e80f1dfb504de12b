// api/bodies.h — bodies that are made while they are sent: exports of records, recording files.
//
// Owner: the api thread.  Each next() reads at most one page of records or kFileChunk bytes, so
// that a slow reader holds neither a snapshot nor memory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "api/http.h"
#include "core/base/fd.h"
#include "storage/reader.h"

namespace pbx::api {

enum class ExportFormat : std::uint8_t { kJson, kJsonLines, kCsv };
[[nodiscard]] std::optional<ExportFormat> find_export_format(std::string_view name);
[[nodiscard]] std::string_view content_type(ExportFormat format);

// All records that `filter` lets through, newest first, at most `rows_max` (0: all).
[[nodiscard]] std::unique_ptr<BodySource> export_cdrs(const storage::Reader& reader,
                                                      storage::CdrFilter filter,
                                                      ExportFormat format, std::uint64_t rows_max);

// RFC 4180 with a header line; the columns are those of docs/api.md.
[[nodiscard]] std::string csv_header();
[[nodiscard]] std::string csv_line(const call::Cdr& cdr);

inline constexpr std::size_t kFileChunk = 64 << 10;  // bytes read at a time

// A 200, 206 or 416 with the file's bytes.  Errors: kNotFound.
[[nodiscard]] core::Result<Response> file_response(const std::filesystem::path& path,
                                                   std::string_view range_header);

// The file of a recording; nullopt if `relative` would lead out of `directory`.
[[nodiscard]] std::optional<std::filesystem::path> recording_path(
    const std::filesystem::path& directory, const std::string& relative);

}  // namespace pbx::api
