// core/base/thread_name.h — the name of a thread as top, ps -T and perf show it.

#pragma once

#include <string_view>

namespace pbx::core {

// Linux keeps 15 bytes; the rest is cut off.
void name_this_thread(std::string_view name);

}  // namespace pbx::core
