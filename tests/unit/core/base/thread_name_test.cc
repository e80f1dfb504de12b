#include "core/base/thread_name.h"

#include <array>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <pthread.h>

namespace {

std::string name_given(std::string_view name) {
  std::array<char, 16> read{};
  std::thread([&] {
    pbx::core::name_this_thread(name);
    pthread_getname_np(pthread_self(), read.data(), read.size());
  }).join();
  return read.data();
}

}  // namespace

TEST_CASE("a thread has the name it gave itself") { CHECK(name_given("storage") == "storage"); }

TEST_CASE("a long name is cut to what the kernel keeps") {
  CHECK(name_given("sip.telephones-upstairs") == "sip.telephones-");
}
