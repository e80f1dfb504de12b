// sip/trunk_registration.h — one trunk that registers with its provider (RFC 3261 10.2): when to
// send which REGISTER where, and what the answers mean.
//
// Pure: each event takes `now` and returns the one thing to do next.  The owner resolves names,
// sends, answers challenges (sip/digest_client.h) and tells how it went.  One REGISTER is under way
// at a time; of the answers only those to the last one may be told.
//
// | event               | resolving | asking                  | registered | waiting   | leaving |
// |---------------------|-----------|-------------------------|------------|-----------|---------|
// | servers found       | asking    | -                       | -          | -         | -       |
// | no servers          | waiting   | -                       | -          | -         | -       |
// | 2xx                 | -         | registered              | -          | -         | off     |
// | 401, 407 with kRetry| -         | asking, the same server | -          | -         | leaving |
// | 423 within bounds   | -         | asking, the same server | -          | -         | off     |
// | 408, 5xx, no answer | -         | asking, the next server;| -          | -         | off     |
// |                     |           | after the last: waiting |            |           |         |
// | other answers       | -         | waiting                 | -          | -         | off     |
// | deadline            | waiting   | as no answer            | asking     | resolving | off     |
// | stop                | off       | leaving                 | leaving    | off       | -       |
//
// `start` leads from anywhere to resolving.  Leaving sends one REGISTER that removes the binding;
// nobody waits for it, the state is already off.
//
// A refresh goes to the server that has the binding, at 5/8 to 6/8 of the granted time, so that a
// server that is gone can be replaced before the binding is.  Whoever was chosen stays chosen while
// it answers; the list is resolved anew only after all of it has failed.
//
// The pause after a failure is TrunkRegistration::retry, doubled each time up to retry_max;
// retry_max at once where asking again will hardly help (the password is wrong, 403, 404, 6xx),
// because providers lock accounts that are asked for too often.  A Retry-After can make it longer.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "core/base/time.h"
#include "core/config/trunk.h"
#include "sip/digest_client.h"

namespace pbx::sip {

enum class RegistrationState : std::uint8_t { kOff, kTrying, kRegistered, kFailed };
[[nodiscard]] std::string_view text(RegistrationState state);  // "registered"

// What people are shown.
struct RegistrationStatus {
  RegistrationState state = RegistrationState::kOff;  // registered also while it is refreshed
  core::Instant since{};
  int sip_status = 0;               // of the last final answer; 0: there was none
  std::string reason;               // of the last failure; "" when there was none since
  std::size_t server = 0;           // asked last, an index of the resolved list
  std::chrono::seconds granted{0};  // while registered

  friend bool operator==(const RegistrationStatus&, const RegistrationStatus&) = default;
};

struct RegistrationStep {
  enum class Kind : std::uint8_t {
    kNothing,
    kResolve,  // the servers of the trunk; then on_resolved()
    kSend,     // a REGISTER; then on_answer() or on_no_answer()
  };
  Kind kind = Kind::kNothing;
  std::size_t server = 0;           // index of the resolved list
  std::chrono::seconds expires{0};  // 0: removes the binding
  bool is_repetition = false;       // with credentials: the DigestAttempt goes on

  friend bool operator==(const RegistrationStep&, const RegistrationStep&) = default;
};

// A final response.
struct RegisterAnswer {
  int status = 0;
  std::string phrase;
  // Of our Contact in a 2xx: its expires, else the Expires header; none: as we asked for.
  std::optional<std::chrono::seconds> granted;
  std::optional<std::chrono::seconds> min_expires;  // of 423
  std::optional<std::chrono::seconds> retry_after;
  ChallengeVerdict challenge = ChallengeVerdict::kUnanswerable;  // of 401 and 407
};

class TrunkRegistration {
 public:
  using Step = RegistrationStep;

  static constexpr std::chrono::seconds kGrantedMin{10};  // shorter ones are refreshed no sooner
  static constexpr std::chrono::seconds kExpiresMax{86'400};
  static constexpr std::chrono::seconds kRetryAfterMax{3'600};  // longer ones are not believed
  // An owner that stays silent for so long has lost the answer; nta and DNS give up much sooner.
  static constexpr std::chrono::seconds kSilenceMax{120};
  static constexpr unsigned kRepetitionsMax = 8;   // of one REGISTER: challenges and 423 together
  static constexpr std::size_t kPhraseBytes = 80;  // kept of a reason phrase

  // `random`: of this trunk alone.
  TrunkRegistration(const config::TrunkRegistration& options, core::Random random);

  // Nothing happens if the options do not enable it.
  [[nodiscard]] Step start(core::Instant now);
  [[nodiscard]] Step stop(core::Instant now);

  // `servers`: how many; 0: `reason` says why.
  [[nodiscard]] Step on_resolved(core::Instant now, std::size_t servers, std::string_view reason);
  [[nodiscard]] Step on_answer(core::Instant now, const RegisterAnswer& answer);
  // No final answer in time, or no connection.
  [[nodiscard]] Step on_no_answer(core::Instant now, std::string_view reason);

  // The connection or the address that was registered is gone: the refresh comes now, but not
  // within kGrantedMin of the last one, for servers that close each connection.
  void hasten(core::Instant now);

  [[nodiscard]] std::optional<core::Instant> next_deadline() const { return deadline_; }
  [[nodiscard]] Step run(core::Instant now);

  [[nodiscard]] const RegistrationStatus& status() const { return status_; }

 private:
  enum class Phase : std::uint8_t { kOff, kResolving, kAsking, kRegistered, kWaiting, kLeaving };

  Step resolve(core::Instant now);
  Step ask(core::Instant now, std::size_t server);
  Step send(core::Instant now, bool is_repetition);
  Step ask_next(core::Instant now);
  Step accept(core::Instant now, const RegisterAnswer& answer);
  Step ask_for_longer(core::Instant now, const RegisterAnswer& answer);
  Step wait(core::Instant now, core::Duration pause);
  Step wait_doubling(core::Instant now);
  Step leave(core::Instant now, const RegisterAnswer& answer);
  void turn_off(core::Instant now);
  void show(core::Instant now, RegistrationState state);
  void note_failure(const RegisterAnswer& answer);
  [[nodiscard]] core::Duration jittered(core::Duration longest);

  config::TrunkRegistration options_;
  core::Random random_;
  Phase phase_ = Phase::kOff;
  std::optional<core::Instant> deadline_;
  core::Instant accepted_at_{};
  std::size_t servers_ = 0;
  std::size_t tried_ = 0;  // of them, in this round
  unsigned repetitions_ = 0;
  std::chrono::seconds wanted_;          // to be granted; raised by 423
  core::Duration pause_;                 // after the next failure
  std::chrono::seconds retry_after_{0};  // the longest of this round
  RegistrationStatus status_;
};

}  // namespace pbx::sip
