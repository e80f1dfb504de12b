// Two descriptions of a stranger, as offer and answer, in a dialog of ours.
#include "sip/offer_answer.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace pbx;

call::AudioDescription ours() {
  call::AudioDescription audio;
  audio.rtp = core::parse_socket_address("198.51.100.1:20000").value();
  audio.rtcp = core::parse_socket_address("198.51.100.1:20001").value();
  audio.rtcp_mux = true;
  audio.formats = {{call::Codec::kOpus, 96, 48000, ""},
                   {call::Codec::kG722, 9, 8000, ""},
                   {call::Codec::kPcmu, 0, 8000, ""},
                   {call::Codec::kPcma, 8, 8000, ""},
                   {call::Codec::kTelephoneEvent, 101, 8000, ""}};
  audio.keys = {{1, call::SrtpSuite::kAesCm128HmacSha1_80, std::string(30, 'k')}};
  return audio;
}

// What a stranger says of his fax is passed on to the other side.
call::AudioDescription our_fax(const call::AudioDescription& theirs) {
  call::AudioDescription description;
  description.rtp = core::parse_socket_address("198.51.100.1:20000").value();
  description.fax = theirs.fax;
  return description;
}

void check(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto half = text.find("\n\n");
  const auto first = text.substr(0, half);
  const auto second = half == std::string_view::npos ? first : text.substr(half + 2);
  sip::OfferAnswer dialog({7, "-", true, true});
  if (const auto offer = dialog.receive_offer(first)) {
    const bool is_fax = offer->audio && offer->audio->fax;
    const auto answer = dialog.make_answer(is_fax ? our_fax(*offer->audio) : ours());
    check(answer.has_value() || !is_fax);
    if (answer) check(sip::parse_sdp(answer->text).has_value());
    dialog.roll_back();
  }
  const auto offer = dialog.make_offer(ours());
  if (!offer) return 0;
  // Our own words are understood by ourselves: as many streams, ours among them.
  sip::OfferAnswer other({8, "-", true, true});
  const auto heard = other.receive_offer(offer->text);
  check(heard && heard->audio && heard->audio->formats.size() == offer->audio.formats.size());
  (void)dialog.receive_answer(second);
  check(dialog.state().payload_types.size() <= 128);
  return 0;
}
