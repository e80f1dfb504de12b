// core/config/trunk_checks.h — what must hold between section `trunks` and the others.
//
// Pure as long as the functions of `surroundings` are.

#pragma once

#include "core/config/checks.h"

namespace pbx::config {

// Reads each password_file into its login.
void read_trunk_passwords(Config& config, const CheckContext& context);

// Names of profiles and sets of rules, a way in or out, a login to register with, addresses that
// belong to one trunk.
void check_trunks(const Config& config, const CheckContext& context);

}  // namespace pbx::config
