#include "core/config/secret.h"

#include <doctest/doctest.h>

#include <sstream>
#include <type_traits>

using namespace pbx::config;

template <class T>
concept Printable = requires(std::ostream& stream, const T& value) {
  stream << value;
};

TEST_CASE("a secret is shown as stars and cannot be printed by accident") {
  const Secret secret("correct horse");
  CHECK(secret.shown() == "***");
  CHECK(secret.reveal() == "correct horse");
  CHECK(Secret{}.shown().empty());
  CHECK_FALSE(Printable<Secret>);
  CHECK_FALSE(std::is_convertible_v<Secret, std::string>);
}

TEST_CASE("secrets are equal if their texts are") {
  CHECK(Secret("a") == Secret("a"));
  CHECK_FALSE(Secret("a") == Secret("b"));
}
