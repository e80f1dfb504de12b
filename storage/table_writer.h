// storage/table_writer.h — puts one item into the tables of an open write transaction.
//
// Owner: the store thread, for the life of the transaction.  After a failure the transaction must
// be thrown away.
#pragma once

#include "storage/database.h"

namespace pbx::storage {

class TableWriter {
 public:
  TableWriter(WriteTxn& txn, const Tables& tables) : txn_(txn), tables_(tables) {}

  core::Result<> apply(const Item& item);

  // Inserts the record and its indexes, replaces an earlier one of the same call, and ends the
  // call's journal.
  core::Result<> put_cdr(const call::Cdr& cdr);
  // Removes the row with its indexes; false if it is not there.  A row that cannot be read goes
  // too; its entries by number then point nowhere, which readers pass over.
  core::Result<bool> erase_cdr(std::string_view cdr_key);
  core::Result<> put_recording(const call::Recording& recording);
  // Removes the row with its indexes, given its key in recordings_by_time.
  core::Result<> erase_recording(std::string_view by_time);
  core::Result<> put_meta(std::string_view name, std::string_view value);

 private:
  core::Result<> apply_one(const call::Journal& journal);
  core::Result<> apply_one(const call::StoreCdr& item) { return put_cdr(item.cdr); }
  core::Result<> apply_one(const call::StoreRecording& item) {
    return put_recording(item.recording);
  }
  core::Result<> apply_one(const StoreBinding& item);
  core::Result<> apply_one(const EraseBinding& item);
  core::Result<> apply_one(const StoreAccount& item);
  core::Result<> apply_one(const StoreMeta& item) { return put_meta(item.name, item.value); }

  WriteTxn& txn_;
  const Tables& tables_;
};

}  // namespace pbx::storage
