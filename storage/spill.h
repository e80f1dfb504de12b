// storage/spill.h — cdr-spill.jsonl: where records wait while the database cannot take them.
//
// Owner: the store thread.  Append-only; each line is {"cdr":<record>} or {"recording":<record>}
// and is on disk when append() returns.  A line cut short by a kill is passed over when the file
// is read.  The file is removed when all of it is in the database; if some lines could not be
// read it is kept beside as cdr-spill.bad, for a person to look at.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "core/base/result.h"
#include "storage/item.h"

namespace pbx::storage {

// Whether an item is one of those that are spilled: the others are journal and bindings, which
// only matter while the daemon lives.
[[nodiscard]] bool is_spilled(const Item& item);

class SpillFile {
 public:
  static constexpr std::size_t kReplayLines = 500;  // handed over at a time

  explicit SpillFile(std::filesystem::path path) : path_(std::move(path)) {}

  // Writes the items of `items` that is_spilled() names; returns how many.
  // Errors: kUnavailable; then the caller still has to keep them.
  core::Result<std::size_t> append(std::span<const Item> items);

  struct Replayed {
    std::uint64_t records = 0, unreadable = 0;
  };
  // Gives all records to `write` in portions and removes the file.  If `write` fails the file
  // stays and what was written before is written again next time, which changes nothing.
  core::Result<Replayed> replay(const std::function<core::Result<>(std::span<const Item>)>& write);

  [[nodiscard]] bool exists() const;

 private:
  core::Result<> put_away(const Replayed& replayed) const;

  std::filesystem::path path_;
};

}  // namespace pbx::storage
