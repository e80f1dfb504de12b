// storage/lmdb.h — LMDB behind RAII: environment, transaction, cursor.  The only home of lmdb's
// foreign header (storage/lmdb.cc); no MDB_ name leaves it.
//
// Threads: one thread opens write transactions (the store's); any thread may open a ReadTxn, which
// is a snapshot and lives for one query.
//
// The map is made as large as the database may ever become: that takes address space only, the
// file grows with its data.  (LMDB could enlarge a map later, but not while a snapshot is open.)
//
// Keys are at most kKeyMax bytes and compared as bytes; numbers in keys are big-endian for that.
// Views returned by get() and Cursor are valid until the transaction ends or writes.
//
// Errors of all: kLimitReached (map full), kCorrupt, kUnavailable (disk full, I/O error, ...).

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

namespace pbx::storage {

inline constexpr std::size_t kKeyMax = 511;  // LMDB's own bound

enum class Sync : std::uint8_t {
  kFull,  // a commit is on disk when it returns
  kMeta,  // a power failure may undo the last commits; the file stays whole
  kOff,   // the system writes when it likes; a power failure may damage the file
};

// A table of the environment, opened once at start.
struct Table {
  unsigned handle = 0;
};

class Environment {
 public:
  struct Options {
    std::filesystem::path directory;  // made with mode 0700 if missing
    std::uint64_t map_size =
        1 << 30;  // bound of the file, bytes; an existing larger one stays whole
    unsigned tables_max = 16;
    Sync sync = Sync::kFull;
  };
  static core::Result<std::unique_ptr<Environment>> open(const Options& options);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Opens `name`, making it if missing.  REQUIRES: no transaction is open.
  core::Result<Table> open_table(const char* name);

  // Writes all commits to disk; for kMeta and kOff.
  core::Result<> sync();

  struct Usage {
    std::uint64_t used_bytes = 0;  // of pages that hold something; the file may be larger
    std::uint64_t map_bytes = 0;
    [[nodiscard]] double share() const {
      return static_cast<double>(used_bytes) / static_cast<double>(map_bytes);
    }
  };
  [[nodiscard]] Usage usage() const;
  // Whether at most `share` of the map holds something.  Costs next to nothing while the file is
  // smaller than that.
  [[nodiscard]] bool has_room(double share) const;

 private:
  friend class Txn;
  explicit Environment(MDB_env* env) : env_(env) {}

  MDB_env* env_;
};

class Txn {
 public:
  Txn(const Txn&) = delete;
  Txn& operator=(const Txn&) = delete;

  // nullopt if there is no such key.
  [[nodiscard]] core::Result<std::optional<std::string_view>> get(Table table,
                                                                  std::string_view key) const;
  [[nodiscard]] core::Result<std::uint64_t> count(Table table) const;

 protected:
  Txn(Environment& environment, bool writes);
  ~Txn();

  friend class Cursor;
  MDB_txn* txn_ = nullptr;
  int error_ = 0;  // why it could not begin; every call then fails with it
};

class ReadTxn : public Txn {
 public:
  explicit ReadTxn(Environment& environment) : Txn(environment, false) {}
};

// Rolled back unless committed.
class WriteTxn : public Txn {
 public:
  explicit WriteTxn(Environment& environment) : Txn(environment, true) {}

  core::Result<> put(Table table, std::string_view key, std::string_view value);
  core::Result<bool> erase(Table table, std::string_view key);  // false: was not there
  core::Result<> commit();
};

// Walks a table in key order.  Every move returns whether the cursor now stands on an entry;
// after false, status() tells the end of the table from an error.
class Cursor {
 public:
  Cursor(const Txn& txn, Table table);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  bool first();
  bool last();
  bool next();
  bool previous();
  bool seek(std::string_view at_least);    // the first entry with key >= at_least
  bool seek_before(std::string_view key);  // the last entry with key < `key`

  [[nodiscard]] std::string_view key() const { return key_; }
  [[nodiscard]] std::string_view value() const { return value_; }
  [[nodiscard]] core::Result<> status() const;

 private:
  bool move(int operation, std::string_view key = {});

  MDB_cursor* cursor_ = nullptr;
  int error_ = 0;
  std::string_view key_, value_;
};

}  // namespace pbx::storage
