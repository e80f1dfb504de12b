// core/base/metrics.h — counters, gauges and histograms of the process, in Prometheus text form.
//
// Any thread updates through handles, with relaxed atomics and no lock; a default-constructed
// handle counts nothing, so that a unit can be tested without a registry.  Handles are obtained at
// start, or whenever a labelled thing (a trunk, a profile) appears; registering is lock-free too,
// takes time proportional to the number of series, and gives the same handle for the same name and
// labels.  The registry is passed down, not global, and outlives every thread that holds a handle.
//
// Names are strowger_<folder>_<what>_<unit>, counters end in _total, and each has a help text:
// serialize() is its documentation.  Units are seconds and bytes.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace pbx::core {

struct Label {
  std::string name;
  std::string value;
  friend auto operator<=>(const Label&, const Label&) = default;
};
using Labels = std::vector<Label>;

// One line (or, for a histogram, one group of lines) of the output.  Internal to the handles.
struct MetricSeries;

class Counter {
 public:
  Counter() = default;
  void add(std::uint64_t count = 1) const noexcept;
  [[nodiscard]] std::uint64_t value() const noexcept;

 private:
  friend class MetricsRegistry;
  explicit Counter(MetricSeries* series) : series_(series) {}
  MetricSeries* series_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  void set(double value) const noexcept;
  void add(double difference) const noexcept;
  [[nodiscard]] double value() const noexcept;

 private:
  friend class MetricsRegistry;
  explicit Gauge(MetricSeries* series) : series_(series) {}
  MetricSeries* series_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  void observe(double value) const noexcept;
  void observe(Duration duration) const noexcept;  // in seconds
  [[nodiscard]] std::uint64_t count() const noexcept;

 private:
  friend class MetricsRegistry;
  explicit Histogram(MetricSeries* series) : series_(series) {}
  MetricSeries* series_ = nullptr;
};

class MetricsRegistry {
 public:
  // More series are refused: their handles count nothing, and
  // strowger_base_metrics_refused_total tells how many there were.
  static constexpr std::size_t kSeriesMax = 4096;

  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // Any thread.  REQUIRES: a valid metric name, a help text, and the same kind, help and bounds
  // whenever the name is used again.
  Counter counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge gauge(std::string_view name, std::string_view help, Labels labels = {});
  // `bounds` are the upper ends of the buckets, ascending; the bucket without end is added.
  Histogram histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                      Labels labels = {});

  // Any thread.  All series sorted by name and labels, in Prometheus text format 0.0.4.
  [[nodiscard]] std::string serialize() const;

 private:
  MetricSeries* find_or_add(std::unique_ptr<MetricSeries> wanted);

  std::atomic<MetricSeries*> head_ = nullptr;  // a list that only grows, at its head
  std::atomic<std::size_t> size_ = 0;
  Counter refused_;
};

// Bounds for waits inside the process: 50 us to 1 s.
[[nodiscard]] std::vector<double> latency_bounds();

}  // namespace pbx::core
