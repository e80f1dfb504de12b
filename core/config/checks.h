// core/config/checks.h — what must hold between sections: references, addresses, ports, codes.
//
// Pure as long as the functions of `surroundings` are.  What holds within one section is stated
// where the section is described (Visitor::rule).

#pragma once

#include "core/config/config.h"
#include "core/config/loader.h"
#include "core/config/mistakes.h"
#include "core/config/places.h"

namespace pbx::config {

struct CheckContext {
  const Places& places;
  const Surroundings& surroundings;
  Mistakes& mistakes;
};

// The first line of `file` as the password; `path` is the option that names it.
void read_password_file(const std::filesystem::path& file, Secret& password,
                        const std::string& path, const CheckContext& context);

// Reads each password_file into its extension or trunk.
void read_passwords(Config& config, const CheckContext& context);

void check(const Config& config, const CheckContext& context);

}  // namespace pbx::config
