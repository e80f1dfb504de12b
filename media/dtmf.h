// media/dtmf.h — digits as telephone-event packets (RFC 4733), received and sent.
//
// Sans-I/O; owner: the media worker of the leg.  Neither side allocates.
//
// Units: durations in packets are ticks of the event's own RTP clock; what is reported is
// milliseconds.  An event is named by the timestamp of its beginning, so that repeated, late and
// reordered packets of one press are one digit.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/time.h"
#include "media/rtp_packet.h"

namespace pbx::media {

constexpr std::size_t kDtmfPayloadBytes = 4;

struct DtmfPayload {  // RFC 4733 2.3
  std::uint8_t event = 0;
  bool end = false;
  std::uint8_t volume = 10;  // -dBm0, 0 to 63
  std::uint16_t duration = 0;
  friend bool operator==(const DtmfPayload&, const DtmfPayload&) = default;
};
// REQUIRES: `bytes` holds at least kDtmfPayloadBytes.
[[nodiscard]] DtmfPayload load_dtmf(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::array<std::uint8_t, kDtmfPayloadBytes> store_dtmf(const DtmfPayload& payload);

// 0-9 * # A-D (also a-d) against events 0 to 15; nullopt for anything else.
[[nodiscard]] std::optional<std::uint8_t> event_of(char digit);
[[nodiscard]] std::optional<char> digit_of(std::uint8_t event);

struct Digit {
  char digit = 0;
  std::chrono::milliseconds duration{0};
  bool end_lost = false;  // no end packet came; the duration is what was seen
  friend bool operator==(const Digit&, const Digit&) = default;
};

// What one packet completed; a few at most.
class Digits {
 public:
  static constexpr std::size_t kMax = 4;
  void add(const Digit& digit) {
    if (size_ < kMax) digits_[size_++] = digit;
  }
  [[nodiscard]] const Digit* begin() const { return digits_.data(); }
  [[nodiscard]] const Digit* end() const { return digits_.data() + size_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<Digit, kMax> digits_;
  std::size_t size_ = 0;
};

// A digit is reported once, when it ends:
// clang-format off
// | packet                                   | no digit pressed  | digit pressed               |
// |------------------------------------------|-------------------|-----------------------------|
// | older than the last one that ended       | repeated: ignored | repeated: ignored           |
// | of the pressed digit                     | -                 | its duration grows          |
// | the same, with E                         | -                 | reported                    |
// | continues it (RFC 4733 2.5.1.3, or a     | -                 | durations are added         |
// |  sender that moves the timestamp)        |                   |                             |
// | new, marker or not (the start was lost)  | pressed           | end lost: reported; pressed |
// | new, with E (all others were lost)       | reported          | both reported               |
// | none for kEndTimeout                     | -                 | end lost: reported          |
// clang-format on
class DtmfReceiver {
 public:
  static constexpr std::chrono::milliseconds kEndTimeout{200};
  static constexpr std::size_t kEventsPerPacketMax = 3;  // the rest of a packet is not read

  explicit DtmfReceiver(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz) {}

  [[nodiscard]] Digits on_packet(const RtpHeader& header, std::span<const std::uint8_t> payload,
                                 core::Instant now);
  // Call when next_deadline() has come.
  [[nodiscard]] std::optional<Digit> on_time(core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

  [[nodiscard]] bool is_pressed() const { return pressed_.has_value(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }  // too short, or no DTMF event

 private:
  struct Pressed {
    std::uint8_t event;
    std::uint32_t timestamp;    // of the current segment
    std::uint16_t duration;     // of the current segment
    std::uint64_t earlier = 0;  // ticks of the segments before
    core::Instant last_packet;
  };
  void on_event(const DtmfPayload& event, std::uint32_t timestamp, bool marker, core::Instant now,
                Digits& out);
  [[nodiscard]] bool is_continuation(const DtmfPayload& event, std::uint32_t timestamp,
                                     bool marker) const;
  [[nodiscard]] Digit finish(bool end_lost);

  std::uint32_t clock_hz_;
  std::uint32_t ssrc_ = 0;
  std::optional<Pressed> pressed_;
  std::optional<std::uint32_t> ended_;  // timestamp of the last segment that ended
  std::uint64_t refused_ = 0;
};

// One packet to send; the caller adds sequence number and SSRC.
struct DtmfPacket {
  bool marker = false;
  std::uint32_t timestamp = 0;
  std::array<std::uint8_t, kDtmfPayloadBytes> payload{};
};

// Turns digits into packets, one per packet interval: growing durations, then the end three times,
// then a gap.  While next() gives packets they take the place of audio; the audio's timestamps go
// on counting underneath.
class DtmfSender {
 public:
  static constexpr std::size_t kQueueMax = 64;  // digits; more are refused
  static constexpr int kEndPackets = 3;         // RFC 4733 2.5.1.4
  static constexpr std::chrono::milliseconds kGap{60};
  static constexpr std::chrono::milliseconds kDurationMin{40};

  explicit DtmfSender(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz) {}

  // Whether the digit was taken: it must be one, and the queue not full.
  bool press(char digit, std::chrono::milliseconds duration);

  // Call once per packet interval with the audio's timestamp for this packet and the interval in
  // ticks.  nullopt: send audio.
  [[nodiscard]] std::optional<DtmfPacket> next(std::uint32_t timestamp, std::uint32_t interval);

  [[nodiscard]] bool is_sending() const { return current_.has_value(); }
  [[nodiscard]] bool is_idle() const { return !current_ && count_ == 0; }
  void clear() { *this = DtmfSender(clock_hz_); }

 private:
  struct Queued {
    std::uint8_t event;
    std::uint32_t ticks;
  };
  struct Current {
    std::uint8_t event;
    std::uint32_t ticks_left;  // of the whole press, from the start of this segment
    std::uint32_t segment;     // timestamp of the segment
    std::uint16_t final_duration = 0;
    int ends_sent = 0;
    bool begun = false;
  };
  [[nodiscard]] DtmfPacket packet(bool marker, bool end, std::uint32_t duration) const;
  [[nodiscard]] std::uint32_t ticks(std::chrono::milliseconds ms) const {
    return static_cast<std::uint32_t>(ms.count() * clock_hz_ / 1000);
  }

  std::uint32_t clock_hz_;
  std::array<Queued, kQueueMax> queue_{};
  std::size_t first_ = 0, count_ = 0;
  std::optional<Current> current_;
  std::optional<std::uint32_t> free_from_;  // timestamp at which the gap is over
};

}  // namespace pbx::media
