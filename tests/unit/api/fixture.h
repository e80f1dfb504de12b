// A store with a few records and ports that answer at once or never, for the tests of the API.
#pragma once

#include <deque>

#include "api/service.h"
#include "core/base/clock.h"
#include "storage/store.h"
#include "tests/unit/storage/samples.h"

namespace pbx::api::test {

namespace samples = storage::test;

// What was asked of the ports, and a Service over a filled store.
struct Fixture {
  samples::TempDir dir;
  std::unique_ptr<storage::Database> db =
      storage::Database::open({dir.path(), 64 << 20, 16, storage::Sync::kOff}).value();
  storage::Reader reader{db->env(), db->tables()};
  std::deque<call::Event> control;
  std::deque<SipQuery> sip;
  bool control_takes = true;
  Now now{core::Instant{std::chrono::hours(1)}, samples::at(60000)};

  Fixture() {
    std::vector<storage::Item> items;
    for (std::uint64_t id = 1; id <= 5; ++id)
      items.push_back(
          call::StoreCdr{samples::sample_cdr(id, static_cast<std::int64_t>(id) * 1000)});
    auto binding = samples::sample_binding(1);
    binding.extension = "102";
    items.push_back(storage::StoreBinding{samples::sample_binding(9)});
    items.push_back(storage::StoreBinding{binding});
    items.push_back(call::StoreRecording{samples::sample_recording()});
    auto outside = samples::sample_recording(0x66);
    outside.path = "../secret.wav";
    items.push_back(call::StoreRecording{outside});
    if (!db->write(items, samples::at(0))) std::abort();
  }

  Ports ports() {
    Ports ports;
    ports.control = [this](call::Event&& event) {
      if (control_takes) control.push_back(std::move(event));
      return control_takes;
    };
    ports.sip = [this](const SipQuery& query) { sip.push_back(query); };
    ports.sip_profiles = 2;
    ports.info = {"test", "0.1.0", samples::at(0)};
    ports.recording_directory = dir.path() / "recordings";
    return ports;
  }
};

// One request through a Service; `response` is set once it is answered.
struct Asked {
  std::optional<Response> response;
  int times = 0;

  Asked(Service& service, const Now& now, std::string method, std::string_view target,
        bool trusted = true) {
    Request request;
    request.method = std::move(method);
    request.trusted = trusted;
    if (!parse_target(target, request)) std::abort();
    service.handle(
        std::move(request),
        [this](Response&& answer) {
          ++times;
          response = std::move(answer);
        },
        now);
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  [[nodiscard]] unsigned status() const { return response ? response->status : 0; }
  // The whole body, from whichever source.
  [[nodiscard]] std::string body() const {
    if (!response) return {};
    if (!response->source) return response->body;
    std::string all;
    for (;;) {
      auto piece = response->source->next();
      if (!piece || !piece->has_value()) return all;
      all += **piece;
    }
  }
};

}  // namespace pbx::api::test
