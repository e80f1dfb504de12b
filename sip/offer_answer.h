// sip/offer_answer.h — the offer/answer state of one dialog (RFC 3264): what each side has said
// about the session, and what the next description of ours must therefore look like.
//
// Pure.  The state is plain data: a fork copies it for each early dialog, a record of it can be
// written down and read back.  It holds SRTP keys, so it is never logged.
//
// It takes the first audio stream it can, or without one the first fax stream; every other stream
// is refused with port 0 and keeps its place for the life of the dialog.  It decides nothing about
// codecs: core/call says which formats we want, this file keeps the rules of the wire:
//   - an answer uses the payload type numbers, the profile and the crypto tag of the offer;
//   - a payload type once bound to a codec keeps it, in our later offers too (8.3.2);
//   - the version in o= grows by one exactly when what we say has changed (8);
//   - a description that repeats the earlier one is recognised (8).
//
// | phase        | receive_offer | make_answer | make_offer  | receive_answer | roll_back |
// |--------------|---------------|-------------|-------------|----------------|-----------|
// | kStable      | kRemoteOffer  | error       | kLocalOffer | error          | kStable   |
// | kLocalOffer  | error (glare) | error       | error       | kStable        | kStable   |
// | kRemoteOffer | error (glare) | kStable     | error       | error          | kStable   |

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/call/media_description.h"
#include "sip/sdp.h"

namespace pbx::sip {

struct OfferAnswerOptions {
  std::uint64_t session_id = 1;    // of our o= line: random, the same for the whole dialog
  std::string session_name = "-";  // s=
  bool accept_plain = true;        // take RTP/AVP offers
  bool accept_srtp = true;         // take RTP/SAVP offers
};

// What must be remembered of an m= line.
struct SdpStream {
  std::string type, protocol, format;
  friend bool operator==(const SdpStream&, const SdpStream&) = default;
};

// What both sides hold to be the session.
struct SdpAgreement {
  std::vector<SdpStream> streams;    // in the order of the m= lines
  std::optional<std::size_t> audio;  // index of the stream we use
  std::optional<SdpOrigin> remote_origin;
  std::optional<call::AudioDescription> remote;
  friend bool operator==(const SdpAgreement&, const SdpAgreement&) = default;
};

struct OfferAnswerState {
  enum class Phase : std::uint8_t { kStable, kLocalOffer, kRemoteOffer };
  Phase phase = Phase::kStable;
  SdpAgreement agreed;
  SdpAgreement proposed;                    // while an offer is open
  std::vector<call::Format> payload_types;  // each number we ever bound, at most 128
  std::vector<call::SrtpKey> offered_keys;  // ours, while our offer is open
  SdpAddress origin_address;                // of our first description, then for ever
  std::uint64_t version = 0;                // of our last description; 0: none yet
  std::string last_sent;                    // our last description with version 0
};

struct LocalSdp {
  std::string text;
  call::AudioDescription audio;  // as written: the numbers to expect, the key to send with
};

struct RemoteSdp {
  // nullopt in an offer: no stream we can take (488).  nullopt in an answer: our stream was
  // refused.
  std::optional<call::AudioDescription> audio;
  bool unchanged = false;  // the other side repeats itself (a session refresh): nothing to do
};

class OfferAnswer {
 public:
  using Phase = OfferAnswerState::Phase;

  explicit OfferAnswer(OfferAnswerOptions options, OfferAnswerState state = {});

  // Errors (the phase stays): kInvalidArgument in the wrong phase; kCorrupt or kLimitReached if
  // `body` is no description.  With nullopt audio the offer is open until roll_back().
  core::Result<RemoteSdp> receive_offer(std::string_view body);

  // The answer to the open offer.  The direction is cut to what the offer allows, formats that
  // were not offered are left out, one key is kept.
  // Errors (the offer stays open): kInvalidArgument in the wrong phase, without audio in the
  // offer, without a codec in common, or if `local` has no key for an SRTP offer.
  core::Result<LocalSdp> make_answer(const call::AudioDescription& local);

  // With keys the stream is RTP/SAVP, else RTP/AVP.
  // Errors: kInvalidArgument in the wrong phase or without a codec.
  core::Result<LocalSdp> make_offer(const call::AudioDescription& local);

  // Errors (the offer stays open): kInvalidArgument in the wrong phase; kCorrupt or kLimitReached
  // if `body` is no description or does not fit the offer (profile, key, codecs).
  core::Result<RemoteSdp> receive_answer(std::string_view body);

  // The same without ending the offer: for the description in an unreliable provisional response,
  // which only foretells the answer (RFC 3261 13.2.1).
  [[nodiscard]] core::Result<RemoteSdp> preview_answer(std::string_view body) const;

  // The open offer, ours or theirs, came to nothing: the session stays as it was.
  void roll_back();

  [[nodiscard]] Phase phase() const { return state_.phase; }
  [[nodiscard]] const OfferAnswerState& state() const { return state_; }

 private:
  [[nodiscard]] bool is_acceptable(const SdpMedia& media) const;
  [[nodiscard]] core::Result<LocalSdp> answer_fax(const call::AudioDescription& local);
  [[nodiscard]] LocalSdp offer_fax(const call::AudioDescription& local);
  [[nodiscard]] LocalSdp settle(call::AudioDescription audio);  // our answer to the open offer
  // Begins an offer of ours; our stream in it.
  SdpStream& stream_of_ours();
  [[nodiscard]] core::Result<SdpAgreement> read_answer(std::string_view body) const;
  [[nodiscard]] std::vector<call::Format> number_offer(std::vector<call::Format> formats) const;
  void bind(const std::vector<call::Format>& formats);
  [[nodiscard]] std::string describe(const call::AudioDescription& audio);

  OfferAnswerOptions options_;
  OfferAnswerState state_;
};

}  // namespace pbx::sip
