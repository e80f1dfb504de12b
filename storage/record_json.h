// storage/record_json.h — the JSON text of what is kept: call records, recordings, bindings,
// accounts.  The same text is stored, sent by the API and spilled to a file (docs/storage.md).
//
// Pure.  Every text has a member "v", its version.  A reader takes versions up to its own, treats
// a missing member as its default and ignores members it does not know.  Times are RFC 3339 UTC
// with milliseconds, so a record that was read back differs from its original below that.
//
// Errors of every parse: kCorrupt, for what is not JSON, has a wrong type or an unknown word, or
// was written by a newer version.  Bounds: kRecordBytesMax of text, nesting of kRecordDepthMax.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/json_writer.h"
#include "core/base/result.h"
#include "core/call/binding.h"
#include "core/call/cdr.h"
#include "core/config/secret.h"

namespace pbx::storage {

inline constexpr int kRecordVersion = 1;
inline constexpr std::size_t kRecordBytesMax = 4 << 20;
inline constexpr std::size_t kRecordDepthMax = 16;

// An extension whose password the exchange made up.
struct Account {
  std::string number;
  config::Secret password;
  friend bool operator==(const Account&, const Account&) = default;
};

[[nodiscard]] std::string to_json(const call::Cdr& cdr);
[[nodiscard]] std::string to_json(const call::Recording& recording);
[[nodiscard]] std::string to_json(const call::Binding& binding);
[[nodiscard]] std::string to_json(const Account& account);

[[nodiscard]] core::Result<call::Cdr> parse_cdr(std::string_view json);
[[nodiscard]] core::Result<call::Recording> parse_recording(std::string_view json);
[[nodiscard]] core::Result<call::Binding> parse_binding(std::string_view json);
[[nodiscard]] core::Result<Account> parse_account(std::string_view json);

// For answers that show these inside of something else.
void write(core::JsonWriter& json, const call::Cdr& cdr);
void write(core::JsonWriter& json, const call::MediaReport& report);

}  // namespace pbx::storage
