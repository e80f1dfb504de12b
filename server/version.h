// server/version.h — the version of the exchange, as CMake knows it.
#pragma once

namespace pbx::server {
inline constexpr const char* kVersion = PBX_VERSION;
}
