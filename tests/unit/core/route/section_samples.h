// What the tests of sections share: a configuration out of YAML, and flaws as text.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/flaw.h"
#include "core/config/loader.h"

namespace pbx::route::testing {

// One profile, extensions 200 to 299.  Not checked by core/route.
inline std::shared_ptr<const config::Config> config_of(const std::string& text) {
  const auto loaded = config::parse({{"a.yaml",
                                      "profiles: {phones: {listen: ['udp:127.0.0.1:5060']}}\n"
                                      "extensions: {200-299: {password: generate}}\n" +
                                          text}});
  REQUIRE_MESSAGE(loaded.has_config(), loaded.mistakes.front().message());
  return loaded.config;
}

// Each with a line feed.
inline std::string text_of(const std::vector<core::Flaw>& flaws) {
  std::string text;
  for (const core::Flaw& flaw : flaws) text += flaw.path + ": " + flaw.text + '\n';
  return text;
}

}  // namespace pbx::route::testing
