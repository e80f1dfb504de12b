// storage/retention.h — deletes what is older than it may be kept, some rows at a time.
//
// Owner: the store thread.  No clock is read here.
//
// A recording goes file first, so that a kill between leaves a row whose file is missed, never a
// file that nobody knows; the next round takes the row.  A file that cannot be deleted keeps its
// row and is tried again.  What is being recorded stays.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "storage/database.h"

namespace pbx::storage {

struct RetentionTimes {
  std::chrono::hours cdrs{0};        // since the call began; 0: for ever
  std::chrono::hours recordings{0};  // since the recording began; 0: for ever
};

// Given the path relative to the recording directory; false if a file is there and stays.  Called
// on the store thread, outside of transactions.
using EraseFile = std::function<bool(const std::string& path)>;

struct Expired {
  std::uint64_t cdrs = 0;
  std::uint64_t recordings = 0;
  std::uint64_t stuck = 0;  // recordings whose files could not be deleted
  bool more = false;        // there may be more to delete now
};

inline constexpr std::uint64_t kRetentionRows = 200;  // of each kind, per call

// Errors: those of Database.  Without `erase_file` recordings stay.
core::Result<Expired> erase_expired(Database& database, const RetentionTimes& keep,
                                    core::WallTime now, const EraseFile& erase_file);

}  // namespace pbx::storage
