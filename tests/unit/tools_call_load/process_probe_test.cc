#include "tools/call_load/process_probe.h"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace pbx;
using namespace pbx::call_load;

TEST_CASE("a line of /proc/PID/stat is read whatever the program is called") {
  const auto sample = parse_stat(
      "4711 (a) R (b c) S 1 4711 4711 0 -1 4194560 1000 0 0 0 250 50 0 0 20 0 4 0 100 12345678 "
      "2048 18446744073709551615 1 1 0 0 0 0\n",
      100, 4096);
  REQUIRE(sample.has_value());
  CHECK(sample->user_s == doctest::Approx(2.5));
  CHECK(sample->system_s == doctest::Approx(0.5));
  CHECK(sample->cpu_s() == doctest::Approx(3));
  CHECK(sample->rss_kb == 8192);
}

TEST_CASE("what is no such line is refused") {
  CHECK_FALSE(parse_stat("", 100, 4096).has_value());
  CHECK_FALSE(parse_stat("1 (x) S 1 2 3", 100, 4096).has_value());
  CHECK_FALSE(
      parse_stat("1 (x) S a b c d e f g h i j k l m n o p q r s t u v", 100, 4096).has_value());
}

TEST_CASE("our own process can be sampled, none that does not exist") {
  const auto own = sample_process(::getpid());
  REQUIRE(own.has_value());
  CHECK(own->rss_kb > 100);
  CHECK(sample_process(0x7fffffff).error().code == core::ErrorCode::kNotFound);
  CHECK(thread_cpu_s() > 0);
}
