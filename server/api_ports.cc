// The daemon's side of api/ports.h.

#include "core/base/log.h"
#include "server/daemon.h"
#include "server/options.h"
#include "server/version.h"

namespace pbx::server {
namespace {

std::vector<api::AccountView> accounts_of(const config::Config& written,
                                          const config::Config& filled) {
  std::vector<api::AccountView> views;
  for (const auto& [number, extension] : written.extensions) {
    const bool generated = extension.credentials.kind == config::PasswordKind::kGenerated;
    const auto& password = filled.extensions.at(number).credentials.password;
    views.push_back({number, extension.name, extension.profile, generated,
                     generated ? password : config::Secret()});
  }
  return views;
}

std::vector<std::pair<std::string, std::string>> levels() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [component, level] : core::log_levels())
    all.emplace_back(component, core::to_text(level));
  return all;
}

core::Result<> set_level(const std::string& component, const std::string& text) {
  const auto level = core::parse_log_level(text);
  if (!level)
    return core::fail(core::ErrorCode::kInvalidArgument,
                      "a level is one of trace, debug, info, warn, error, off");
  return core::log_set_level(component.empty() ? "*" : component, *level);
}

}  // namespace

void apply_log_levels(const config::Config& config) {
  const auto set = [](std::string_view component, config::LogLevel level) {
    if (auto done = core::log_set_level(component, log_level(level)); !done)
      core::log_warn("server", "log component {} is not known", component);
  };
  set("*", config.server.log.level);
  for (const auto& [component, level] : config.server.log.components) set(component, level);
  core::log_set_mask_numbers(config.server.mask_numbers);
}

void Daemon::publish_accounts() {
  accounts_ = std::make_shared<const std::vector<api::AccountView>>(
      accounts_of(config_->written(), *config_->filled()));
}

api::Ports Daemon::api_ports() {
  api::Ports ports;
  ports.control = [this](call::Event&& event) { return control_->try_post(std::move(event)); };
  ports.sip_profiles = sip_->size();
  ports.sip = [this](const api::SipQuery& query) {
    sip_->ask(query, [this](api::Answer&& answer) { api_->deliver(std::move(answer)); });
  };
  ports.reload = [this](core::RequestId request) { mailbox_.post_always(ReloadWanted{request}); };
  ports.accounts = [this] { return *accounts_.load(); };
  ports.health = [this] { return health_->parts(); };
  ports.metrics = [this]() -> std::optional<std::string> {
    if (!shows_metrics_) return std::nullopt;
    return metrics_.serialize();
  };
  ports.log_levels = levels;
  ports.set_log_level = set_level;
  ports.info = {first_config_->server.name, kVersion, started_};
  ports.recording_directory = first_config_->recording.directory;
  return ports;
}

}  // namespace pbx::server
