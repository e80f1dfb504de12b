// core/config/media.h — section `media`: ports, workers, codecs and the RTP engine.
//
// Pure values.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/config/codec_name.h"
#include "core/config/extension.h"

namespace pbx::config {

// Both ends belong to it.  RTP takes the even port, RTCP the odd one after it, so `first` is even
// and `last` is odd.
struct PortRange {
  std::uint16_t first = 16384;
  std::uint16_t last = 32767;

  friend bool operator==(const PortRange&, const PortRange&) = default;
};

enum class Latching : std::uint8_t {
  kOff,     // media goes where the SDP says
  kOn,      // media follows the source of the first packets, then stays
  kStrict,  // as kOn, but only to the host that the SDP or the signalling came from
};

struct JitterBuffer {
  std::chrono::milliseconds min{20};
  std::chrono::milliseconds max{200};

  friend bool operator==(const JitterBuffer&, const JitterBuffer&) = default;
};

struct Media {
  PortRange rtp_ports;
  std::chrono::milliseconds port_quarantine{10'000};  // before a port is used again
  std::uint32_t workers = 0;                          // 0: one per core
  bool pin_workers = true;
  bool realtime = true;    // SCHED_RR for the workers
  std::uint8_t dscp = 46;  // EF
  std::vector<CodecName> codecs{CodecName::kOpus, CodecName::kG722, CodecName::kPcma,
                                CodecName::kPcmu, CodecName::kGsm};  // in order of preference
  std::chrono::milliseconds ptime{20};
  JitterBuffer jitter_buffer;
  std::chrono::milliseconds rtp_timeout{60'000};          // silence that ends a call; 0: never
  std::chrono::milliseconds rtp_timeout_hold{1'800'000};  // the same while held; 0: never
  std::chrono::milliseconds rtcp_interval{5'000};
  Latching latching = Latching::kOn;
  bool comfort_noise = false;
  bool dtmf_inband_detection = false;   // on legs that agreed on no other way of sending digits
  std::filesystem::path music_on_hold;  // empty: generated
  SrtpMode srtp = SrtpMode::kOptional;

  friend bool operator==(const Media&, const Media&) = default;
};

}  // namespace pbx::config
