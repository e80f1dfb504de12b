#include "tools/call_load/process_probe.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

#include "core/base/text.h"

namespace pbx::call_load {

core::Result<ProcessSample> parse_stat(std::string_view text, long ticks_per_second,
                                       long page_bytes) {
  // The second field is the program's name in brackets and may hold spaces and brackets itself.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return core::fail(core::ErrorCode::kCorrupt, "no name");
  std::array<std::string_view, 23> fields;  // fields[0] is the third
  const std::string_view rest = core::trim(text.substr(name_end + 1));
  if (core::split(rest, ' ', fields) < fields.size())
    return core::fail(core::ErrorCode::kCorrupt, "too few fields");
  const auto user = core::parse_uint<std::uint64_t>(fields[11]);
  const auto system = core::parse_uint<std::uint64_t>(fields[12]);
  const auto pages = core::parse_uint<std::uint64_t>(fields[21]);
  if (!user || !system || !pages) return core::fail(core::ErrorCode::kCorrupt, "not a number");
  ProcessSample sample;
  sample.user_s = static_cast<double>(*user) / static_cast<double>(ticks_per_second);
  sample.system_s = static_cast<double>(*system) / static_cast<double>(ticks_per_second);
  sample.rss_kb = *pages * static_cast<std::uint64_t>(page_bytes) / 1024;
  return sample;
}

core::Result<ProcessSample> sample_process(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text))
    return core::fail(core::ErrorCode::kNotFound, "no process " + std::to_string(pid));
  return parse_stat(text, ::sysconf(_SC_CLK_TCK), ::sysconf(_SC_PAGESIZE));
}

double thread_cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace pbx::call_load
