// core/config/mistakes.h — collects what is wrong while the files are read.
//
// Pure; lives as long as one parse().

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/config/loader.h"
#include "core/config/node.h"

namespace pbx::config {

class Mistakes {
 public:
  // `files` are the names of the sources, by Place::file.
  explicit Mistakes(std::vector<std::string> files) : files_(std::move(files)) {}

  // What is the same as the one before, as for each extension of a range, is told once.
  void add(Place place, std::string text);
  [[nodiscard]] std::size_t count() const { return count_; }
  // So many that the text of another one will not be told: it need not be composed.
  [[nodiscard]] bool is_full() const { return found_.size() >= kKeptMax; }
  [[nodiscard]] const std::string& file_name(Place place) const { return files_[place.file]; }
  // "file:line" for use inside the text of another mistake.
  [[nodiscard]] std::string text_of(Place place) const;

  // All of them in the order of the files; beyond kMistakesMax only the number of the others.
  [[nodiscard]] std::vector<Mistake> take() &&;

 private:
  // Enough to tell the first kMistakesMax by place; what is found after that is only counted.
  static constexpr std::size_t kKeptMax = 10 * kMistakesMax;

  struct Found {
    Place place;
    std::string text;
  };
  std::vector<std::string> files_;
  std::vector<Found> found_;
  std::size_t count_ = 0;
};

}  // namespace pbx::config
