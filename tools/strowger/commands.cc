#include "tools/strowger/commands.h"

#include <boost/json.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "tools/strowger/json_view.h"

#include "core/config/loader.h"
#include "core/route/routing.h"

namespace pbx::tools {
namespace {

void print(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

bool write_to(std::FILE* file, std::string_view piece) {
  return std::fwrite(piece.data(), 1, piece.size(), file) == piece.size();
}

}  // namespace

Exit Commands::fail(const core::Error& error) {
  print(stderr, "strowger: " + error.detail + '\n');
  switch (client_.unreachable()) {
    case Client::Unreachable::kNotRunning:
      return Exit::kNotRunning;
    case Client::Unreachable::kNoPermission:
      return Exit::kNoPermission;
    case Client::Unreachable::kNo:
      break;
  }
  return Exit::kFailed;
}

Exit Commands::fail(const Reply& reply) {
  boost::json::error_code error;
  const auto body = boost::json::parse(reply.body, error);
  const auto detail = error ? std::string("-") : text(body, "detail");
  if (json_) print(stdout, reply.body);
  print(stderr, detail == "-" ? fmt::format("strowger: the daemon answered {}\n", reply.status)
                              : fmt::format("strowger: {}\n", detail));
  return Exit::kFailed;
}

Exit Commands::show(const Reply& reply, const Formatter& format) const {
  if (json_) {
    print(stdout, reply.body);
    return Exit::kDone;
  }
  boost::json::error_code error;
  const auto body = boost::json::parse(reply.body, error);
  if (error) {
    print(stderr, "strowger: the answer of the daemon is not JSON\n");
    return Exit::kFailed;
  }
  print(stdout, format(body));
  return Exit::kDone;
}

Exit Commands::run(const std::string& method, const std::string& target, const Formatter& format,
                   long readable) {
  const auto reply = client_.request(method, target);
  if (!reply) return fail(reply.error());
  if (reply->status / 100 == 2) return show(*reply, format);
  if (reply->status != readable) return fail(*reply);
  show(*reply, format);
  return Exit::kFailed;
}

Exit Commands::call(const std::string& id, const ShowTime& time) {
  const auto path = "/" + path_part(id);
  const auto live = client_.request("GET", "/api/v1/calls" + path);
  if (!live) return fail(live.error());
  if (live->status == 200)
    return show(*live, [&](const auto& answer) { return format_call(answer, time); });
  if (live->status != 404) return fail(*live);
  return run("GET", "/api/v1/cdr" + path,
             [&](const auto& answer) { return format_cdr(answer, time); });
}

Exit Commands::print_as_it_comes(const std::string& target) {
  const auto reply =
      client_.download(target, [](std::string_view piece) { return write_to(stdout, piece); });
  if (!reply) return fail(reply.error());
  return reply->status == 200 ? Exit::kDone : fail(*reply);
}

Exit Commands::save(const std::string& target, const std::filesystem::path& file) {
  const auto partial = file.string() + ".part";
  std::unique_ptr<std::FILE, FileClose> out(std::fopen(partial.c_str(), "wb"));
  if (!out) {
    print(stderr, fmt::format("strowger: {}: {}\n", partial, std::strerror(errno)));
    return Exit::kFailed;
  }
  const auto reply =
      client_.download(target, [&](std::string_view piece) { return write_to(out.get(), piece); });
  const bool closed = std::fclose(out.release()) == 0;
  if (reply && reply->status == 200 && closed && std::rename(partial.c_str(), file.c_str()) == 0) {
    print(stdout, fmt::format("saved {}\n", file.string()));
    return Exit::kDone;
  }
  std::remove(partial.c_str());
  if (!reply) return fail(reply.error());
  if (reply->status != 200) return fail(*reply);
  print(stderr, fmt::format("strowger: {} cannot be written\n", file.string()));
  return Exit::kFailed;
}

Exit check_configuration(const std::filesystem::path& path) {
  const auto result = config::load(path, {.check = route::check_routing});
  for (const auto& mistake : result.mistakes) print(stdout, mistake.message() + '\n');
  if (!result.has_config()) {
    print(stderr, fmt::format("strowger: {} mistakes\n", result.mistakes.size()));
    return Exit::kFailed;
  }
  print(stdout, fmt::format("{}: good, {} extensions, {} profiles\n", path.string(),
                            result.config->extensions.size(), result.config->profiles.size()));
  return Exit::kDone;
}

}  // namespace pbx::tools
