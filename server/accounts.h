// server/accounts.h — the passwords that the exchange made for its extensions.
//
// Pure.  A configuration says `password: generate`; the password itself is made once, kept in the
// store, and filled into the configuration that the SIP threads see.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "storage/record_json.h"

namespace pbx::server {

inline constexpr std::size_t kPasswordLength = 16;

// `length` letters and digits that cannot be mistaken for one another; about 5.8 bits each.
// `byte` gives random bytes.
[[nodiscard]] std::string make_password(const std::function<std::uint8_t()>& byte,
                                        std::size_t length = kPasswordLength);

struct Passwords {
  std::shared_ptr<const config::Config> config;  // every generated password filled in
  std::vector<storage::Account> fresh;           // those made now, to be stored
};
[[nodiscard]] Passwords fill_passwords(const config::Config& config,
                                       const std::vector<storage::Account>& known,
                                       const std::function<std::uint8_t()>& byte);

}  // namespace pbx::server
