#include "core/base/random_device.h"

#include <sys/random.h>

#include <cerrno>

#include "core/base/assert.h"

namespace pbx::core {

std::uint64_t entropy_seed() {
  std::uint64_t seed = 0;
  secure_bytes(std::as_writable_bytes(std::span(&seed, 1)));
  return seed;
}

void secure_bytes(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    PBX_ASSERT(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string secure_bytes(std::size_t count) {
  std::string out(count, '\0');
  secure_bytes(std::as_writable_bytes(std::span(out)));
  return out;
}

}  // namespace pbx::core
