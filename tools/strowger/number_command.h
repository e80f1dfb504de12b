// tools/strowger/number_command.h — `strowger number explain`: what the exchange makes of a number.
//
// Asks the configuration, not the daemon: it shows what a change would do before the reload.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/number/numbering.h"
#include "tools/strowger/commands.h"

namespace pbx::tools {

struct NumberQuestion {
  std::filesystem::path conf = "/etc/strowger";  // a file, or a directory of *.yaml
  std::string number;                            // as a person, a phone or a provider wrote it
  std::vector<std::string> rewrites;             // sets to apply first, in order
  std::string domain;  // whose number it is; "" of the house, with a trunk of the trunk's
  std::string trunk;   // it came by this one, and is shown as it would leave by it; "": none
};

Exit explain_number(const NumberQuestion& question);

// One line for each rule that matched, then the number and its region.
[[nodiscard]] std::string format_number(const std::string& asked,
                                        const number::NumberExplanation& explanation);

}  // namespace pbx::tools
