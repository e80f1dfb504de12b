#include "sip/registrar.h"

#include <algorithm>
#include <iterator>

#include "core/base/text.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

using call::BindingChanged;
using What = call::BindingChanged::What;

// As core::IdSource makes them: what is stored tells who made it.
core::BindingId make_id(std::uint8_t origin, std::uint64_t counter) {
  return {std::uint64_t{origin} << core::IdSource::kCounterBits | counter};
}

// The key of RFC 5626 6 in one text, so that it is stored and compared as one.
std::string instance_key(const RegisterContact& contact) {
  if (contact.instance.empty() || contact.reg_id == 0) return contact.instance;
  return contact.instance + ";reg-id=" + std::to_string(contact.reg_id);
}

void split_key(std::string_view key, RegisteredContact& out) {
  constexpr std::string_view kMark = ";reg-id=";
  const auto at = key.rfind(kMark);
  out.instance = key.substr(0, at);
  if (at == std::string_view::npos) return;
  out.reg_id = core::parse_uint<std::uint32_t>(key.substr(at + kMark.size())).value_or(0);
}

RegisterResult refuse(std::uint16_t status, std::string reason) {
  RegisterResult out;
  out.status = status;
  out.reason = std::move(reason);
  return out;
}

std::optional<RegisterResult> check(const RegisterRequest& request) {
  if (request.star && (!request.contacts.empty() || request.expires_s != 0u))
    return refuse(400, "Contact * Needs Expires 0 and No Other Contact");
  if (request.contacts.size() > kRegisterContactsMax) return refuse(403, "Too Many Contacts");
  if (request.sip_call_id.size() > kRegisterCallIdMax || request.path.size() > kRegisterPathMax)
    return refuse(400, "Header Too Long");
  for (const auto& contact : request.contacts) {
    const auto uri = parse_uri(contact.uri);
    if (!uri || uri->scheme == Uri::Scheme::kTel) return refuse(400, "Bad Contact URI");
    if (contact.instance.size() > kRegisterInstanceMax) return refuse(400, "Instance Too Long");
  }
  return std::nullopt;
}

bool is_same_contact(const call::Binding& binding, const std::string& instance,
                     const std::string& uri) {
  if (!instance.empty() && !binding.instance.empty()) return binding.instance == instance;
  if (binding.contact_uri == uri) return true;
  const auto a = parse_uri(binding.contact_uri);
  const auto b = parse_uri(uri);
  return a && b && equivalent(*a, *b);
}

// RFC 3261 10.3 step 7: within one Call-ID a request older than the last one changes nothing.
bool is_out_of_order(const call::Binding& binding, const RegisterRequest& request) {
  return binding.sip_call_id == request.sip_call_id && request.cseq <= binding.cseq;
}

// Over UDP there is none, and with a Path calls go to the proxy named there (RFC 3327).
bool needs_connection(const call::Binding& binding) {
  return binding.transport != call::Transport::kUdp && binding.path.empty();
}

// Where a telephone may take calls when the connection it registered over is gone; nullopt:
// nowhere.
std::optional<core::SocketAddress> listening_address(const call::Binding& binding) {
  if (binding.transport != call::Transport::kTcp) return std::nullopt;
  const auto uri = parse_uri(binding.contact_uri);
  if (!uri) return std::nullopt;
  const auto ip = core::parse_ip(uri->host);
  if (!ip || *ip != binding.received.ip) return std::nullopt;
  return core::SocketAddress{*ip, uri->port ? uri->port : std::uint16_t{5060}};
}

constexpr const char* kOutOfOrder = "CSeq Out of Order";

}  // namespace

struct Registrar::Work {
  const core::WallAnchor& now;
  const RegisterRequest& request;
  Entries entries;  // what the extension will have
  BindingChanges changes;
};

Registrar::Registrar(RegistrarOptions options) : options_(options), next_id_(options.first_id) {}

RegisterResult Registrar::apply(const core::WallAnchor& now, const RegisterRequest& request,
                                BindingChanges& changes) {
  expire(now.at, changes);
  if (auto refused = check(request)) return *refused;
  Work work{now, request, {}, {}};
  const auto held = extensions_.find(request.extension);
  if (held != extensions_.end()) work.entries = held->second;
  const auto held_count = work.entries.size();

  if (request.star)
    if (auto refused = remove_all(work)) return *refused;
  // Removals first: they make room for what the same request adds.
  for (const bool removal : {true, false})
    for (const auto& contact : request.contacts)
      if ((wish(contact, request) == 0) == removal)
        if (auto refused = update(work, contact)) return *refused;
  if (work.entries.size() > held_count &&
      size() - held_count + work.entries.size() > options_.bindings_max) {
    auto refused = refuse(503, "Registrar Full");
    refused.retry_after = options_.retry_after;
    return refused;
  }
  for (auto& entry : work.entries) entry.touched = false;
  auto out = list(now.at, work.entries);
  if (!work.changes.empty()) store(request.extension, std::move(work.entries));
  std::move(work.changes.begin(), work.changes.end(), std::back_inserter(changes));
  return out;
}

std::uint32_t Registrar::wish(const RegisterContact& contact,
                              const RegisterRequest& request) const {
  if (contact.expires_s) return *contact.expires_s;
  return request.expires_s.value_or(static_cast<std::uint32_t>(options_.expires_default.count()));
}

Registrar::Refusal Registrar::remove_all(Work& work) {
  for (auto& entry : work.entries) {
    if (is_out_of_order(entry.binding, work.request)) return refuse(400, kOutOfOrder);
    work.changes.push_back({What::kRemoved, std::move(entry.binding)});
  }
  work.entries.clear();
  return std::nullopt;
}

Registrar::Refusal Registrar::update(Work& work, const RegisterContact& contact) {
  const auto& request = work.request;
  const std::chrono::seconds wished(wish(contact, request));
  if (wished.count() != 0 && wished < options_.expires_min) {
    auto refused = refuse(423, {});
    refused.min_expires = options_.expires_min;
    return refused;
  }
  const auto key = instance_key(contact);
  const auto found = std::find_if(
      work.entries.begin(), work.entries.end(),
      [&](const Entry& entry) { return is_same_contact(entry.binding, key, contact.uri); });
  const bool known = found != work.entries.end();
  if (known && !found->touched && is_out_of_order(found->binding, request))
    return refuse(400, kOutOfOrder);
  if (wished.count() == 0) {
    if (!known) return std::nullopt;
    work.changes.push_back({What::kRemoved, std::move(found->binding)});
    work.entries.erase(found);
    return std::nullopt;
  }
  auto entry = make_entry(work, contact, std::min(wished, options_.expires_max));
  if (!known) return add(work, std::move(entry));
  entry.binding.id = found->binding.id;
  *found = std::move(entry);
  work.changes.push_back({What::kChanged, found->binding});
  return std::nullopt;
}

Registrar::Entry Registrar::make_entry(const Work& work, const RegisterContact& contact,
                                       std::chrono::seconds granted) const {
  const auto& request = work.request;
  call::Binding binding;
  binding.profile = options_.profile;
  binding.profile_name = options_.profile_name;
  binding.extension = request.extension;
  binding.contact_uri = contact.uri;
  binding.received = request.received;
  binding.transport = request.transport;
  binding.local_ip = request.local_ip;
  binding.q_thousandths = std::min<std::uint16_t>(contact.q_thousandths, 1000);
  binding.expires = work.now.wall + granted;
  binding.instance = instance_key(contact);
  binding.sip_call_id = request.sip_call_id;
  binding.cseq = request.cseq;
  binding.path = request.path;
  binding.user_agent = request.user_agent.substr(0, kUserAgentMax);
  return {std::move(binding), work.now.at + granted, true};
}

Registrar::Refusal Registrar::add(Work& work, Entry entry) {
  auto& entries = work.entries;
  if (entries.size() >= work.request.contacts_max) {
    auto oldest = entries.end();
    for (auto it = entries.begin(); it != entries.end(); ++it)
      if (!it->touched && it->binding.received.ip == work.request.received.ip &&
          (oldest == entries.end() || it->deadline < oldest->deadline))
        oldest = it;
    if (oldest == entries.end()) return refuse(403, "Too Many Contacts");
    work.changes.push_back({What::kRemoved, std::move(oldest->binding)});
    entries.erase(oldest);
  }
  // A refused request wastes ids, which costs nothing.
  entry.binding.id = make_id(options_.id_origin, next_id_++);
  work.changes.push_back({What::kAdded, entry.binding});
  entries.push_back(std::move(entry));
  return std::nullopt;
}

RegisterResult Registrar::list(core::Instant now, const Entries& entries) {
  RegisterResult out;
  for (const auto& entry : entries) {
    RegisteredContact contact{entry.binding.contact_uri, entry.binding.q_thousandths,
                              std::chrono::ceil<std::chrono::seconds>(entry.deadline - now)};
    split_key(entry.binding.instance, contact);
    out.contacts.push_back(std::move(contact));
  }
  return out;
}

void Registrar::store(const std::string& extension, Entries entries) {
  auto& held = extensions_[extension];
  for (const auto& entry : held) deadlines_.erase({entry.deadline, entry.binding.id});
  held = std::move(entries);
  for (const auto& entry : held)
    deadlines_.emplace(std::pair(entry.deadline, entry.binding.id), extension);
  if (held.empty()) extensions_.erase(extension);
}

void Registrar::expire(core::Instant now, BindingChanges& changes) {
  while (!deadlines_.empty() && deadlines_.begin()->first.first <= now) {
    const auto first = deadlines_.begin();
    const auto held = extensions_.find(first->second);
    auto& entries = held->second;
    const auto ended = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
      return entry.binding.id == first->first.second;
    });
    changes.push_back({What::kExpired, std::move(ended->binding)});
    entries.erase(ended);
    if (entries.empty()) extensions_.erase(held);
    deadlines_.erase(first);
  }
}

std::optional<core::Instant> Registrar::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first.first;
}

void Registrar::disconnect(std::string_view extension, core::BindingId id,
                           BindingChanges& changes) {
  const auto held = extensions_.find(extension);
  if (held == extensions_.end()) return;
  auto& entries = held->second;
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.binding.id == id; });
  if (found == entries.end() || !needs_connection(found->binding)) return;
  const auto address = listening_address(found->binding);
  if (address && *address != found->binding.received) {
    found->binding.received = *address;
    changes.push_back({What::kChanged, found->binding});
    return;
  }
  deadlines_.erase({found->deadline, id});
  changes.push_back({What::kRemoved, std::move(found->binding)});
  entries.erase(found);
  if (entries.empty()) extensions_.erase(held);
}

void Registrar::remove_extension(std::string_view extension, BindingChanges& changes) {
  const auto held = extensions_.find(extension);
  if (held == extensions_.end()) return;
  for (const auto& entry : held->second) changes.push_back({What::kRemoved, entry.binding});
  store(std::string(extension), {});
}

void Registrar::restore(const core::WallAnchor& now, std::vector<call::Binding> bindings,
                        BindingChanges& changes) {
  for (auto& binding : bindings) {
    // A clock that was set back may have given too low a first_id.
    if (core::origin_of(binding.id) == options_.id_origin)
      next_id_ = std::max(next_id_, (binding.id.value & core::IdSource::kCounterMax) + 1);
    if (binding.expires <= now.wall) {
      changes.push_back({What::kExpired, std::move(binding)});
      continue;
    }
    if (needs_connection(binding)) {
      const auto address = listening_address(binding);
      if (!address) {
        changes.push_back({What::kRemoved, std::move(binding)});
        continue;
      }
      binding.received = *address;
    }
    binding.profile = options_.profile;
    // A wall clock that was set back must not make a binding live longer than ever promised.
    const auto left = std::min<core::Duration>(binding.expires - now.wall, options_.expires_max);
    binding.expires = now.wall + std::chrono::duration_cast<core::WallTime::duration>(left);
    const auto extension = binding.extension;
    const std::pair key(now.at + left, binding.id);
    if (deadlines_.emplace(key, extension).second)
      extensions_[extension].push_back({std::move(binding), key.first});
  }
}

std::vector<call::Binding> Registrar::find(std::string_view extension) const {
  std::vector<call::Binding> out;
  const auto held = extensions_.find(extension);
  if (held == extensions_.end()) return out;
  for (const auto& entry : held->second) out.push_back(entry.binding);
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.q_thousandths > b.q_thousandths; });
  return out;
}

std::vector<call::Binding> Registrar::snapshot() const {
  std::vector<call::Binding> out;
  for (const auto& [extension, entries] : extensions_) {
    auto bindings = find(extension);
    std::move(bindings.begin(), bindings.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace pbx::sip
