#include "storage/lmdb.h"

#include <fmt/format.h>
#include <lmdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace pbx::storage {
namespace {

constexpr unsigned kReadersMax = 126;  // snapshots at one time

core::ErrorCode code_of(int error) {
  switch (error) {
    case MDB_MAP_FULL:
      return core::ErrorCode::kLimitReached;
    case MDB_NOTFOUND:
      return core::ErrorCode::kNotFound;
    case MDB_KEYEXIST:
      return core::ErrorCode::kAlreadyExists;
    case MDB_BAD_VALSIZE:
    case EINVAL:
      return core::ErrorCode::kInvalidArgument;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
      return core::ErrorCode::kCorrupt;
    default:
      return core::ErrorCode::kUnavailable;
  }
}

tl::unexpected<core::Error> failure(int error, std::string_view what) {
  return core::fail(code_of(error), fmt::format("{}: {}", what, mdb_strerror(error)));
}

MDB_val to_val(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};  // LMDB does not write through it
}
std::string_view to_view(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

unsigned flags_of(Sync sync) {
  // NOTLS: a snapshot belongs to its object, not to the thread that opened it.
  switch (sync) {
    case Sync::kFull:
      return MDB_NOTLS;
    case Sync::kMeta:
      return MDB_NOTLS | MDB_NOMETASYNC;
    case Sync::kOff:
      return MDB_NOTLS | MDB_NOSYNC;
  }
  return MDB_NOTLS;
}

// LMDB keeps the pages that may be used again in its table 0: each value is a list of page numbers
// with their count in front (as mdb_stat reads it).
std::uint64_t free_pages(MDB_env* env) {
  constexpr MDB_dbi kFreeList = 0;
  MDB_txn* txn = nullptr;
  if (mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn) != 0) return 0;
  std::uint64_t pages = 0;
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(txn, kFreeList, &cursor) == 0) {
    MDB_val key{}, value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
      std::size_t count = 0;
      if (value.mv_size >= sizeof count) std::memcpy(&count, value.mv_data, sizeof count);
      pages += count;
    }
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(txn);
  return pages;
}

core::Result<> make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(directory, error);
  if (error)
    return core::fail(core::ErrorCode::kUnavailable,
                      fmt::format("{}: {}", directory.string(), error.message()));
  if (made) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  return {};
}

}  // namespace

core::Result<std::unique_ptr<Environment>> Environment::open(const Options& options) {
  if (auto made = make_directory(options.directory); !made) return core::forward_error(made);
  MDB_env* env = nullptr;
  if (int error = mdb_env_create(&env)) return failure(error, "lmdb create");
  std::unique_ptr<Environment> result(new Environment(env));
  int error = mdb_env_set_mapsize(env, options.map_size);
  if (error == 0) error = mdb_env_set_maxdbs(env, options.tables_max);
  if (error == 0) error = mdb_env_set_maxreaders(env, kReadersMax);
  if (error == 0)
    error = mdb_env_open(env, options.directory.c_str(), flags_of(options.sync), 0600);
  if (error) return failure(error, options.directory.string());
  int dead_readers = 0;
  mdb_reader_check(env, &dead_readers);  // slots of a process that was killed
  return result;
}

Environment::~Environment() { mdb_env_close(env_); }

core::Result<Table> Environment::open_table(const char* name) {
  MDB_txn* txn = nullptr;
  if (int error = mdb_txn_begin(env_, nullptr, 0, &txn)) return failure(error, "begin");
  MDB_dbi handle = 0;
  int error = mdb_dbi_open(txn, name, MDB_CREATE, &handle);
  if (error) {
    mdb_txn_abort(txn);
    return failure(error, name);
  }
  if ((error = mdb_txn_commit(txn))) return failure(error, name);
  return Table{handle};
}

core::Result<> Environment::sync() {
  if (int error = mdb_env_sync(env_, 1)) return failure(error, "sync");
  return {};
}

Environment::Usage Environment::usage() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  const std::uint64_t pages = std::uint64_t{info.me_last_pgno} + 1;
  return {(pages - std::min(pages, free_pages(env_))) * stat.ms_psize, info.me_mapsize};
}

bool Environment::has_room(double share) const {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  const auto file_bytes = static_cast<double>(info.me_last_pgno + 1) * stat.ms_psize;
  return file_bytes <= share * static_cast<double>(info.me_mapsize) || usage().share() <= share;
}

Txn::Txn(Environment& environment, bool writes) {
  error_ = mdb_txn_begin(environment.env_, nullptr, writes ? 0 : MDB_RDONLY, &txn_);
  if (error_) txn_ = nullptr;
}

Txn::~Txn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

core::Result<std::optional<std::string_view>> Txn::get(Table table, std::string_view key) const {
  if (txn_ == nullptr) return failure(error_, "begin");
  MDB_val key_val = to_val(key), value{};
  const int error = mdb_get(txn_, table.handle, &key_val, &value);
  if (error == MDB_NOTFOUND) return std::optional<std::string_view>{};
  if (error) return failure(error, "get");
  return std::optional<std::string_view>{to_view(value)};
}

core::Result<std::uint64_t> Txn::count(Table table) const {
  if (txn_ == nullptr) return failure(error_, "begin");
  MDB_stat stat{};
  if (int error = mdb_stat(txn_, table.handle, &stat)) return failure(error, "stat");
  return std::uint64_t{stat.ms_entries};
}

core::Result<> WriteTxn::put(Table table, std::string_view key, std::string_view value) {
  if (txn_ == nullptr) return failure(error_, "begin");
  MDB_val key_val = to_val(key), value_val = to_val(value);
  if (int error = mdb_put(txn_, table.handle, &key_val, &value_val, 0))
    return failure(error, "put");
  return {};
}

core::Result<bool> WriteTxn::erase(Table table, std::string_view key) {
  if (txn_ == nullptr) return failure(error_, "begin");
  MDB_val key_val = to_val(key);
  const int error = mdb_del(txn_, table.handle, &key_val, nullptr);
  if (error == MDB_NOTFOUND) return false;
  if (error) return failure(error, "erase");
  return true;
}

core::Result<> WriteTxn::commit() {
  if (txn_ == nullptr) return failure(error_, "begin");
  const int error = mdb_txn_commit(txn_);
  txn_ = nullptr;
  if (error) return failure(error, "commit");
  return {};
}

Cursor::Cursor(const Txn& txn, Table table) {
  error_ = txn.txn_ == nullptr ? txn.error_ : mdb_cursor_open(txn.txn_, table.handle, &cursor_);
  if (error_) cursor_ = nullptr;
}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

bool Cursor::move(int operation, std::string_view key) {
  if (cursor_ == nullptr) return false;
  MDB_val key_val = to_val(key), value{};
  error_ = mdb_cursor_get(cursor_, &key_val, &value, static_cast<MDB_cursor_op>(operation));
  if (error_) return false;
  key_ = to_view(key_val);
  value_ = to_view(value);
  return true;
}

bool Cursor::first() { return move(MDB_FIRST); }
bool Cursor::last() { return move(MDB_LAST); }
bool Cursor::next() { return move(MDB_NEXT); }
bool Cursor::previous() { return move(MDB_PREV); }
bool Cursor::seek(std::string_view at_least) { return move(MDB_SET_RANGE, at_least); }

bool Cursor::seek_before(std::string_view key) {
  if (seek(key)) return previous();
  return error_ == MDB_NOTFOUND && last();
}

core::Result<> Cursor::status() const {
  if (error_ == 0 || error_ == MDB_NOTFOUND) return {};
  return failure(error_, "cursor");
}

}  // namespace pbx::storage
