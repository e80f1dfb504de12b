#include "storage/retention.h"

namespace pbx::storage {
namespace {

core::Result<> erase_recordings(Database& database, core::WallTime before,
                                const EraseFile& erase_file, Expired& expired) {
  const auto old = database.recordings_before(before, kRetentionRows);
  if (!old) return core::forward_error(old);
  std::vector<OldRecording> gone;
  for (const OldRecording& recording : *old)
    if (recording.path.empty() || erase_file(recording.path)) gone.push_back(recording);
  if (gone.empty() && old->empty()) return {};
  if (auto erased = database.erase_recordings(gone); !erased) return erased;
  expired.recordings = gone.size();
  expired.stuck = old->size() - gone.size();
  // Stuck ones stand first in the next round too: without progress there is no hurry.
  expired.more |= old->size() == kRetentionRows && !gone.empty();
  return {};
}

}  // namespace

core::Result<Expired> erase_expired(Database& database, const RetentionTimes& keep,
                                    core::WallTime now, const EraseFile& erase_file) {
  Expired expired;
  if (keep.cdrs.count() != 0) {
    const auto erased = database.erase_cdrs_before(now - keep.cdrs, kRetentionRows);
    if (!erased) return core::forward_error(erased);
    expired.cdrs = *erased;
    expired.more = *erased == kRetentionRows;
  }
  if (keep.recordings.count() != 0 && erase_file)
    if (auto erased = erase_recordings(database, now - keep.recordings, erase_file, expired);
        !erased)
      return core::forward_error(erased);
  return expired;
}

}  // namespace pbx::storage
