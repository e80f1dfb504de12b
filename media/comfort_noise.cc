#include "media/comfort_noise.h"

#include <algorithm>
#include <cmath>

#include "media/samples.h"

namespace pbx::media {
namespace {

constexpr double kReflectionMax = 0.99;
constexpr double kSmoothing = 0.2;  // share of a new frame in what is known of the noise

// Levinson and Durbin: reflection coefficients of an autocorrelation.
void reflect(std::span<const double> correlation, NoiseModel& model) {
  std::array<double, kNoiseOrderMax + 1> a{}, previous{};
  double error = correlation[0];
  for (std::size_t i = 1; i < correlation.size() && error > 1e-9; ++i) {
    double sum = correlation[i];
    for (std::size_t j = 1; j < i; ++j) sum += a[j] * correlation[i - j];
    const double k = std::clamp(-sum / error, -kReflectionMax, kReflectionMax);
    previous = a;
    a[i] = k;
    for (std::size_t j = 1; j < i; ++j) a[j] = previous[j] + k * previous[i - j];
    error *= 1 - k * k;
    model.reflection[i - 1] = k;
    model.order = i;
  }
}

}  // namespace

std::optional<NoiseModel> parse_noise(std::span<const std::uint8_t> payload) {
  if (payload.empty()) return std::nullopt;
  NoiseModel model;
  model.level_dbov = -static_cast<double>(payload[0] & 0x7f);
  model.order = std::min(payload.size() - 1, kNoiseOrderMax);
  for (std::size_t i = 0; i < model.order; ++i)
    model.reflection[i] =
        std::clamp((payload[i + 1] - 127) / 127.0, -kReflectionMax, kReflectionMax);
  return model;
}

std::size_t write_noise(const NoiseModel& model, std::span<std::uint8_t> out) {
  if (out.size() < 1 + model.order) return 0;
  out[0] = static_cast<std::uint8_t>(std::lround(std::clamp(-model.level_dbov, 0.0, 127.0)));
  for (std::size_t i = 0; i < model.order; ++i)
    out[i + 1] = static_cast<std::uint8_t>(
        std::lround(127 + 127 * std::clamp(model.reflection[i], -1.0, 1.0)));
  return 1 + model.order;
}

void NoiseEncoder::begin() {
  due_ = true;
  learned_ = false;
}

void NoiseEncoder::learn(std::span<const std::int16_t> frame) {
  const double share = learned_ ? kSmoothing : 1.0;
  learned_ = true;
  for (std::size_t lag = 0; lag < correlation_.size(); ++lag) {
    std::int64_t sum = 0;
    for (std::size_t i = lag; i < frame.size(); ++i)
      sum += static_cast<std::int32_t>(frame[i]) * frame[i - lag];
    const double value = static_cast<double>(sum) / static_cast<double>(frame.size());
    correlation_[lag] += (value - correlation_[lag]) * share;
  }
}

NoiseModel NoiseEncoder::model() const {
  NoiseModel model;
  const double power = correlation_[0] / (32768.0 * 32768.0);
  model.level_dbov = power < 2e-13 ? -127 : std::max(-127.0, 10 * std::log10(power));
  reflect(correlation_, model);
  return model;
}

std::size_t NoiseEncoder::encode(std::span<const std::int16_t> frame, std::span<std::uint8_t> out) {
  if (frame.empty()) return 0;
  learn(frame);
  since_sent_ms_ += static_cast<double>(frame.size()) * 1000 / sample_hz_;
  const NoiseModel now = model();
  const bool changed = std::abs(now.level_dbov - sent_dbov_) >= kChangeDb;
  if (!due_ && !(changed && since_sent_ms_ >= kIntervalMinMs) && since_sent_ms_ < kIntervalMaxMs)
    return 0;
  due_ = false;
  since_sent_ms_ = 0;
  sent_dbov_ = now.level_dbov;
  return write_noise(now, out);
}

void NoiseGenerator::set(const NoiseModel& model) {
  model_ = model;
  // The lattice amplifies: what it adds is taken off the excitation.  sqrt(3): uniform noise of
  // peak 1 has a power of a third.
  double power = model.level_dbov <= -127 ? 0 : std::pow(10.0, model.level_dbov / 10);
  for (std::size_t i = 0; i < model.order; ++i)
    power *= 1 - model.reflection[i] * model.reflection[i];
  target_gain_ = 32768.0 * std::sqrt(3 * power);
}

void NoiseGenerator::fill(std::span<std::int16_t> out) {
  const double step = out.empty() ? 0 : (target_gain_ - gain_) / static_cast<double>(out.size());
  for (std::int16_t& sample : out) {
    gain_ += step;
    // All-pole lattice: forward from the last stage down, backward values one sample old.
    double forward = gain_ * (2 * random_.unit() - 1);
    for (std::size_t i = model_.order; i-- > 0;) {
      forward -= model_.reflection[i] * backward_[i];
      backward_[i + 1] = backward_[i] + model_.reflection[i] * forward;
    }
    backward_[0] = forward;
    sample = saturate(static_cast<float>(forward));
  }
}

}  // namespace pbx::media
