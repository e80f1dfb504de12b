#include "media/recording_store.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::media {
namespace {

core::Error last_error(const char* what) {
  const int error = errno;
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  const auto code = full              ? core::ErrorCode::kLimitReached
                    : error == EEXIST ? core::ErrorCode::kAlreadyExists
                                      : core::ErrorCode::kUnavailable;
  return {code, fmt::format("{}: {}", what, std::strerror(error))};
}

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

core::Result<std::string> sha256_of(int fd) {
  constexpr std::size_t kChunk = 256 * 1024;
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  std::vector<char> chunk(kChunk);
  off_t at = 0;
  while (true) {
    const ssize_t got = ::pread(fd, chunk.data(), chunk.size(), at);
    if (got < 0) return tl::unexpected(last_error("read back"));
    if (got == 0) break;
    EVP_DigestUpdate(digest.get(), chunk.data(), static_cast<std::size_t>(got));
    at += got;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  EVP_DigestFinal_ex(digest.get(), out.data(), &size);
  return core::hex_encode({reinterpret_cast<const char*>(out.data()), size});
}

namespace {

class DiskSink final : public RecordingSink {
 public:
  explicit DiskSink(core::UniqueFd fd) : fd_(std::move(fd)) {}

  core::Result<> write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t put =
          ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return tl::unexpected(last_error("write"));
      bytes = bytes.subspan(static_cast<std::size_t>(put));
      offset += static_cast<std::uint64_t>(put);
    }
    return {};
  }

  core::Result<Closed> close() override {
    if (::fsync(fd_.get()) != 0) return tl::unexpected(last_error("fsync"));
    struct stat about {};
    if (::fstat(fd_.get(), &about) != 0) return tl::unexpected(last_error("stat"));
    auto hash = sha256_of(fd_.get());
    if (!hash) return tl::unexpected(hash.error());
    fd_.reset();
    return Closed{static_cast<std::uint64_t>(about.st_size), std::move(*hash)};
  }

 private:
  core::UniqueFd fd_;
};

}  // namespace

core::Result<std::unique_ptr<RecordingSink>> DiskStore::create(const std::string& path) {
  const std::filesystem::path whole = directory_ / path;
  std::error_code error;
  std::filesystem::create_directories(whole.parent_path(), error);
  if (error) return core::fail(core::ErrorCode::kUnavailable, error.message());
  core::UniqueFd fd(::open(whole.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!fd) return tl::unexpected(last_error("create"));
  return std::make_unique<DiskSink>(std::move(fd));
}

std::uint64_t DiskStore::free_bytes() const {
  struct statvfs about {};
  if (::statvfs(directory_.c_str(), &about) != 0) return std::numeric_limits<std::uint64_t>::max();
  return std::uint64_t{about.f_bavail} * about.f_frsize;
}

bool erase_recording(const std::filesystem::path& directory, const std::string& path) {
  const std::filesystem::path relative = std::filesystem::path(path).lexically_normal();
  if (relative.empty() || relative.is_absolute() || *relative.begin() == "..") return false;
  std::error_code error;
  std::filesystem::remove(directory / relative, error);
  if (error) return false;
  for (auto parent = relative.parent_path(); !parent.empty(); parent = parent.parent_path())
    if (::rmdir((directory / parent).c_str()) != 0) break;  // not empty
  return true;
}

}  // namespace pbx::media
