// core/base/assert.h — checks that stay on in release.
//
// PBX_ASSERT: what would corrupt memory or ownership if false; the process ends with file and line.
// (PBX_VERIFY, which ends one call instead of the process, is core/call/verify.h.)

#pragma once

namespace pbx::core {
[[noreturn]] void assert_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace pbx::core

#define PBX_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::pbx::core::assert_failed(#condition, __FILE__, __LINE__))
