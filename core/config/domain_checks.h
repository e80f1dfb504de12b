// core/config/domain_checks.h — what must hold between domains, passages and what names them.
//
// Pure.

#pragma once

#include "core/config/checks.h"

namespace pbx::config {

// Gives the extensions of domains the plan and the rights of their domain where they name none.
void fill_from_domains(Config& config, const CheckContext& context);

void check_domains(const Config& config, const CheckContext& context);

}  // namespace pbx::config
