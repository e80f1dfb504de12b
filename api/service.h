// api/service.h — serves requests: finds the route, asks the parts of the daemon, waits for their
// answers, and gives up on those that take too long.
//
// Owner: the api thread.  Knows no socket, so tests drive it directly; time comes in as Now.
//
// Bounds: kPendingMax questions under way and kRequestsPerSecond requests (429 beyond),
// kAnswerTimeout for an answer (504).  When a question to all SIP threads runs out of time, it is
// answered with what has come, marked as incomplete.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "api/http.h"
#include "api/ports.h"
#include "api/routes.h"
#include "core/base/time.h"
#include "storage/reader.h"

namespace pbx::api {

struct Now {
  core::Instant instant;
  core::WallTime wall;
};

class Service {
 public:
  static constexpr std::size_t kPendingMax = 256;
  static constexpr double kRequestsPerSecond = 500;  // also how many may come at once
  static constexpr std::chrono::seconds kAnswerTimeout{5};

  Service(Ports ports, storage::Reader reader);

  void handle(Request&& request, Respond respond, Now now);
  void deliver(Answer&& answer, Now now);
  void expire(Now now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

  // --- for handlers ---
  // One of a question's answers: the next part, or nothing when the time is over.  Returns whether
  // it is answered; further parts and the deadline then no longer come.
  using OnAnswer = std::function<bool(const Answer* answer)>;

  // Takes a place among the questions under way; a zero id if none is free.
  [[nodiscard]] core::RequestId begin_question(OnAnswer on_answer);
  // An id for a question whose answer nobody wants.
  [[nodiscard]] core::RequestId unheard_question() { return ids_.make<core::RequestId>(); }
  void forget(core::RequestId request) { pending_.erase(request); }

  // Sends make(id) to control and gives its View to `then`.  Answers 429 and 504 itself.
  void ask_control(Respond respond, const std::function<call::Event(core::RequestId)>& make,
                   std::function<void(const call::View&, Respond&)> then);

  [[nodiscard]] const Ports& ports() const { return ports_; }
  [[nodiscard]] const storage::Reader& reader() const { return reader_; }
  [[nodiscard]] Now now() const { return now_; }  // of the request or answer being handled

 private:
  struct Pending {
    core::Instant deadline;
    OnAnswer on_answer;
  };

  bool take_token();

  Ports ports_;
  storage::Reader reader_;
  Now now_{};
  core::IdSource ids_;
  std::map<core::RequestId, Pending> pending_;  // ids grow, so this is also the order of deadlines
  double tokens_ = kRequestsPerSecond;
  core::Instant tokens_at_{};
};

// Usual refusals.
[[nodiscard]] Response unavailable(std::string_view what);
[[nodiscard]] Response too_busy();
[[nodiscard]] Response no_answer();

}  // namespace pbx::api
