#include "sip/register_service.h"

#include <algorithm>

#include <fmt/format.h>

#include "sip/redirect.h"
#include "sip/text.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

using What = call::BindingChanged::What;

RegistrarOptions options_of(const StackOptions& stack, const config::Profile& profile) {
  using std::chrono::ceil;
  using std::chrono::seconds;
  RegistrarOptions options;
  options.profile = stack.id;
  options.profile_name = stack.profile;
  options.id_origin = stack.id_origin;
  options.first_id = stack.first_id;
  options.expires_min = ceil<seconds>(profile.registration.expires_min);
  options.expires_default = ceil<seconds>(profile.registration.expires_default);
  options.expires_max = ceil<seconds>(profile.registration.expires_max);
  return options;
}

std::string contact_param(const sip_contact_t* contact, const char* name) {
  const char* value = msg_params_find(contact->m_params, name);
  return value ? display_of(value) : std::string();
}

RegisterContact read_contact(const sip_contact_t* contact) {
  RegisterContact read;
  read.uri = uri_text(contact->m_url);
  if (contact->m_q) read.q_thousandths = static_cast<std::uint16_t>(q_thousandths(contact->m_q));
  if (contact->m_expires) {
    // What is no number counts as an hour (RFC 3261 10.2.1.1); what overflows, as the longest.
    const std::string_view text = view(contact->m_expires);
    const bool digits = core::are_digits(text);
    read.expires_s = core::parse_uint<std::uint32_t>(text).value_or(digits ? UINT32_MAX : 3600);
  }
  read.instance = contact_param(contact, "+sip.instance=");
  read.reg_id = core::parse_uint<std::uint32_t>(contact_param(contact, "reg-id=")).value_or(0);
  return read;
}

RegisterRequest read_request(const Context& context, const Request& request,
                             const config::Extension& account) {
  const sip_t* sip = request.sip;
  RegisterRequest read;
  read.extension = account.id;
  read.contacts_max = account.contacts_max;
  for (const sip_contact_t* contact = sip->sip_contact;
       contact && read.contacts.size() <= kRegisterContactsMax; contact = contact->m_next) {
    if (contact->m_url->url_type == url_any)
      read.star = true;
    else
      read.contacts.push_back(read_contact(contact));
  }
  if (sip->sip_expires)
    read.expires_s =
        static_cast<std::uint32_t>(std::min<unsigned long>(sip->sip_expires->ex_delta, UINT32_MAX));
  read.sip_call_id = view(sip->sip_call_id->i_id);
  read.cseq = sip->sip_cseq->cs_seq;
  read.received = request.source;
  read.transport = request.transport;
  if (const auto local = context.transports.local_for(request.transport, request.source))
    read.local_ip = local->ip;
  for (const sip_path_t* path = sip->sip_path; path; path = path->r_next)
    read.path.append(read.path.empty() ? "" : ", ").append(name_address({}, uri_text(path->r_url)));
  read.user_agent = agent_name(sip);
  return read;
}

std::string contact_text(const RegisteredContact& contact) {
  std::string text = fmt::format("<{}>;expires={}", contact.uri, contact.expires.count());
  if (contact.q_thousandths != 1000) text += fmt::format(";q=0.{:03}", contact.q_thousandths);
  if (!contact.instance.empty())
    text += fmt::format(";+sip.instance={}", sip::quoted(contact.instance));
  if (contact.reg_id) text += fmt::format(";reg-id={}", contact.reg_id);
  return text;
}

Response write_response(const RegisterResult& result, const std::string& path) {
  Response response{result.status, result.reason, {}, {}, {}};
  for (const RegisteredContact& contact : result.contacts)
    response.headers.add("Contact", contact_text(contact));
  if (result.min_expires.count())
    response.headers.add("Min-Expires", fmt::format("{}", result.min_expires.count()));
  if (result.retry_after.count())
    response.headers.add("Retry-After", fmt::format("{}", result.retry_after.count()));
  if (result.status == 200 && !path.empty())
    response.headers.add("Path", path).add("Supported", "path");
  return response;
}

}  // namespace

RegisterService::RegisterService(const StackOptions& stack, const config::Profile& profile)
    : registrar_(options_of(stack, profile)), keepalive_(profile.nat.keepalive) {}

void RegisterService::apply(Context& context) {
  registrar_.set_options(options_of(context.options, context.profile()));
  keepalive_.apply(context, registrar_.snapshot());
}

void RegisterService::receive(Context& context, Request&& request,
                              const config::Extension& account) {
  ++context.counters.registers_received;
  // One telephone registers one account: its own (RFC 3261 10.3, step 4).
  if (user_of(request.sip->sip_to->a_url) != account.number)
    return reply_stateless(context, std::move(request), {403, {}, {}, {}, {}});
  const RegisterRequest read = read_request(context, request, account);
  Incoming transaction = accept(context, std::move(request));
  if (!transaction) return;
  BindingChanges changes;
  const RegisterResult result = registrar_.apply(sip_anchor_now(), read, changes);
  Response response = write_response(result, read.path);
  response.headers.add("Server", context.config->server.user_agent);
  watch(context, transaction.get(), changes);
  reply(context, nullptr, transaction, response);
  tell(context, changes);
}

// What the request made or refreshed is called over the connection that it came on.
void RegisterService::watch(Context& context, nta_incoming_t* transaction,
                            const BindingChanges& changes) {
  const Tport connection(nta_incoming_transport(context.agent, transaction, nullptr));
  for (const call::BindingChanged& change : changes)
    if (change.what == What::kAdded || change.what == What::kChanged)
      connections_.watch(connection.get(), change.binding.id, change.binding.extension);
}

void RegisterService::restore(Context& context, std::vector<call::Binding> bindings) {
  std::erase_if(bindings, [&](const call::Binding& binding) {
    return binding.profile_name != context.options.profile;
  });
  BindingChanges changes;
  registrar_.restore(sip_anchor_now(), std::move(bindings), changes);
  tell(context, changes);  // those that ended meanwhile
  remove_unknown(context);
  for (call::Binding& binding : registrar_.snapshot()) {  // the store has them: only control asks
    call::BindingChanged added{What::kAdded, std::move(binding)};
    keepalive_.on_binding(context, added);
    emit(context, std::move(added));
  }
}

void RegisterService::unregister(Context& context, const std::string& extension) {
  BindingChanges changes;
  registrar_.remove_extension(extension, changes);
  tell(context, changes);
}

void RegisterService::remove_unknown(Context& context) {
  BindingChanges changes;
  for (const call::Binding& binding : registrar_.snapshot())
    if (!context.find_extension(binding.extension))
      registrar_.remove_extension(binding.extension, changes);
  tell(context, changes);
}

void RegisterService::run(Context& context, core::Instant now) {
  BindingChanges changes;
  registrar_.expire(now, changes);
  for (const ConnectionWatch::Ended& ended : connections_.take_ended())
    registrar_.disconnect(ended.extension, ended.binding, changes);
  tell(context, changes);
  keepalive_.run(context, now);
}

std::optional<core::Instant> RegisterService::next_deadline() const {
  if (connections_.has_ended()) return core::Instant{};
  const auto expiry = registrar_.next_deadline();
  const auto keepalive = keepalive_.next_deadline();
  if (!expiry || !keepalive) return expiry ? expiry : keepalive;
  return std::min(*expiry, *keepalive);
}

void RegisterService::tell(Context& context, const BindingChanges& changes) {
  for (const call::BindingChanged& change : changes) {
    if (change.what == What::kRemoved || change.what == What::kExpired)
      connections_.forget(change.binding.id);
    keepalive_.on_binding(context, change);
    context.sink->on_binding(change);
    emit(context, change);
  }
}

}  // namespace pbx::sip
