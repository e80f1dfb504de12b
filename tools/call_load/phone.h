// tools/call_load/phone.h — the simulated telephones, and how each logs in.
//
// Owner: the SIP thread.  A number that calls and is called is two telephones with a socket each.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/text.h"
#include "tools/call_load/digest.h"
#include "tools/call_load/options.h"
#include "tools/call_load/sip_message.h"

namespace pbx::call_load {

struct Phone {
  std::uint32_t index = 0;  // in the Phonebook
  std::string number;
  std::string password;
  unsigned socket = 0;
  bool is_registered = false;

  // The last challenge, kept when nonces are used again (--reuse-nonce).
  std::string challenge;
  bool is_proxy_challenge = false;
  std::uint32_t nonce_count = 0;
};

// Callers first, callees after them; an index never changes.
class Phonebook {
 public:
  explicit Phonebook(const Options& options);

  [[nodiscard]] std::size_t size() const { return phones_.size(); }
  [[nodiscard]] std::uint32_t callers() const { return callers_; }
  [[nodiscard]] std::uint32_t callees() const {
    return static_cast<std::uint32_t>(phones_.size()) - callers_;
  }
  [[nodiscard]] Phone& operator[](std::uint32_t index) { return phones_[index]; }
  [[nodiscard]] Phone& callee(std::uint32_t n) { return phones_[callers_ + n]; }
  // nullptr if no callee has that number.
  [[nodiscard]] Phone* find_callee(std::string_view number);

  // How many SIP sockets the phones use.
  [[nodiscard]] static unsigned sockets(const Options& options);

 private:
  std::vector<Phone> phones_;
  std::uint32_t callers_ = 0;
  std::unordered_map<std::string, std::uint32_t, core::HashText, std::equal_to<>> callee_by_number_;
};

// Writes Authorization headers for all phones.
class Authenticator {
 public:
  Authenticator(bool reuse_nonce, core::Random random)
      : reuses_nonce_(reuse_nonce), cnonce_(random.hex(16)) {}

  static constexpr std::uint8_t kLoginsMax = 3;  // per request, stale nonces included

  struct Target {
    Method method;
    std::string_view uri;
  };
  // The header line (with CRLF) that answers the challenges of a 401 or 407.
  // Errors: as choose_challenge; kInvalidArgument: `logins` credentials were refused already.
  [[nodiscard]] core::Result<std::string> answer(Phone& phone, const SipMessage& response,
                                                 const Target& target, std::uint8_t logins);
  // The header line from the nonce used last; "" if there is none to use again.
  [[nodiscard]] std::string preempt(Phone& phone, const Target& target);

 private:
  std::string line(Phone& phone, const Challenge& challenge, const Target& target);

  Digester digester_;
  bool reuses_nonce_;
  std::string cnonce_;
};

}  // namespace pbx::call_load
