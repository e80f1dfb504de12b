// storage/database.h — the tables, and every change to them.  docs/storage.md shows the layout.
//
// Owner: the store thread (or a test) for all that writes.  Readers share env() and tables() and
// open snapshots of their own (reader.h).  No clock is read here.
//
// Invariants: one row of `cdr` per call id; every row has its entries in cdr_by_call and
// cdr_by_number in the same transaction; a call is in `journal` or in `cdr`, never in both.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "storage/item.h"
#include "storage/lmdb.h"

namespace pbx::storage {

struct Tables {
  Table journal;              // call id → Cdr so far
  Table cdr;                  // start, call id → Cdr
  Table cdr_by_call;          // call id → key in cdr
  Table cdr_by_number;        // number, 0, start, call id → ""
  Table recordings;           // recording id → Recording
  Table recordings_by_time;   // start, recording id → ""
  Table recordings_by_call;   // call id, recording id → ""
  Table recordings_by_token;  // token → recording id
  Table recordings_open;      // recording id → "": being recorded
  Table bindings;             // binding id → Binding
  Table accounts;             // number → Account
  Table meta;                 // name → text
};

// What is known of a recording's file that nobody finished.
struct RecordingFile {
  std::chrono::milliseconds duration{0};
  std::uint64_t size_bytes = 0;
  std::string sha256;
};
// Given the path relative to the recording directory; nullopt if there is no such file.
using ProbeRecording = std::function<std::optional<RecordingFile>(const std::string& path)>;

struct OldRecording {
  std::string by_time;  // its key in recordings_by_time
  std::string path;     // "" if there is no file, or the row cannot be read
};

struct Recovered {
  std::uint64_t calls = 0;       // journal entries that became CDRs
  std::uint64_t corrupt = 0;     // of these, unreadable: only the call id is left
  std::uint64_t recordings = 0;  // marked as interrupted
};

class Database {
 public:
  static constexpr double kFullAbove = 0.95;  // share of the map

  // Errors: those of Environment; kCorrupt if the file was written by a newer version.
  static core::Result<std::unique_ptr<Database>> open(const Environment::Options& options);

  // Writes all of `items`, in order, in one transaction, with `now` as the time the store was
  // last alive.  On failure nothing of it is written.  kLimitReached already at kFullAbove: to
  // delete rows takes some free pages too.
  core::Result<> write(std::span<const Item> items, core::WallTime now);

  // Turns what a killed daemon left into records with the outcome "interrupted", ended when it was
  // last seen alive.  Call once, before anything is written.
  core::Result<Recovered> recover(const ProbeRecording& probe);

  // Deletes up to `rows_max` CDRs that started before `before`; returns how many.
  core::Result<std::uint64_t> erase_cdrs_before(core::WallTime before, std::uint64_t rows_max);

  // Up to `rows_max` recordings that began before `before` and are not being made, oldest first.
  core::Result<std::vector<OldRecording>> recordings_before(core::WallTime before,
                                                            std::uint64_t rows_max) const;
  // Deletes their rows with all indexes.
  core::Result<> erase_recordings(std::span<const OldRecording> recordings);

  core::Result<> sync() { return env_->sync(); }
  [[nodiscard]] Environment& env() const { return *env_; }
  [[nodiscard]] const Tables& tables() const { return tables_; }

 private:
  explicit Database(std::unique_ptr<Environment> env) : env_(std::move(env)) {}
  core::Result<> open_tables();
  core::Result<> check_schema();

  std::unique_ptr<Environment> env_;
  Tables tables_;
};

}  // namespace pbx::storage
