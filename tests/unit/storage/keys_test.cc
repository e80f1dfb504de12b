#include "storage/keys.h"

#include <doctest/doctest.h>

namespace pbx::storage::keys {
namespace {

TEST_CASE("byte order of keys is number order") {
  CHECK(u64(1) < u64(2));
  CHECK(u64(255) < u64(256));
  CHECK(u64(0x7FFFFFFFFFFFFFFF) < u64(0x8000000000000000));
  CHECK(read_u64(u64(0x0123456789ABCDEF)) == 0x0123456789ABCDEF);
  CHECK(u64(0x0102) == std::string("\0\0\0\0\0\0\1\2", 8));
}

TEST_CASE("times round down to milliseconds, before 1970 is 1970") {
  using namespace std::chrono_literals;
  CHECK(milliseconds(core::WallTime{1999us}) == 1);
  CHECK(milliseconds(core::WallTime{-5s}) == 0);
}

TEST_CASE("the prefix of a number ends where the number ends") {
  CHECK(number_prefix("10") == std::string("10\0", 3));
  CHECK_FALSE(number_prefix("101").starts_with(number_prefix("10")));
  CHECK(number_prefix(std::string("1\0"
                                  "2",
                                  3)) == std::string("1\0", 2));
  CHECK(number_prefix(std::string(200, '9')).size() == kNumberBytesMax + 1);
}

TEST_CASE("after a prefix comes the next one of its length or shorter") {
  CHECK(after_prefix("ab") == "ac");
  CHECK(after_prefix("a\xFF") == "b");
  CHECK(after_prefix("\xFF\xFF").empty());
  CHECK(after_prefix("").empty());
}

}  // namespace
}  // namespace pbx::storage::keys
