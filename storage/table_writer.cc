#include "storage/table_writer.h"

#include <algorithm>
#include <array>

#include "storage/keys.h"

namespace pbx::storage {
namespace {

// The numbers a CDR is found by, each once.
std::vector<std::string> number_keys(const call::Cdr& cdr, std::string_view cdr_key) {
  std::vector<std::string> keys;
  for (const std::string* number : {&cdr.caller.number, &cdr.called.number, &cdr.dialed}) {
    if (number->empty()) continue;
    auto key = keys::number_prefix(*number);
    key += cdr_key;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  }
  return keys;
}

bool is_open(const call::Recording& recording) {
  return !recording.complete && recording.sha256.empty() && recording.problem.empty();
}

// Forgets the value: erasing what is not there is no failure here.
core::Result<> done(const core::Result<bool>& erased) {
  if (!erased) return core::forward_error(erased);
  return {};
}

}  // namespace

core::Result<> TableWriter::apply(const Item& item) {
  return std::visit([this](const auto& alternative) { return apply_one(alternative); }, item);
}

core::Result<> TableWriter::put_cdr(const call::Cdr& cdr) {
  const auto key = keys::timed(cdr.started, cdr.id.value);
  const auto call_key = keys::u64(cdr.id.value);
  const auto before = txn_.get(tables_.cdr_by_call, call_key);
  if (!before) return core::forward_error(before);
  if (before->has_value())
    if (auto erased = erase_cdr(std::string(**before)); !erased) return core::forward_error(erased);
  if (auto put = txn_.put(tables_.cdr, key, to_json(cdr)); !put) return put;
  if (auto put = txn_.put(tables_.cdr_by_call, call_key, key); !put) return put;
  for (const auto& number_key : number_keys(cdr, key))
    if (auto put = txn_.put(tables_.cdr_by_number, number_key, ""); !put) return put;
  return done(txn_.erase(tables_.journal, call_key));
}

core::Result<bool> TableWriter::erase_cdr(std::string_view cdr_key) {
  const auto text = txn_.get(tables_.cdr, cdr_key);
  if (!text) return core::forward_error(text);
  if (!text->has_value()) return false;
  if (const auto cdr = parse_cdr(**text))
    for (const auto& number_key : number_keys(*cdr, cdr_key))
      if (auto gone = txn_.erase(tables_.cdr_by_number, number_key); !gone) return gone;
  const auto call_key = cdr_key.substr(cdr_key.size() - 8);
  if (auto gone = txn_.erase(tables_.cdr_by_call, call_key); !gone) return gone;
  return txn_.erase(tables_.cdr, cdr_key);
}

core::Result<> TableWriter::put_recording(const call::Recording& recording) {
  const auto id = keys::u64(recording.id.value);
  const auto put_index = [&](Table table, const std::string& key, std::string_view value) {
    return txn_.put(table, key, value);
  };
  if (auto put = txn_.put(tables_.recordings, id, to_json(recording)); !put) return put;
  if (auto put = put_index(tables_.recordings_by_time,
                           keys::timed(recording.started, recording.id.value), "");
      !put)
    return put;
  if (auto put = put_index(tables_.recordings_by_call, keys::u64(recording.call.value) + id, "");
      !put)
    return put;
  if (!recording.token.empty() && recording.token.size() <= kKeyMax)
    if (auto put = put_index(tables_.recordings_by_token, recording.token, id); !put) return put;
  if (is_open(recording)) return txn_.put(tables_.recordings_open, id, "");
  return done(txn_.erase(tables_.recordings_open, id));
}

core::Result<> TableWriter::erase_recording(std::string_view by_time) {
  const std::string key(by_time);  // may lie in the page that is changed
  const std::string id = key.substr(8);
  const auto json = txn_.get(tables_.recordings, id);
  if (!json) return core::forward_error(json);
  if (json->has_value())
    if (const auto row = parse_recording(**json)) {
      if (auto gone = txn_.erase(tables_.recordings_by_call, keys::u64(row->call.value) + id);
          !gone)
        return core::forward_error(gone);
      if (!row->token.empty() && row->token.size() <= kKeyMax)
        if (auto gone = txn_.erase(tables_.recordings_by_token, row->token); !gone)
          return core::forward_error(gone);
    }
  if (auto gone = txn_.erase(tables_.recordings, id); !gone) return core::forward_error(gone);
  return done(txn_.erase(tables_.recordings_by_time, key));
}

core::Result<> TableWriter::put_meta(std::string_view name, std::string_view value) {
  return txn_.put(tables_.meta, name, value);
}

core::Result<> TableWriter::apply_one(const call::Journal& journal) {
  const auto key = keys::u64(journal.cdr.id.value);
  const auto over = txn_.get(tables_.cdr_by_call, key);
  if (!over) return core::forward_error(over);
  if (over->has_value()) return {};  // late news of a call that has its CDR
  return txn_.put(tables_.journal, key, to_json(journal.cdr));
}

core::Result<> TableWriter::apply_one(const StoreBinding& item) {
  return txn_.put(tables_.bindings, keys::u64(item.binding.id.value), to_json(item.binding));
}

core::Result<> TableWriter::apply_one(const EraseBinding& item) {
  return done(txn_.erase(tables_.bindings, keys::u64(item.binding.value)));
}

core::Result<> TableWriter::apply_one(const StoreAccount& item) {
  return txn_.put(tables_.accounts, keys::number_prefix(item.account.number),
                  to_json(item.account));
}

}  // namespace pbx::storage
