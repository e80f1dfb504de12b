// core/config/fraud.h — section `fraud`: when calls of an extension look like stolen ones.
//
// Pure values; core/call/fraud.h counts.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pbx::config {

// Calls to outside of one extension within an hour; 0: not watched.
struct Fraud {
  std::uint32_t international_per_hour = 30;
  std::uint32_t short_per_hour = 0;
  std::chrono::milliseconds short_talk{10'000};  // shorter ones are short; unanswered ones are not
  std::uint32_t closed_per_hour = 0;             // while `schedule` is closed
  std::string schedule;                          // "": closed_per_hour watches nothing
  std::chrono::milliseconds block_time{3'600'000};

  friend bool operator==(const Fraud&, const Fraud&) = default;
};

}  // namespace pbx::config
