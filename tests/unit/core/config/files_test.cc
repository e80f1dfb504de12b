#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/config/loader.h"
#include "support.h"

namespace fs = std::filesystem;
using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

// A directory that is gone at the end of the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "config_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("a directory is read file by file in the order of names, others left alone") {
  const Folder folder;
  folder.write("20-phones.yaml", kPhones);
  folder.write("10-server.yaml", "server: {name: Main}\n");
  folder.write("notes.txt", "not: [yaml");
  folder.write("old.yaml.bak", "not: [yaml");
  const LoadResult result = load(folder.path());
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  CHECK(result.config->server.name == "Main");
}

TEST_CASE("a single file is read whatever its name") {
  const Folder folder;
  CHECK(load(folder.write("pbx.conf", kPhones)).has_config());
}

TEST_CASE("what is missing or empty is named") {
  const Folder folder;
  const LoadResult none = load(folder.path());
  REQUIRE(none.mistakes.size() == 1);
  CHECK(none.mistakes[0].text == "no *.yaml in this directory");
  CHECK(load(folder.path() / "gone.yaml").mistakes.at(0).text ==
        "the file is not there or is not a file");
}

TEST_CASE("a file beyond the bound is refused without being read whole") {
  const Folder folder;
  const fs::path file = folder.write("big.yaml", "");
  fs::resize_file(file, kFileSizeMax + 1);
  CHECK(load(file).mistakes.at(0).text == "the file is too large");
}

TEST_CASE("files that options name are looked for beside the configuration") {
  const Folder folder;
  folder.write("secret", "correct horse\n");
  folder.write("waltz.wav", "RIFF");
  const fs::path file = folder.write("a.yaml", kPhones +
                                                   "extensions: {101: {password_file: secret}}\n"
                                                   "media: {music_on_hold: waltz.wav}\n");
  const LoadResult result = load(file);
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  CHECK(result.config->extensions.at("101").credentials.password.reveal() == "correct horse");
  CHECK(result.config->media.music_on_hold == folder.path() / "waltz.wav");

  fs::remove(folder.path() / "secret");
  fs::remove(folder.path() / "waltz.wav");
  CHECK(load(file).mistakes.size() == 2);
}

TEST_CASE("the minimal sample is one screen and gives ten telephones that are recorded") {
  const fs::path file = fs::path(PBX_SOURCE_DIR) / "conf" / "minimal.yaml";
  const LoadResult result = load(file);
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  CHECK(result.config->extensions.size() == 10);
  CHECK(result.config->profiles.at("phones").listen.size() == 2);
  CHECK(result.config->recording.rule == RecordingRule::kAll);
  const std::string text = read_whole(file.string());
  CHECK(std::count(text.begin(), text.end(), '\n') <= 20);
}

TEST_CASE("the sample of two companies loads, and 101 is there twice") {
  const LoadResult result = load(fs::path(PBX_SOURCE_DIR) / "conf" / "domains.yaml");
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  CHECK(result.config->extensions.contains("101@north"));
  CHECK(result.config->extensions.contains("101@south"));
}

TEST_CASE("the full sample loads as a directory") {
  const LoadResult result = load(fs::path(PBX_SOURCE_DIR) / "conf" / "full");
  CHECK_MESSAGE(result.has_config(), messages(result));
}
