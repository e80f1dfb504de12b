// sip/registrar.h — who is registered where: the bindings of one profile.
//
// Pure; owner: the SIP thread of the profile.  RFC 3261 10.3, RFC 3327 (Path), and of RFC 5626 the
// key: a contact with +sip.instance replaces the binding with the same instance and reg-id,
// whatever its URI; Binding::instance holds both, "<urn:…>;reg-id=1".  Requests come here after
// authentication.
//
// A request is applied as a whole or not at all.  Every operation costs O(log n) of the bindings
// held, expiry O(log n) for each binding that ends.
//
// Each binding that comes, is refreshed or goes is told once in `changes`, in order: control and
// the store follow from these alone.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/call/binding.h"
#include "core/call/event.h"

namespace pbx::sip {

inline constexpr std::size_t kRegisterContactsMax = 16;   // of one request, else 403
inline constexpr std::size_t kRegisterCallIdMax = 256;    // bytes, else 400
inline constexpr std::size_t kRegisterPathMax = 1024;     // bytes, else 400
inline constexpr std::size_t kRegisterInstanceMax = 128;  // bytes, else 400
inline constexpr std::size_t kUserAgentMax = 128;         // bytes; the rest is cut off

struct RegistrarOptions {
  core::ProfileId profile;
  std::chrono::seconds expires_min{60};  // a shorter wish gets 423
  std::chrono::seconds expires_default{600};
  std::chrono::seconds expires_max{3600};  // a longer wish is cut
  std::size_t bindings_max = 50'000;       // of the profile; further ones get 503
  std::chrono::seconds retry_after{60};    // with that 503
  std::uint8_t id_origin = 1;              // of binding ids; every registrar has its own
  std::uint64_t first_id = 1;  // above those of earlier runs: they are keys in the store
  std::string profile_name;
};

struct RegisterContact {
  std::string uri;
  std::uint16_t q_thousandths = 1000;
  std::optional<std::uint32_t> expires_s;  // parameter "expires"
  std::string instance;                    // parameter "+sip.instance"
  std::uint32_t reg_id = 0;                // parameter "reg-id"; 0: none
};

struct RegisterRequest {
  std::string extension;
  std::size_t contacts_max = 5;            // of this extension
  std::vector<RegisterContact> contacts;   // none and no star: a query
  bool star = false;                       // Contact: *
  std::optional<std::uint32_t> expires_s;  // header Expires
  std::string sip_call_id;
  std::uint32_t cseq = 0;
  core::SocketAddress received;
  call::Transport transport = call::Transport::kUdp;
  core::IpAddress local_ip;
  std::string path;
  std::string user_agent;
};

// A Contact of the 200.
struct RegisteredContact {
  std::string uri;
  std::uint16_t q_thousandths = 1000;
  std::chrono::seconds expires{0};  // left, rounded up
  std::string instance;
  std::uint32_t reg_id = 0;
};

struct RegisterResult {
  std::uint16_t status = 200;               // 200, 400, 403, 423 or 503
  std::string reason;                       // for the status line; "" for the usual text
  std::chrono::seconds min_expires{0};      // with 423
  std::chrono::seconds retry_after{0};      // with 503
  std::vector<RegisteredContact> contacts;  // with 200: all that the extension now has
};

using BindingChanges = std::vector<call::BindingChanged>;

class Registrar {
 public:
  explicit Registrar(RegistrarOptions options);

  // At contacts_max a new contact takes the place of the binding from the same IP address that is
  // the next to expire, because a telephone that restarted with another port must not lock itself
  // out until its old binding ends; from another address it gets 403, because who knows the
  // password elsewhere must not push working telephones out.
  RegisterResult apply(const core::WallAnchor& now, const RegisterRequest& request,
                       BindingChanges& changes);

  // Ends the bindings whose time is over.
  void expire(core::Instant now, BindingChanges& changes);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

  // The connection over which the binding was registered is gone (RFC 5626 5.3): a TCP telephone
  // without a NAT is called at its Contact from now on, any other binding ends.
  void disconnect(std::string_view extension, core::BindingId id, BindingChanges& changes);

  // By command or because the extension left the configuration.
  void remove_extension(std::string_view extension, BindingChanges& changes);

  // After a restart, before the first request.  What ran out meanwhile is told as expired; no
  // connection outlives the process, see disconnect().
  void restore(const core::WallAnchor& now, std::vector<call::Binding> bindings,
               BindingChanges& changes);

  // By falling q; among equals the one registered first comes first.
  [[nodiscard]] std::vector<call::Binding> find(std::string_view extension) const;
  [[nodiscard]] std::vector<call::Binding> snapshot() const;  // by extension, then as find()
  [[nodiscard]] std::size_t size() const { return deadlines_.size(); }

  // Limits for requests from now on; bindings keep what they were promised.
  void set_options(const RegistrarOptions& options) { options_ = options; }

 private:
  struct Entry {
    call::Binding binding;
    core::Instant deadline;
    bool touched = false;  // by the request in progress
  };
  using Entries = std::vector<Entry>;
  struct Work;  // one request in progress

  // nullopt: done; else the refusal of the whole request.
  using Refusal = std::optional<RegisterResult>;

  [[nodiscard]] std::uint32_t wish(const RegisterContact& contact,
                                   const RegisterRequest& request) const;  // seconds; 0: remove
  [[nodiscard]] static Refusal remove_all(Work& work);
  [[nodiscard]] Refusal update(Work& work, const RegisterContact& contact);
  [[nodiscard]] Refusal add(Work& work, Entry entry);
  [[nodiscard]] Entry make_entry(const Work& work, const RegisterContact& contact,
                                 std::chrono::seconds granted) const;
  [[nodiscard]] static RegisterResult list(core::Instant now, const Entries& entries);
  void store(const std::string& extension, Entries entries);

  RegistrarOptions options_;
  std::uint64_t next_id_;                                   // the counter below the origin
  std::map<std::string, Entries, std::less<>> extensions_;  // never an empty list
  std::map<std::pair<core::Instant, core::BindingId>, std::string> deadlines_;
};

}  // namespace pbx::sip
