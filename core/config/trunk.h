// core/config/trunk.h — one entry of section `trunks`: a provider or another exchange.
//
// Pure values.  After loading every name points at something, `profile` is never empty, `codecs`
// is never empty, and passwords of files are read.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/net.h"
#include "core/config/codec_name.h"
#include "core/config/extension.h"
#include "core/config/profile.h"
#include "core/config/secret.h"

namespace pbx::config {

// Written `sip.example.com`, `tcp:192.0.2.1:5080`, `tls:[2001:db8::1]`.
struct ServerAddress {
  std::optional<Transport> transport;  // none: DNS says (RFC 3263), else UDP
  std::string host;                    // a name or an address, without brackets
  std::uint16_t port = 0;              // 0: DNS says, else 5060, or 5061 with TLS

  friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

// A name and a password; empty: there are none.
struct TrunkLogin {
  std::string username;
  Secret password;
  std::filesystem::path password_file;

  [[nodiscard]] bool is_empty() const { return username.empty(); }
  friend bool operator==(const TrunkLogin&, const TrunkLogin&) = default;
};

// RFC 3261 10.2, as the client.
struct TrunkRegistration {
  bool enabled = false;
  std::chrono::milliseconds expires{600'000};
  std::chrono::milliseconds retry{30'000};  // after a failure, doubled up to retry_max
  std::chrono::milliseconds retry_max{600'000};

  friend bool operator==(const TrunkRegistration&, const TrunkRegistration&) = default;
};

struct TrunkHealth {
  std::chrono::milliseconds interval{30'000};    // between OPTIONS; 0: none are sent
  std::uint32_t down_after = 3;                  // failures in a row
  std::uint32_t up_after = 2;                    // answers in a row
  std::chrono::milliseconds answer_time{2'000};  // an INVITE without any answer

  friend bool operator==(const TrunkHealth&, const TrunkHealth&) = default;
};

// 0: no bound.
// What becomes of a call beyond a limit.
enum class WhenFull : std::uint8_t {
  kNext,        // it is tried by the next trunk; of an incoming call: as kBusy
  kBusy,        // 486
  kCongestion,  // 503
};

struct TrunkLimits {
  std::uint32_t calls_in = 0;
  std::uint32_t calls_out = 0;
  std::uint32_t calls_per_second = 0;  // outgoing
  std::uint32_t minutes_per_day = 0;   // outgoing talk, since midnight UTC
  WhenFull incoming_full = WhenFull::kBusy;
  WhenFull outgoing_full = WhenFull::kNext;

  friend bool operator==(const TrunkLimits&, const TrunkLimits&) = default;
};

enum class CallerIdPolicy : std::uint8_t {
  kUser,   // the caller's own: of the extension, or of the call that is passed on
  kTrunk,  // always TrunkIdentity::number
};
enum class DidSource : std::uint8_t { kRequestUri, kTo, kHeader };

// Who is shown to whom.
struct TrunkIdentity {
  std::string number;  // of ours at the provider, as it is dialled from outside; "" if none
  CallerIdPolicy caller_id = CallerIdPolicy::kUser;
  std::string from_user;  // in From whoever calls, as some providers want; "": the caller's number
  std::string from_domain;  // in From and To; "": the first server
  bool trusted = false;     // we believe its identity headers and send it ours
  bool remote_party_id = false;
  bool diversion = true;
  bool history_info = true;
  DidSource did = DidSource::kRequestUri;
  std::string did_header;  // with kHeader

  friend bool operator==(const TrunkIdentity&, const TrunkIdentity&) = default;
};

// Names of sets in `rewrites`; "": the number stays as it is.
struct TrunkRewrites {
  std::string caller_in;
  std::string called_in;
  std::string caller_out;
  std::string called_out;

  friend bool operator==(const TrunkRewrites&, const TrunkRewrites&) = default;
};

// How numbers leave after `rewrites`: E.164 with or without "+", as dialled in our country, or as
// they were dialled.
enum class NumberWriting : std::uint8_t { kPlus, kDigits, kNational, kAsDialled };

enum class EarlyMedia : std::uint8_t {
  kPass,    // the far side's 183 with SDP reaches the caller
  kIgnore,  // the caller hears ringback until the answer
};

struct Trunk {
  std::string name;                    // the key in `trunks`
  bool enabled = true;                 // false: no calls, no registration
  std::string profile;                 // whose thread and addresses it uses
  std::vector<ServerAddress> servers;  // where calls go, in this order
  ServerAddress proxy;  // everything goes there first (RFC 3261 8.1.2); no host: none
  std::vector<core::IpPrefix> addresses;  // calls from here are this trunk's, besides the servers
  TrunkLogin login;                       // what we answer to 401 and 407
  TrunkLogin challenge;                   // what it must answer: an authenticating peer
  TrunkRegistration registration;
  TrunkHealth health;
  TrunkLimits limits;
  TrunkIdentity identity;
  NumberWriting number_writing = NumberWriting::kPlus;
  TrunkRewrites rewrites;
  std::string domain;  // whose numbers its callers dial; "": those of the house
  std::string plan;    // where its calls go; "": it may not call us
  std::vector<CodecName> codecs;
  DtmfMode dtmf = DtmfMode::kAuto;
  SrtpMode srtp = SrtpMode::kOff;
  bool t38 = true;         // fax may leave audio for T.38
  std::uint8_t dscp = 46;  // of its audio; default: media.dscp
  ReliableProvisional reliable_provisional = ReliableProvisional::kSupported;
  SessionTimerMode session_timer = SessionTimerMode::kRequest;
  EarlyMedia early_media = EarlyMedia::kPass;
  RecordingChoice recording = RecordingChoice::kDefault;
  std::chrono::milliseconds ring_time{120'000};

  friend bool operator==(const Trunk&, const Trunk&) = default;
};

}  // namespace pbx::config
