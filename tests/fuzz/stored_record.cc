// Values of the database and lines of the spill file: whatever is in them, they are read or are
// corrupt; what was read is written and read again without change.
#include <cstdlib>

#include "storage/record_json.h"

namespace {

template <typename Parse>
void check(std::string_view text, Parse parse) {
  const auto record = parse(text);
  if (!record) {
    if (record.error().code != pbx::core::ErrorCode::kCorrupt) std::abort();
    return;
  }
  const auto written = pbx::storage::to_json(*record);
  const auto again = parse(written);
  if (!again || pbx::storage::to_json(*again) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, pbx::storage::parse_cdr);
  check(text, pbx::storage::parse_recording);
  check(text, pbx::storage::parse_binding);
  check(text, pbx::storage::parse_account);
  return 0;
}
