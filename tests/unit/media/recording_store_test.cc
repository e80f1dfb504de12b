#include "media/recording_store.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

namespace pbx::media {
namespace {

struct Directory {
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pbx-erase-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  void put(const std::string& name) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name) << "RIFF";
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(path / name);
  }
  std::filesystem::path path;
};

TEST_CASE("a recording goes with the directories that it leaves empty") {
  const Directory directory;
  directory.put("2026/11/21/a.wav");
  directory.put("2026/11/22/b.wav");
  CHECK(erase_recording(directory.path, "2026/11/21/a.wav"));
  CHECK_FALSE(directory.has("2026/11/21"));
  CHECK(directory.has("2026/11/22/b.wav"));
  CHECK(erase_recording(directory.path, "2026/11/22/b.wav"));
  CHECK_FALSE(directory.has("2026"));
  CHECK(std::filesystem::exists(directory.path));
}

TEST_CASE("a recording that is not there is gone") {
  const Directory directory;
  CHECK(erase_recording(directory.path, "2026/11/21/a.wav"));
}

TEST_CASE("nothing outside of the directory is deleted, and no directory with something in it") {
  const Directory directory;
  directory.put("outside.wav");
  directory.put("in/2026/a.wav");
  for (const char* path : {"../outside.wav", "2026/../../outside.wav", "", "2026"}) {
    CAPTURE(path);
    CHECK_FALSE(erase_recording(directory.path / "in", path));
  }
  CHECK_FALSE(erase_recording(directory.path / "in", (directory.path / "outside.wav").string()));
  CHECK(directory.has("outside.wav"));
  CHECK(directory.has("in/2026/a.wav"));
}

}  // namespace
}  // namespace pbx::media
