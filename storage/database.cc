#include "storage/database.h"

#include <array>

#include "core/base/text.h"
#include "storage/keys.h"
#include "storage/table_writer.h"

namespace pbx::storage {
namespace {

constexpr int kSchemaVersion = 1;

struct TableName {
  Table Tables::*table;
  const char* name;
};
constexpr std::array<TableName, 12> kTableNames{{
    {&Tables::journal, "journal"},
    {&Tables::cdr, "cdr"},
    {&Tables::cdr_by_call, "cdr_by_call"},
    {&Tables::cdr_by_number, "cdr_by_number"},
    {&Tables::recordings, "recordings"},
    {&Tables::recordings_by_time, "recordings_by_time"},
    {&Tables::recordings_by_call, "recordings_by_call"},
    {&Tables::recordings_by_token, "recordings_by_token"},
    {&Tables::recordings_open, "recordings_open"},
    {&Tables::bindings, "bindings"},
    {&Tables::accounts, "accounts"},
    {&Tables::meta, "meta"},
}};

}  // namespace

core::Result<std::unique_ptr<Database>> Database::open(const Environment::Options& options) {
  auto env = Environment::open(options);
  if (!env) return core::forward_error(std::move(env));
  std::unique_ptr<Database> database(new Database(std::move(*env)));
  if (auto opened = database->open_tables(); !opened) return core::forward_error(opened);
  if (auto checked = database->check_schema(); !checked) return core::forward_error(checked);
  return database;
}

core::Result<> Database::open_tables() {
  for (const auto& [member, name] : kTableNames) {
    auto table = env_->open_table(name);
    if (!table) return core::forward_error(table);
    tables_.*member = *table;
  }
  return {};
}

core::Result<> Database::check_schema() {
  WriteTxn txn(*env_);
  const auto stored = txn.get(tables_.meta, "schema");
  if (!stored) return core::forward_error(stored);
  if (stored->has_value()) {
    const auto version = core::parse_uint<unsigned>(**stored);
    if (version && *version <= kSchemaVersion) return {};
    return core::fail(core::ErrorCode::kCorrupt,
                      "the database has schema " + std::string(**stored) +
                          ", this program knows up to " + std::to_string(kSchemaVersion));
  }
  if (auto put = txn.put(tables_.meta, "schema", std::to_string(kSchemaVersion)); !put) return put;
  return txn.commit();
}

core::Result<> Database::write(std::span<const Item> items, core::WallTime now) {
  if (!items.empty() && !env_->has_room(kFullAbove))
    return core::fail(core::ErrorCode::kLimitReached, "the database has reached its bound");
  WriteTxn txn(*env_);
  TableWriter writer(txn, tables_);
  for (const auto& item : items)
    if (auto applied = writer.apply(item); !applied) return applied;
  if (auto put = writer.put_meta("alive", core::iso8601(now)); !put) return put;
  return txn.commit();
}

core::Result<std::uint64_t> Database::erase_cdrs_before(core::WallTime before,
                                                        std::uint64_t rows_max) {
  WriteTxn txn(*env_);
  TableWriter writer(txn, tables_);
  const auto limit = keys::u64(keys::milliseconds(before));
  std::uint64_t erased = 0;
  for (; erased < rows_max; ++erased) {
    std::string key;
    {
      Cursor cursor(txn, tables_.cdr);
      if (!cursor.first() || cursor.key() >= limit) {
        if (auto status = cursor.status(); !status) return core::forward_error(status);
        break;
      }
      key = cursor.key();
    }
    if (auto gone = writer.erase_cdr(key); !gone) return core::forward_error(gone);
  }
  if (auto committed = txn.commit(); !committed) return core::forward_error(committed);
  return erased;
}

core::Result<std::vector<OldRecording>> Database::recordings_before(core::WallTime before,
                                                                    std::uint64_t rows_max) const {
  const ReadTxn txn(*env_);
  const auto limit = keys::u64(keys::milliseconds(before));
  std::vector<OldRecording> old;
  Cursor cursor(txn, tables_.recordings_by_time);
  for (bool found = cursor.first(); found && cursor.key() < limit && old.size() < rows_max;
       found = cursor.next()) {
    const std::string by_time(cursor.key());
    const std::string_view id = std::string_view(by_time).substr(8);
    const auto open = txn.get(tables_.recordings_open, id);
    if (!open) return core::forward_error(open);
    if (open->has_value()) continue;
    const auto json = txn.get(tables_.recordings, id);
    if (!json) return core::forward_error(json);
    const auto row = json->has_value() ? parse_recording(**json)
                                       : core::Result<call::Recording>(call::Recording{});
    old.push_back({by_time, row ? row->path : std::string{}});
  }
  if (auto status = cursor.status(); !status) return core::forward_error(status);
  return old;
}

core::Result<> Database::erase_recordings(std::span<const OldRecording> recordings) {
  WriteTxn txn(*env_);
  TableWriter writer(txn, tables_);
  for (const OldRecording& recording : recordings)
    if (auto gone = writer.erase_recording(recording.by_time); !gone) return gone;
  return txn.commit();
}

}  // namespace pbx::storage
