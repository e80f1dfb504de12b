#include "core/base/assert.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace {

// Runs `body` in a child process; gives how it ended and what it said on stderr.
template <typename Body>
std::string stderr_of_child(Body body, int& status) {
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGABRT, SIG_DFL);  // doctest catches it otherwise
    dup2(pipe_ends[1], STDERR_FILENO);
    body();
    _exit(0);
  }
  close(pipe_ends[1]);
  std::string text;
  char part[256];
  for (ssize_t got = 0; (got = read(pipe_ends[0], part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(got));
  close(pipe_ends[0]);
  waitpid(child, &status, 0);
  return text;
}

}  // namespace

TEST_CASE("a failed assertion names the place and the condition and aborts") {
  int status = 0;
  const std::string text = stderr_of_child([] { PBX_ASSERT(1 + 1 == 3); }, status);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  CHECK(text.find("assert_test.cc:") != std::string::npos);
  CHECK(text.find("assertion failed: 1 + 1 == 3\n") != std::string::npos);
}

TEST_CASE("an assertion that holds evaluates its condition once and goes on") {
  int evaluated = 0;
  PBX_ASSERT(++evaluated == 1);
  CHECK(evaluated == 1);
}
