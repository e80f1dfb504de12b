// media/comfort_noise.h — silence descriptions: what the background sounded like (RFC 3389).
//
// Pure; owner: the media worker of the leg.  A description is one octet of level and, optionally,
// reflection coefficients of an all-pole model: octet = 127 + 127 k (RFC 3389 3.2).
//
// Units: levels in dBov, 0 the loudest (RFC 3389 3.1); samples at any rate up to 48000.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/random.h"

namespace pbx::media {

constexpr std::size_t kNoiseOrderMax = 12;  // coefficients used; more are cut off
constexpr std::size_t kNoiseOrderSent = 8;
constexpr std::size_t kNoiseBytesMax = 1 + kNoiseOrderSent;

struct NoiseModel {
  double level_dbov = -127;
  std::size_t order = 0;
  std::array<double, kNoiseOrderMax> reflection{};  // each within (-1, 1): the filter is stable
};
// nullopt for an empty payload.
[[nodiscard]] std::optional<NoiseModel> parse_noise(std::span<const std::uint8_t> payload);
// Returns the size: 1 + order, or 0 if `out` is too short.
std::size_t write_noise(const NoiseModel& model, std::span<std::uint8_t> out);

// Watches the frames in which nobody speaks and says when they need describing.
class NoiseEncoder {
 public:
  static constexpr double kChangeDb = 3;       // a new description when the level moved so far,
  static constexpr int kIntervalMinMs = 200;   // but not more often
  static constexpr int kIntervalMaxMs = 5000;  // and at least so often, to keep NAT bindings open

  explicit NoiseEncoder(std::uint32_t sample_hz) : sample_hz_(sample_hz) {}

  void begin();  // speech has just ended: a description is due at once
  // A silent frame.  Returns the size of the description to be sent with it, or 0: send nothing.
  std::size_t encode(std::span<const std::int16_t> frame, std::span<std::uint8_t> out);

 private:
  void learn(std::span<const std::int16_t> frame);
  [[nodiscard]] NoiseModel model() const;

  std::uint32_t sample_hz_;
  std::array<double, kNoiseOrderSent + 1> correlation_{};  // smoothed, per sample
  bool learned_ = false;
  double sent_dbov_ = 0;
  double since_sent_ms_ = 0;
  bool due_ = true;
};

// Makes noise of a description.
class NoiseGenerator {
 public:
  explicit NoiseGenerator(const core::Random& random) : random_(random) {}

  void set(const NoiseModel& model);
  void fill(std::span<std::int16_t> out);

 private:
  core::Random random_;
  NoiseModel model_;
  double gain_ = 0;         // of the excitation
  double target_gain_ = 0;  // approached within a frame, so that an update does not click
  std::array<double, kNoiseOrderMax + 1> backward_{};
};

}  // namespace pbx::media
