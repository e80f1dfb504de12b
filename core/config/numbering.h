// core/config/numbering.h — sections `numbering` and `rewrites`: what digits mean, and how numbers
// are turned from one way of writing into another.
//
// Pure values; core/number/numbering.h makes of them what is asked for each call.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pbx::config {

struct Numbering {
  std::string country;             // ISO 3166-1 alpha-2; never empty: that of server.country
  std::string area_code;           // what local numbers lack; "" if there are none
  std::uint32_t local_digits = 0;  // how many digits local numbers have; 0: there are none
  std::vector<std::string> international_prefixes{"00"};
  std::vector<std::string> emergency_numbers;  // besides those of the country
  std::vector<std::string> short_numbers;      // besides those of the country
  std::filesystem::path ranges;                // a table of ranges; empty: the library's geocoder

  friend bool operator==(const Numbering&, const Numbering&) = default;
};

enum class AfterRule : std::uint8_t { kStop, kContinue };

struct RewriteRule {
  std::string match;  // letters, or a regular expression between slashes
  std::string replace;
  AfterRule then = AfterRule::kStop;

  friend bool operator==(const RewriteRule&, const RewriteRule&) = default;
};

struct RewriteSet {
  std::string name;  // its key in `rewrites`
  std::vector<RewriteRule> rules;

  friend bool operator==(const RewriteSet&, const RewriteSet&) = default;
};

}  // namespace pbx::config
