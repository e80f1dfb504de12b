#include "core/config/domain.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/config/config.h"

namespace pbx::config {

std::string extension_id(std::string_view number, std::string_view domain) {
  std::string id(number);
  if (!domain.empty()) id.append("@").append(domain);
  return id;
}

// Domains are tens, passages hundreds: what is asked once a call may be searched.
const Domain* find_domain_of(const Config& config, std::string_view host) {
  for (const auto& [name, domain] : config.domains)
    if (std::any_of(domain.hosts.begin(), domain.hosts.end(),
                    [&](const std::string& own) { return core::equals_nocase(own, host); }))
      return &domain;
  return nullptr;
}

const Passage* find_passage(const Config& config, std::string_view from, std::string_view to) {
  const auto found =
      std::find_if(config.passages.begin(), config.passages.end(),
                   [&](const Passage& way) { return way.from == from && way.to == to; });
  return found == config.passages.end() ? nullptr : &*found;
}

}  // namespace pbx::config
