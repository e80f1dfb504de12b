// Any octets as a STUN message: attributes stay within it, and an answer can be made.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/datagram_kind.h"
#include "media/stun.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pbx;
  const std::span<const std::uint8_t> datagram(data, size);
  (void)media::kind_of(datagram);
  const auto view = media::parse_stun(datagram);
  if (!view) return 0;
  for (const auto type : {media::StunAttribute::kUsername, media::StunAttribute::kErrorCode,
                          media::StunAttribute::kFingerprint}) {
    const auto value = view->find(type);
    if (value && !value->empty() &&
        (value->data() < data || value->data() + value->size() > data + size))
      std::abort();
  }
  std::array<std::uint8_t, media::kStunBytesMax> out;
  const auto mapped = view->mapped_address();
  const std::size_t answer =
      media::write_binding_success(view->transaction, mapped.value_or(core::SocketAddress{}), out);
  const auto again = media::parse_stun(std::span(out).first(answer));
  if (!again || again->transaction != view->transaction) std::abort();
  if (mapped && again->mapped_address() != mapped) std::abort();
  if (media::write_binding_error(*view, 420, out) == 0) std::abort();
  return 0;
}
