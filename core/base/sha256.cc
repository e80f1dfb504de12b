#include "core/base/sha256.h"

#include <array>

#include <openssl/sha.h>

#include "core/base/text.h"

namespace pbx::core {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return hex_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace pbx::core
