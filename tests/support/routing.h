// tests/support/routing.h — the routing of a configuration that a test has put together.
#pragma once

#include <memory>

#include "core/base/assert.h"
#include "core/route/routing.h"

namespace pbx::test {

// REQUIRES: plans without mistakes, files that are not needed.
inline std::shared_ptr<const route::Routing> routing_of(config::Config config) {
  if (config.numbering.country.empty()) config.numbering.country = "RU";
  auto made = route::Routing::make(config, [](const auto&) -> core::Result<std::string> {
    return core::fail(core::ErrorCode::kNotFound, "no files in this test");
  });
  PBX_ASSERT(made.has_value());
  return std::make_shared<const route::Routing>(std::move(*made));
}

}  // namespace pbx::test
