#include "core/base/thread_name.h"

#include <sys/prctl.h>

#include <string>

namespace pbx::core {

void name_this_thread(std::string_view name) { prctl(PR_SET_NAME, std::string(name).c_str()); }

}  // namespace pbx::core
