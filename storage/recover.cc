// Database::recover: what a killed daemon left behind becomes records.
#include "storage/database.h"

#include <algorithm>
#include "storage/keys.h"
#include "storage/table_writer.h"

namespace pbx::storage {
namespace {

struct Entry {
  std::string key, value;
};

core::Result<std::vector<Entry>> all_entries(const Txn& txn, Table table) {
  std::vector<Entry> entries;
  Cursor cursor(txn, table);
  for (bool found = cursor.first(); found; found = cursor.next())
    entries.push_back({std::string(cursor.key()), std::string(cursor.value())});
  if (auto status = cursor.status(); !status) return core::forward_error(status);
  return entries;
}

core::Cause interrupted_cause() { return {0, 41, "interrupted"}; }  // Q.850: temporary failure

// The record of a call that was in progress when the daemon was last seen.
call::Cdr interrupted(call::Cdr cdr, core::WallTime alive) {
  cdr.ended = std::max(alive, cdr.started);
  cdr.outcome = call::Outcome::kInterrupted;
  cdr.ended_by = call::EndedBy::kExchange;
  cdr.cause = interrupted_cause();
  for (auto& leg : cdr.legs) {
    if (leg.ended != core::WallTime{}) continue;
    leg.ended = std::max(alive, leg.started);
    leg.cause = interrupted_cause();
  }
  if (!cdr.segments.empty()) {
    auto& last = cdr.segments.back();
    last.until = std::max(cdr.ended, last.from);
  }
  return cdr;
}

core::Result<core::WallTime> last_alive(const Txn& txn, const Tables& tables) {
  const auto text = txn.get(tables.meta, "alive");
  if (!text) return core::forward_error(text);
  if (!text->has_value()) return core::WallTime{};
  return core::parse_iso8601(**text).value_or(core::WallTime{});
}

core::Result<> end_call(TableWriter& writer, const Entry& entry, core::WallTime alive,
                        Recovered& recovered) {
  auto cdr = parse_cdr(entry.value);
  if (!cdr) {
    ++recovered.corrupt;
    cdr = call::Cdr{};
    cdr->started = alive;
  }
  cdr->id = core::CallId{keys::read_u64(entry.key)};  // the key counts, it ends the journal
  if (!cdr->chain) cdr->chain = cdr->id;
  ++recovered.calls;
  return writer.put_cdr(interrupted(*cdr, alive));
}

core::Result<> end_recording(TableWriter& writer, std::string_view json,
                             const ProbeRecording& probe) {
  auto recording = parse_recording(json);
  if (!recording) return {};  // unreadable: shown as corrupt by readers, nothing to complete
  const auto file = probe ? probe(recording->path) : std::nullopt;
  recording->complete = false;
  recording->problem = file ? "interrupted" : "interrupted, no file";
  if (file) {
    recording->duration = file->duration;
    recording->size_bytes = file->size_bytes;
    recording->sha256 = file->sha256;
  }
  return writer.put_recording(*recording);
}

core::Result<> end_recordings(WriteTxn& txn, const Tables& tables, const ProbeRecording& probe,
                              Recovered& recovered) {
  TableWriter writer(txn, tables);
  const auto open = all_entries(txn, tables.recordings_open);
  if (!open) return core::forward_error(open);
  for (const auto& entry : *open) {
    const auto json = txn.get(tables.recordings, entry.key);
    if (!json) return core::forward_error(json);
    if (json->has_value())
      if (auto ended = end_recording(writer, std::string(**json), probe); !ended) return ended;
    if (auto gone = txn.erase(tables.recordings_open, entry.key); !gone)
      return core::forward_error(gone);
    ++recovered.recordings;
  }
  return {};
}

}  // namespace

core::Result<Recovered> Database::recover(const ProbeRecording& probe) {
  Recovered recovered;
  WriteTxn txn(*env_);
  const auto alive = last_alive(txn, tables_);
  if (!alive) return core::forward_error(alive);
  const auto calls = all_entries(txn, tables_.journal);
  if (!calls) return core::forward_error(calls);
  TableWriter writer(txn, tables_);
  for (const auto& entry : *calls)
    if (auto ended = end_call(writer, entry, *alive, recovered); !ended)
      return core::forward_error(ended);
  if (auto ended = end_recordings(txn, tables_, probe, recovered); !ended)
    return core::forward_error(ended);
  if (auto committed = txn.commit(); !committed) return core::forward_error(committed);
  return recovered;
}

}  // namespace pbx::storage
