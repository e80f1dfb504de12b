#include "storage/spill.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "core/base/fd.h"

namespace pbx::storage {
namespace {

constexpr std::string_view kCdrHead = R"({"cdr":)";
constexpr std::string_view kRecordingHead = R"({"recording":)";

std::string line_of(const Item& item) {
  if (const auto* cdr = std::get_if<call::StoreCdr>(&item))
    return fmt::format("{}{}}}\n", kCdrHead, to_json(cdr->cdr));
  if (const auto* recording = std::get_if<call::StoreRecording>(&item))
    return fmt::format("{}{}}}\n", kRecordingHead, to_json(recording->recording));
  return {};
}

std::optional<Item> item_of(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  line.remove_suffix(1);
  if (line.starts_with(kCdrHead)) {
    if (auto cdr = parse_cdr(line.substr(kCdrHead.size()))) return call::StoreCdr{std::move(*cdr)};
  } else if (line.starts_with(kRecordingHead)) {
    if (auto recording = parse_recording(line.substr(kRecordingHead.size())))
      return call::StoreRecording{std::move(*recording)};
  }
  return std::nullopt;
}

tl::unexpected<core::Error> system_failure(const std::filesystem::path& path) {
  return core::fail(core::ErrorCode::kUnavailable,
                    fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

bool is_spilled(const Item& item) {
  return std::holds_alternative<call::StoreCdr>(item) ||
         std::holds_alternative<call::StoreRecording>(item);
}

bool SpillFile::exists() const {
  std::error_code error;
  return std::filesystem::exists(path_, error);
}

core::Result<std::size_t> SpillFile::append(std::span<const Item> items) {
  std::string text;
  std::size_t count = 0;
  for (const auto& item : items) {
    if (!is_spilled(item)) continue;
    text += line_of(item);
    ++count;
  }
  if (count == 0) return std::size_t{0};
  const core::UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return system_failure(path_);
  const off_t end = ::lseek(fd.get(), 0, SEEK_END);
  if (end > 0) text.insert(0, 1, '\n');  // a kill may have left half a line: do not stick to it
  if (!write_all(fd.get(), text) || ::fdatasync(fd.get()) != 0) {
    const auto failed = system_failure(path_);
    // Half a line is harmless, so there is nothing more to do if this fails too.
    [[maybe_unused]] const int ignored = ::ftruncate(fd.get(), end);
    return failed;
  }
  return count;
}

core::Result<SpillFile::Replayed> SpillFile::replay(
    const std::function<core::Result<>(std::span<const Item>)>& write) {
  Replayed replayed;
  std::ifstream file(path_);
  if (!file) return exists() ? core::Result<Replayed>(system_failure(path_)) : replayed;
  std::vector<Item> items;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    if (auto item = item_of(line)) {
      items.push_back(std::move(*item));
      ++replayed.records;
    } else {
      ++replayed.unreadable;
    }
    if (items.size() < kReplayLines) continue;
    if (auto written = write(items); !written) return core::forward_error(written);
    items.clear();
  }
  if (auto written = write(items); !written) return core::forward_error(written);
  file.close();
  if (auto away = put_away(replayed); !away) return core::forward_error(away);
  return replayed;
}

core::Result<> SpillFile::put_away(const Replayed& replayed) const {
  std::error_code error;
  if (replayed.unreadable > 0)
    std::filesystem::rename(path_, std::filesystem::path(path_).replace_extension(".bad"), error);
  else
    std::filesystem::remove(path_, error);
  if (error)
    return core::fail(core::ErrorCode::kUnavailable,
                      fmt::format("{}: {}", path_.string(), error.message()));
  return {};
}

}  // namespace pbx::storage
