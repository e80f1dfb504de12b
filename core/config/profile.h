// core/config/profile.h — one entry of section `profiles`: a set of SIP listening addresses that
// are served by one thread.
//
// Pure values.  After loading, `realm` is never empty and paths are resolved.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/net.h"

namespace pbx::config {

enum class Transport : std::uint8_t { kUdp, kTcp, kTls };

// Written `udp:0.0.0.0:5060` or `tls:[::]:5061`.  Port 0: the system chooses one.
struct ListenAddress {
  Transport transport = Transport::kUdp;
  core::SocketAddress address;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

enum class TlsVerify : std::uint8_t { kNone, kRequired };

struct Tls {
  std::filesystem::path certificate;    // PEM, with its chain
  std::filesystem::path key;            // PEM
  std::filesystem::path ca;             // PEM; empty: the certificates of the system
  TlsVerify verify = TlsVerify::kNone;  // of the other side's certificate

  friend bool operator==(const Tls&, const Tls&) = default;
};

// RFC 3261 section 10.3.  Contacts per extension are Extension::contacts_max.
struct Registration {
  std::chrono::milliseconds expires_min{60'000};  // a shorter wish is answered 423
  std::chrono::milliseconds expires_default{600'000};
  std::chrono::milliseconds expires_max{3'600'000};  // a longer wish is cut to this

  friend bool operator==(const Registration&, const Registration&) = default;
};

enum class DigestAlgorithm : std::uint8_t { kMd5, kSha256 };
enum class Qop : std::uint8_t { kRequired, kOptional };

// RFC 8760, RFC 7616.
struct Digest {
  std::vector<DigestAlgorithm> algorithms{DigestAlgorithm::kMd5, DigestAlgorithm::kSha256};
  std::chrono::milliseconds nonce_life{300'000};
  Qop qop = Qop::kRequired;

  friend bool operator==(const Digest&, const Digest&) = default;
};

// Who gets in.  `allow` and `deny`: the longest prefix that holds an address decides, of two of one
// length `deny`; an address in neither list gets in if `allow` is empty.
//
// Against guessing of passwords: failures_max wrong passwords of one source address within
// `window` ban it for ban_time, doubled at each further ban up to ban_time_max.
struct Guard {
  std::vector<core::IpPrefix> allow;
  std::vector<core::IpPrefix> deny;
  std::uint32_t failures_max = 10;
  std::chrono::milliseconds window{60'000};
  std::chrono::milliseconds ban_time{300'000};
  std::chrono::milliseconds ban_time_max{86'400'000};
  std::chrono::milliseconds answer_delay{1'000};  // of the answer to a wrong password
  std::vector<core::IpPrefix> trusted;            // never banned, delayed or limited
  // Parts of User-Agent texts, without case, whose sender is banned at once.
  std::vector<std::string> banned_agents{
      "friendly-scanner", "friendly-request", "sipvicious",      "sipcli", "pplsip", "sip-scan",
      "sipscan",          "sundayddr",        "VaxSIPUserAgent", "iwar",   "sivus"};
  // Requests outside of calls by senders who have proven no password; 0: any number.
  std::uint32_t requests_per_second = 100;           // of one source address
  std::uint32_t unauthenticated_per_second = 2'000;  // of all together

  friend bool operator==(const Guard&, const Guard&) = default;
};

enum class SessionTimerMode : std::uint8_t {
  kOff,      // not supported: Session-Expires is ignored
  kAccept,   // used when the other side asks
  kRequest,  // asked for in every call
};

// RFC 4028.
struct SessionTimer {
  SessionTimerMode mode = SessionTimerMode::kRequest;
  std::chrono::milliseconds expires{1'800'000};
  std::chrono::milliseconds min_se{90'000};

  friend bool operator==(const SessionTimer&, const SessionTimer&) = default;
};

enum class ReliableProvisional : std::uint8_t { kOff, kSupported, kRequired };  // RFC 3262

struct Nat {
  std::chrono::milliseconds keepalive{25'000};  // 0: none sent

  friend bool operator==(const Nat&, const Nat&) = default;
};

// RFC 3261 section 17 and appendix A.
struct SipTimers {
  std::chrono::milliseconds t1{500};
  std::chrono::milliseconds t2{4'000};
  std::chrono::milliseconds transaction_life{8'000};  // "64*T1": timers B, D, F, H, J
  std::chrono::milliseconds invite_timeout{180'000};  // an INVITE without a final answer

  friend bool operator==(const SipTimers&, const SipTimers&) = default;
};

struct Profile {
  std::string name;  // the key in `profiles`
  std::vector<ListenAddress> listen;
  core::IpAddress media_address;     // in our SDP; none: the local address that faces the peer
  core::IpAddress external_address;  // in Via, Contact and SDP towards other than local_networks
  std::vector<core::IpPrefix> local_networks;  // these see our own address, not the external one
  Tls tls;
  std::string realm;                     // of digest; default: server.name
  std::vector<std::string> sip_domains;  // accepted in the Request-URI; empty: any host
  std::string domain;  // whose telephones they are that name no host of a domain; "": the house
  Registration registration;
  Digest digest;
  Guard guard;
  SessionTimer session_timer;
  ReliableProvisional reliable_provisional = ReliableProvisional::kSupported;
  Nat nat;
  SipTimers timers;
  std::uint32_t max_forwards = 70;
  std::uint8_t dscp = 24;          // CS3
  std::uint32_t redirect_max = 5;  // 3xx answers followed in one attempt; 0: none
  std::uint64_t message_size_max = 65'536;

  friend bool operator==(const Profile&, const Profile&) = default;
};

}  // namespace pbx::config
