// tools/call_load/receive_counter.h — counts what arrives of one stream: unique, late, twice.
//
// Pure; one per leg.  Duplicates are recognised within kWindow sequences behind the highest; what
// is older counts as reordered.

#pragma once

#include <cstdint>

namespace pbx::call_load {

class ReceiveCounter {
 public:
  static constexpr std::uint32_t kWindow = 64;

  // The packet with this sequence (from 0, never wrapping in a call) arrived.
  // True if it is new and directly follows the one before it.
  bool add(std::uint32_t sequence);

  [[nodiscard]] std::uint64_t unique() const { return unique_; }
  [[nodiscard]] std::uint64_t reordered() const { return reordered_; }
  [[nodiscard]] std::uint64_t duplicated() const { return duplicated_; }
  [[nodiscard]] std::uint32_t first() const { return first_; }  // the lowest that arrived
  [[nodiscard]] std::uint32_t highest() const { return highest_; }
  // Sequences between first() and highest() that did not arrive.
  [[nodiscard]] std::uint64_t missing() const {
    return unique_ == 0 ? 0 : std::uint64_t{highest_} - first_ + 1 - unique_;
  }

 private:
  std::uint64_t unique_ = 0, reordered_ = 0, duplicated_ = 0;
  std::uint32_t first_ = 0, highest_ = 0;
  std::uint64_t seen_ = 0;  // bit n: highest_ - n arrived
};

// Makes the 16-bit sequence of RTP count on without wrapping, and begins anew where the stream does
// (RFC 3550 A.1, simplified): a jump of more than kJump is a new stream, not a loss.
class SequenceExtender {
 public:
  static constexpr int kJump = 1000;
  // Sequences of one stream from 0 up; `is_new_stream` tells that a jump or an SSRC began it.
  std::uint32_t extend(std::uint16_t sequence, std::uint32_t ssrc, bool& is_new_stream);

 private:
  bool has_begun_ = false;
  std::uint32_t ssrc_ = 0;
  std::int64_t highest_ = 0;
};

}  // namespace pbx::call_load
