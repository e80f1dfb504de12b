#include "core/base/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <utility>

#include "core/base/assert.h"

namespace pbx::core {
namespace {
enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };
}

// Aligned to a cache line, so that threads counting different things do not slow one another.
struct alignas(64) MetricSeries {
  std::atomic<std::uint64_t> count = 0;                   // counter
  std::atomic<double> value = 0;                          // gauge; histogram: the sum
  std::unique_ptr<std::atomic<std::uint64_t>[]> buckets;  // bounds.size() + 1, not cumulative

  Kind kind{};
  std::string name;
  std::string help;
  Labels labels;  // sorted
  std::vector<double> bounds;
  MetricSeries* next = nullptr;
};

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

bool is_metric_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), good);
}

std::unique_ptr<MetricSeries> make_series(Kind kind, std::string_view name, std::string_view help,
                                          Labels labels) {
  PBX_ASSERT(is_metric_name(name) && !help.empty());
  auto series = std::make_unique<MetricSeries>();
  series->kind = kind;
  series->name = name;
  series->help = help;
  series->labels = std::move(labels);
  std::sort(series->labels.begin(), series->labels.end());
  for (const Label& label : series->labels) PBX_ASSERT(is_metric_name(label.name));
  return series;
}

MetricSeries* find(MetricSeries* list, const MetricSeries& wanted) {
  for (MetricSeries* series = list; series != nullptr; series = series->next) {
    if (series->name != wanted.name) continue;
    PBX_ASSERT(series->kind == wanted.kind && series->help == wanted.help &&
               series->bounds == wanted.bounds);
    if (series->labels == wanted.labels) return series;
  }
  return nullptr;
}

prometheus::MetricType type_of(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return prometheus::MetricType::Counter;
    case Kind::kGauge:
      return prometheus::MetricType::Gauge;
    case Kind::kHistogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

prometheus::ClientMetric::Histogram read_histogram(const MetricSeries& series) {
  prometheus::ClientMetric::Histogram out;
  for (std::size_t i = 0; i <= series.bounds.size(); ++i) {
    out.sample_count += series.buckets[i].load(kRelaxed);
    if (i < series.bounds.size()) out.bucket.push_back({out.sample_count, series.bounds[i]});
  }
  out.sample_sum = series.value.load(kRelaxed);
  return out;
}

prometheus::ClientMetric read(const MetricSeries& series) {
  prometheus::ClientMetric out;
  for (const Label& label : series.labels) out.label.push_back({label.name, label.value});
  switch (series.kind) {
    case Kind::kCounter:
      out.counter.value = static_cast<double>(series.count.load(kRelaxed));
      break;
    case Kind::kGauge:
      out.gauge.value = series.value.load(kRelaxed);
      break;
    case Kind::kHistogram:
      out.histogram = read_histogram(series);
      break;
  }
  return out;
}

}  // namespace

void Counter::add(std::uint64_t count) const noexcept {
  if (series_ != nullptr) series_->count.fetch_add(count, kRelaxed);
}

std::uint64_t Counter::value() const noexcept {
  return series_ != nullptr ? series_->count.load(kRelaxed) : 0;
}

void Gauge::set(double value) const noexcept {
  if (series_ != nullptr) series_->value.store(value, kRelaxed);
}

void Gauge::add(double difference) const noexcept {
  if (series_ != nullptr) series_->value.fetch_add(difference, kRelaxed);
}

double Gauge::value() const noexcept {
  return series_ != nullptr ? series_->value.load(kRelaxed) : 0;
}

void Histogram::observe(double value) const noexcept {
  if (series_ == nullptr) return;
  const auto& bounds = series_->bounds;
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
  series_->buckets[static_cast<std::size_t>(bucket)].fetch_add(1, kRelaxed);
  series_->value.fetch_add(value, kRelaxed);
}

void Histogram::observe(Duration duration) const noexcept {
  observe(std::chrono::duration<double>(duration).count());
}

std::uint64_t Histogram::count() const noexcept {
  return series_ != nullptr ? read_histogram(*series_).sample_count : 0;
}

MetricsRegistry::MetricsRegistry()
    : refused_(counter("strowger_base_metrics_refused_total",
                       "Series refused because the registry is full; they are not counted.")) {}

MetricsRegistry::~MetricsRegistry() {
  MetricSeries* series = head_.load();
  while (series != nullptr) series = std::unique_ptr<MetricSeries>(series)->next;
}

Counter MetricsRegistry::counter(std::string_view name, std::string_view help, Labels labels) {
  return Counter(find_or_add(make_series(Kind::kCounter, name, help, std::move(labels))));
}

Gauge MetricsRegistry::gauge(std::string_view name, std::string_view help, Labels labels) {
  return Gauge(find_or_add(make_series(Kind::kGauge, name, help, std::move(labels))));
}

Histogram MetricsRegistry::histogram(std::string_view name, std::string_view help,
                                     std::vector<double> bounds, Labels labels) {
  PBX_ASSERT(std::is_sorted(bounds.begin(), bounds.end()));
  auto series = make_series(Kind::kHistogram, name, help, std::move(labels));
  series->buckets = std::make_unique<std::atomic<std::uint64_t>[]>(bounds.size() + 1);
  series->bounds = std::move(bounds);
  return Histogram(find_or_add(std::move(series)));
}

// Two threads may race to add the same series: the loser looks through the list again.
MetricSeries* MetricsRegistry::find_or_add(std::unique_ptr<MetricSeries> wanted) {
  MetricSeries* head = head_.load(std::memory_order_acquire);
  for (;;) {
    if (MetricSeries* const known = find(head, *wanted)) return known;
    if (size_.load(kRelaxed) >= kSeriesMax) break;
    wanted->next = head;
    if (head_.compare_exchange_weak(head, wanted.get(), std::memory_order_acq_rel)) {
      size_.fetch_add(1, kRelaxed);
      return wanted.release();
    }
  }
  refused_.add();
  return nullptr;
}

std::string MetricsRegistry::serialize() const {
  std::vector<const MetricSeries*> all;
  for (const MetricSeries* series = head_.load(std::memory_order_acquire); series != nullptr;
       series = series->next)
    all.push_back(series);
  std::sort(all.begin(), all.end(), [](const MetricSeries* a, const MetricSeries* b) {
    return std::tie(a->name, a->labels) < std::tie(b->name, b->labels);
  });
  std::vector<prometheus::MetricFamily> families;
  for (const MetricSeries* series : all) {
    if (families.empty() || families.back().name != series->name)
      families.push_back({series->name, series->help, type_of(series->kind), {}});
    families.back().metric.push_back(read(*series));
  }
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<double> latency_bounds() {
  return {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
          0.01,    0.025,  0.05,    0.1,    0.25,  0.5,    1.0};
}

}  // namespace pbx::core
