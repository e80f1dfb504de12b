#include "media/engine_options.h"

namespace pbx::media {

std::string_view text(Drop drop) {
  switch (drop) {
    case Drop::kMalformed:
      return "malformed";
    case Drop::kSource:
      return "source";
    case Drop::kPayloadType:
      return "payload_type";
    case Drop::kSrtp:
      return "srtp";
    case Drop::kDirection:
      return "direction";
    case Drop::kDuplicate:
      return "duplicate";
    case Drop::kStray:
      return "stray";
    case Drop::kPool:
      return "pool";
  }
  return "unknown";
}

}  // namespace pbx::media
