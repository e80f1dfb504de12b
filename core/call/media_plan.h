// core/call/media_plan.h — which codec, digits and keys a leg uses: the decisions of RFC 3264.
//
// Pure.  sip/offer_answer keeps the wire rules (o= version, order of m-lines); here it is decided
// what is said.  An answer names one audio codec, so that both sides always know which is used;
// the codec of the other leg is preferred, so that audio is relayed and not transcoded.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/net.h"
#include "core/call/media_command.h"
#include "core/call/media_description.h"
#include "core/config/config.h"

namespace pbx::call {

// What configuration allows one leg.
struct MediaPolicy {
  std::vector<Codec> codecs;  // in order of preference
  config::DtmfMode dtmf = config::DtmfMode::kAuto;
  config::SrtpMode srtp = config::SrtpMode::kOptional;
  bool inband_detection = false;  // kAuto may fall back on tones
  bool comfort_noise = false;
  std::uint16_t ptime_ms = 20;
  bool t38 = false;  // a fax may take the place of audio
  std::uint8_t dscp = 46;
};
[[nodiscard]] MediaPolicy policy_for(const config::Extension& extension,
                                     const config::Media& media);
[[nodiscard]] MediaPolicy policy_for(const config::Trunk& trunk, const config::Media& media);

// Our side of an agreement and what the media session needs to know of it.
struct Agreement {
  AudioDescription ours;
  MediaParams params;
};

// The formats of `description` that carry voice and that `policy` allows, in its order.
[[nodiscard]] std::vector<Format> voice_formats(const AudioDescription& description,
                                                const MediaPolicy& policy);

// Our offer at `local`: the codecs of `preferred` that the policy allows first, then the others
// of the policy.  `key` is used only where the policy requires SRTP.
[[nodiscard]] AudioDescription make_offer(const MediaPolicy& policy,
                                          const core::SocketAddress& local,
                                          const std::vector<Format>& preferred, const SrtpKey& key);

// Our answer to `remote`, or nullopt if nothing is in common (488).
[[nodiscard]] std::optional<Agreement> make_answer(const MediaPolicy& policy,
                                                   const core::SocketAddress& local,
                                                   const AudioDescription& remote,
                                                   const std::vector<Format>& preferred,
                                                   const SrtpKey& key);

// What follows from the answer `remote` to our `offer`; nullopt if it agrees to nothing.
[[nodiscard]] std::optional<Agreement> accept_answer(const MediaPolicy& policy,
                                                     const AudioDescription& offer,
                                                     const AudioDescription& remote);

}  // namespace pbx::call
