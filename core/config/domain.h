// core/config/domain.h — sections `domains` and `passages`: companies or branches within one
// exchange, each with numbers of its own, and the ways from one into another.
//
// Pure values.  A telephone without a domain is of the house, whose name is "" here and
// kHouseWord in the files.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/numbering.h"

namespace pbx::config {

inline constexpr std::string_view kHouseWord = "house";

struct Domain {
  std::string name;                // its key in `domains`
  std::vector<std::string> hosts;  // by which SIP addresses name it; lower case
  Numbering numbering;             // country as in section `numbering` unless it says another
  std::string plan;                // of extensions that name none; "": that of `defaults`
  std::string rights;              // likewise

  friend bool operator==(const Domain&, const Domain&) = default;
};

struct PassageRewrites {
  std::string caller;
  std::string called;

  friend bool operator==(const PassageRewrites&, const PassageRewrites&) = default;
};

// Without one no call goes from a domain into another.
struct Passage {
  std::string from;  // "": the house
  std::string to;
  std::string plan;  // asked for what comes this way; "": it may ring extensions, and no more
  PassageRewrites rewrites;

  friend bool operator==(const Passage&, const Passage&) = default;
};

// What an extension is told apart by in the whole exchange: "101", "101@north".
[[nodiscard]] std::string extension_id(std::string_view number, std::string_view domain);

}  // namespace pbx::config
