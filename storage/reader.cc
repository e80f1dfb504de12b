#include "storage/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "storage/keys.h"
#include "storage/names.h"

namespace pbx::storage {
namespace {

// A range of an index, walked from its end to its beginning.  Keys are prefix, time, id.
struct Range {
  std::string begin;  // included
  std::string end;    // excluded; "": to the end of the table
};

Range make_range(const std::string& prefix, const std::optional<core::WallTime>& from,
                 const std::optional<core::WallTime>& until) {
  Range range;
  range.begin = prefix + (from ? keys::u64(keys::milliseconds(*from)) : std::string{});
  range.end = until ? prefix + keys::u64(keys::milliseconds(*until)) : keys::after_prefix(prefix);
  return range;
}

// Goes on after the row that `after` names.
core::Result<> continue_after(Range& range, const std::string& prefix, std::string_view after) {
  if (after.empty()) return {};
  const auto key = core::hex_decode(after);
  if (!key || key->size() != keys::kTimedBytes)
    return core::fail(core::ErrorCode::kInvalidArgument, "`after` is not the end of a page");
  auto end = prefix + *key;
  if (range.end.empty() || end < range.end) range.end = std::move(end);
  return {};
}

class PageWalk {
 public:
  PageWalk(const Txn& txn, Table index, Range range)
      : cursor_(txn, index), range_(std::move(range)) {}

  // Moves to the next older key of the range; false at its end.
  bool step() {
    const bool found = started_             ? cursor_.previous()
                       : range_.end.empty() ? cursor_.last()
                                            : cursor_.seek_before(range_.end);
    started_ = true;
    return found && cursor_.key() >= range_.begin;
  }
  [[nodiscard]] std::string_view timed_key() const {
    const auto key = cursor_.key();
    return key.substr(key.size() - std::min(key.size(), keys::kTimedBytes));
  }
  [[nodiscard]] std::string_view value() const { return cursor_.value(); }
  [[nodiscard]] core::Result<> status() const { return cursor_.status(); }

 private:
  Cursor cursor_;
  Range range_;
  bool started_ = false;
};

bool has_outcome(std::string_view json, const std::optional<call::Outcome>& outcome) {
  if (!outcome) return true;
  // The writer puts this member once and unescaped text of a caller cannot look like it, since
  // its quotes would be escaped.  Parsing the whole record would cost a hundred times as much.
  return json.find(fmt::format("\"outcome\":\"{}\"", kOutcomeNames.of(*outcome))) !=
         std::string_view::npos;
}

// Fills a page: `fetch(walk)` gives the row of the current key, or nothing to pass over it.
template <typename Fetch>
core::Result<Page> fill_page(PageWalk& walk, std::size_t limit, Fetch fetch) {
  Page page;
  limit = std::clamp<std::size_t>(limit, 1, kPageMax);
  bool more = walk.step();
  for (; more; more = walk.step()) {
    ++page.scanned;
    core::Result<std::optional<std::string_view>> row = fetch(walk);
    if (!row) return core::forward_error(row);
    if (row->has_value()) page.rows.emplace_back(**row);
    if (page.rows.size() >= limit || page.scanned >= kScanMax) break;
  }
  if (auto status = walk.status(); !status) return core::forward_error(status);
  if (more) page.next = core::hex_encode(walk.timed_key());
  return page;
}

template <typename T, typename Parse>
core::Result<std::vector<T>> read_all(const Txn& txn, Table table, Parse parse) {
  std::vector<T> all;
  Cursor cursor(txn, table);
  for (bool found = cursor.first(); found; found = cursor.next())
    if (auto record = parse(cursor.value())) all.push_back(std::move(*record));
  if (auto status = cursor.status(); !status) return core::forward_error(status);
  return all;
}

}  // namespace

core::Result<Page> Reader::cdrs(const CdrFilter& filter) const {
  const bool by_number = !filter.number.empty();
  const auto prefix = by_number ? keys::number_prefix(filter.number) : std::string{};
  auto range = make_range(prefix, filter.from, filter.until);
  if (auto good = continue_after(range, prefix, filter.after); !good)
    return core::forward_error(good);
  const ReadTxn txn(*env_);
  PageWalk walk(txn, by_number ? tables_->cdr_by_number : tables_->cdr, std::move(range));
  const auto fetch = [&](const PageWalk& at) -> core::Result<std::optional<std::string_view>> {
    std::optional<std::string_view> json = at.value();
    if (by_number) {
      auto row = txn.get(tables_->cdr, at.timed_key());
      if (!row) return row;
      json = *row;
    }
    if (json && !has_outcome(*json, filter.outcome)) json.reset();
    return json;
  };
  return fill_page(walk, filter.limit, fetch);
}

core::Result<Page> Reader::recordings(const RecordingFilter& filter) const {
  // Of one call there are few: they are told apart by id, not by time.
  const auto prefix = filter.call ? keys::u64(filter.call->value) : std::string{};
  auto range = filter.call ? Range{prefix, keys::after_prefix(prefix)}
                           : make_range(prefix, filter.from, filter.until);
  if (auto good = continue_after(range, "", filter.after); !good) return core::forward_error(good);
  const ReadTxn txn(*env_);
  PageWalk walk(txn, filter.call ? tables_->recordings_by_call : tables_->recordings_by_time,
                std::move(range));
  const auto fetch = [&](const PageWalk& at) {
    return txn.get(tables_->recordings, at.timed_key().substr(8));
  };
  return fill_page(walk, filter.limit, fetch);
}

core::Result<std::string> Reader::row(Table table, std::string_view key) const {
  const ReadTxn txn(*env_);
  const auto value = txn.get(table, key);
  if (!value) return core::forward_error(value);
  if (!value->has_value()) return core::fail(core::ErrorCode::kNotFound, "no such record");
  return std::string(**value);
}

core::Result<std::string> Reader::cdr(core::CallId call) const {
  const auto key = row(tables_->cdr_by_call, keys::u64(call.value));
  if (!key) return key;
  return row(tables_->cdr, *key);
}

core::Result<std::string> Reader::recording(core::RecordingId id) const {
  return row(tables_->recordings, keys::u64(id.value));
}

core::Result<std::string> Reader::recording_by_token(std::string_view token) const {
  if (token.empty() || token.size() > kKeyMax)
    return core::fail(core::ErrorCode::kNotFound, "no such record");
  const auto key = row(tables_->recordings_by_token, token);
  if (!key) return key;
  return row(tables_->recordings, *key);
}

core::Result<std::vector<call::Binding>> Reader::bindings() const {
  const ReadTxn txn(*env_);
  return read_all<call::Binding>(txn, tables_->bindings, parse_binding);
}

core::Result<std::vector<Account>> Reader::accounts() const {
  const ReadTxn txn(*env_);
  return read_all<Account>(txn, tables_->accounts, parse_account);
}

core::Result<std::optional<std::string>> Reader::meta(std::string_view name) const {
  const ReadTxn txn(*env_);
  const auto value = txn.get(tables_->meta, name);
  if (!value) return core::forward_error(value);
  if (!value->has_value()) return std::optional<std::string>{};
  return std::optional<std::string>{**value};
}

core::Result<Reader::Counts> Reader::counts() const {
  const ReadTxn txn(*env_);
  const auto cdrs = txn.count(tables_->cdr), recordings = txn.count(tables_->recordings),
             journal = txn.count(tables_->journal), bindings = txn.count(tables_->bindings);
  if (!cdrs) return core::forward_error(cdrs);
  return Counts{*cdrs, recordings.value_or(0), journal.value_or(0), bindings.value_or(0)};
}

}  // namespace pbx::storage
