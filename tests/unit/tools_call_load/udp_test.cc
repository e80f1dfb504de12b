#include "tools/call_load/udp.h"

#include <doctest/doctest.h>
#include <time.h>

#include <string>

#include "core/base/clock.h"

using namespace pbx;
using namespace pbx::call_load;

namespace {

void send(int fd, const core::SocketAddress& to, const std::string& bytes) {
  sockaddr_storage address;
  const socklen_t size = core::to_sockaddr(to, address);
  CHECK(::sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&address), size) ==
        static_cast<ssize_t>(bytes.size()));
}

std::size_t read_some(UdpReader& reader, int fd) {
  std::size_t count = 0;
  for (int i = 0; i < 200 && count == 0; ++i) {
    count = reader.read(fd);
    const timespec pause{0, 5'000'000};
    if (count == 0) ::nanosleep(&pause, nullptr);
  }
  return count;
}

}  // namespace

TEST_CASE("datagrams come with their sender, length and the kernel's time") {
  const auto address = *core::parse_socket_address("127.0.0.1:0");
  const auto a = open_udp(address);
  const auto b = open_udp(address);
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  stamp_arrivals(b->get());
  UdpReader reader(8);
  CHECK(reader.read(b->get()) == 0);
  const std::int64_t before = core::wall_now().time_since_epoch().count();
  send(a->get(), local_address(b->get()), "12345678");
  REQUIRE(read_some(reader, b->get()) == 1);
  CHECK(reader[0].bytes.size() == 8);
  CHECK(reader[0].bytes[7] == '8');
  CHECK_FALSE(reader[0].is_cut);
  CHECK(reader[0].from == local_address(a->get()));
  // The clock may be set while the test runs, but hardly by an hour.
  constexpr std::int64_t kHour = 3'600'000'000'000;
  CHECK(std::abs(reader[0].arrived_ns - before) < kHour);

  send(a->get(), local_address(b->get()), "123456789");
  REQUIRE(read_some(reader, b->get()) == 1);
  CHECK(reader[0].is_cut);
  send(b->get(), local_address(a->get()), "x");
  REQUIRE(read_some(reader, a->get()) == 1);
  CHECK(reader[0].arrived_ns == 0);  // nobody asked for stamps on this socket
  CHECK(reader[0].bytes.size() == 1);
}

TEST_CASE("a reader gives the memory of its batch out again") {
  const auto a = open_udp(*core::parse_socket_address("[::1]:0"));
  REQUIRE(a.has_value());
  UdpReader reader(100);
  const core::SocketAddress self = local_address(a->get());
  std::size_t sent = 0;
  std::size_t received = 0;
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < UdpReader::kBatch; ++i)
      send(a->get(), self, std::to_string(sent++));
    while (received < sent) {
      const std::size_t count = read_some(reader, a->get());
      REQUIRE(count > 0);
      for (std::size_t i = 0; i < count; ++i) {
        const auto bytes = reader[i].bytes;
        CHECK(std::string(bytes.begin(), bytes.end()) == std::to_string(received++));
        CHECK(reader[i].from == self);
      }
    }
  }
}

TEST_CASE("a port that is taken is refused with its address") {
  const auto first = open_udp(*core::parse_socket_address("127.0.0.1:0"));
  REQUIRE(first.has_value());
  const auto second = open_udp(local_address(first->get()));
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == core::ErrorCode::kUnavailable);
  CHECK(second.error().detail.find("127.0.0.1:") != std::string::npos);
}
