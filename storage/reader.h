// storage/reader.h — what other threads may ask of the database: records by time, number, call.
//
// Any thread; each query opens a snapshot, sees all that was committed before, and never waits for
// the writer.  A Reader is a small value that must not outlive the Store it came from.
//
// Rows come back as the text that is stored (record_json.h); parse_cdr() and so on make structs of
// it where they are wanted.  Newest first.
//
// Cost: a query reads only the rows of its range, at most kScanMax; with a number, only the rows
// of that number.  When the bound is reached the page ends early, and `next` goes on from there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "storage/database.h"
#include "storage/names.h"  // with these, readers need no other header of storage/
#include "storage/record_json.h"

namespace pbx::storage {

inline constexpr std::size_t kPageMax = 1000;   // rows of one answer
inline constexpr std::size_t kScanMax = 10000;  // rows looked at for one answer

struct CdrFilter {
  std::optional<core::WallTime> from, until;  // of the start; `until` is excluded
  std::string number;                         // caller, called or dialled; "": any
  std::optional<call::Outcome> outcome;
  std::size_t limit = 100;  // cut to kPageMax
  std::string after;        // `next` of the page before; "": from the newest
};
struct RecordingFilter {
  std::optional<core::WallTime> from, until;
  std::optional<core::CallId> call;
  std::size_t limit = 100;
  std::string after;
};
struct Page {
  std::vector<std::string> rows;  // JSON
  std::string next;               // "": there is no more
  std::uint64_t scanned = 0;      // rows looked at
};

class Reader {
 public:
  Reader(Environment& env, const Tables& tables) : env_(&env), tables_(&tables) {}

  // Errors: kInvalidArgument for an `after` that no page gave, and those of lmdb.h.
  [[nodiscard]] core::Result<Page> cdrs(const CdrFilter& filter) const;
  [[nodiscard]] core::Result<Page> recordings(const RecordingFilter& filter) const;

  // One record; kNotFound if there is none.
  [[nodiscard]] core::Result<std::string> cdr(core::CallId call) const;
  [[nodiscard]] core::Result<std::string> recording(core::RecordingId id) const;
  [[nodiscard]] core::Result<std::string> recording_by_token(std::string_view token) const;

  // Tables read as a whole, at start and by operators.  What cannot be read is left out.
  [[nodiscard]] core::Result<std::vector<call::Binding>> bindings() const;
  [[nodiscard]] core::Result<std::vector<Account>> accounts() const;
  [[nodiscard]] core::Result<std::optional<std::string>> meta(std::string_view name) const;

  struct Counts {
    std::uint64_t cdrs = 0, recordings = 0, journal = 0, bindings = 0;
  };
  [[nodiscard]] core::Result<Counts> counts() const;

 private:
  [[nodiscard]] core::Result<std::string> row(Table table, std::string_view key) const;

  Environment* env_;
  const Tables* tables_;
};

}  // namespace pbx::storage
