#include "server/accounts.h"

#include <map>
#include <string_view>

namespace pbx::server {
namespace {

// Without 0 O o, 1 I l: passwords are read aloud and typed on telephones.
constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

}  // namespace

std::string make_password(const std::function<std::uint8_t()>& byte, std::size_t length) {
  constexpr std::size_t kUnbiased = 256 - 256 % kAlphabet.size();
  std::string password;
  while (password.size() < length) {
    const std::uint8_t drawn = byte();
    if (drawn < kUnbiased) password += kAlphabet[drawn % kAlphabet.size()];
  }
  return password;
}

Passwords fill_passwords(const config::Config& config, const std::vector<storage::Account>& known,
                         const std::function<std::uint8_t()>& byte) {
  std::map<std::string_view, const storage::Account*> by_number;
  for (const storage::Account& account : known) by_number[account.number] = &account;

  Passwords result;
  auto filled = std::make_shared<config::Config>(config);
  for (auto& [number, extension] : filled->extensions) {
    config::Credentials& credentials = extension.credentials;
    if (credentials.kind != config::PasswordKind::kGenerated) continue;
    const auto found = by_number.find(number);
    if (found != by_number.end()) {
      credentials.password = found->second->password;
    } else {
      credentials.password = config::Secret(make_password(byte));
      result.fresh.push_back({number, credentials.password});
    }
    credentials.kind = config::PasswordKind::kPlain;
  }
  result.config = std::move(filled);
  return result;
}

}  // namespace pbx::server
