"""Trunks that register, and challenges that they answer."""

import re
import secrets

from providers import add_plans, add_provider, both_talk
from scenario import scenario
from sip_message import Credentials
from waiting import check, check_equal, check_in


def _registering(bench):
    bench.provider = add_provider(bench, login={"username": "account", "password": "e2e-secret"},
                                  registration={"enabled": True, "retry": "1s"})
    add_plans(bench, incoming=[("+12125550101", "101")])


def challenge(provider, request, realm, status=401):
    """Asks `request` for a password; returns the repeated request, whose answer was right."""
    name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    nonce = secrets.token_hex(8)
    provider.reply(request, status, headers=[
        (name, f'Digest realm="{realm}", nonce="{nonce}", algorithm=MD5, qop="auth,auth-int"')])
    if request.method == "INVITE":
        provider.expect("ACK")
    again = provider.expect(request.method)
    said = Credentials(again.get("authorization" if status == 401 else "proxy-authorization"))
    check_equal("user and realm", (said.get("username"), said.get("realm")), ("account", realm))
    check(said.is_answer("e2e-secret", again.method, nonce), "the answer to the challenge is wrong")
    return again


def let_register(bench, realm="provider", expires=600):
    request = challenge(bench.provider, bench.provider.expect("REGISTER"), realm)
    bench.provider.reply(request, 200, headers=[
        ("Contact", f"{request.get('contact')};expires={expires}")])
    bench.exchange.wait_log("trunk=provider up: registered")
    return request


@scenario(_registering, seconds=5)
def trunk_registers_and_is_called_at_its_contact(bench):
    """401 with an odd realm, then a call to the contact that was registered: the DID is in To."""
    request = let_register(bench, realm="a strange, realm")
    check_in("To", "sip:account@", request.get("to"))
    contact = re.search("<(.*)>", request.get("contact")).group(1)
    check_in("Contact", "sip:account@", contact)
    called = bench.phone(101)
    call = bench.provider.invite("2125550101", uri=contact)
    called.incoming().answer()
    call.answered()
    call.hang_up()


@scenario(_registering, seconds=5)
def calls_of_a_registered_trunk_answer_its_challenges(bench):
    """407 to the INVITE is answered; the BYE carries credentials before it is asked."""
    let_register(bench)
    call = bench.phone(101).invite("2125558888")
    first = bench.provider.expect("INVITE")
    invite = challenge(bench.provider, first, "proxy", status=407)
    check_equal("Call-ID", invite.get("call-id"), first.get("call-id"))
    incoming = bench.provider.dialogs[invite.get("call-id")]
    incoming.answer()
    check_equal("credentials of the ACK", incoming.ack.get("proxy-authorization"),
                invite.get("proxy-authorization"))
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    bye = incoming.wait_bye()
    check_in("credentials of the BYE", "account", bye.get("proxy-authorization") or "")


@scenario(_registering, seconds=6)
def short_registration_is_lengthened_and_refreshed(bench):
    """423 with Min-Expires is obeyed; a registration of ten seconds is refreshed before it ends."""
    first = bench.provider.expect("REGISTER")
    bench.provider.reply(first, 423, headers=[("Min-Expires", "1800")])
    second = bench.provider.expect("REGISTER")
    check_equal("Expires", second.get("expires"), "1800")
    bench.provider.reply(second, 200, headers=[("Contact", f"{second.get('contact')};expires=3")])
    bench.provider.expect("REGISTER", timeout=12)


@scenario(_registering, seconds=5)
def refused_registration_takes_the_trunk_down(bench):
    """403: the trunk is down, says why, and its calls are refused at once."""
    bench.provider.reply(bench.provider.expect("REGISTER"), 403, "Account Closed")
    bench.exchange.wait_log("trunk=provider down", "403")
    bench.phone(101).invite("2125558888").wait(503)
    check_equal("INVITEs", [r.method for r in bench.provider.requests if r.method == "INVITE"], [])


@scenario(_registering, seconds=5)
def trunk_that_stops_takes_its_registration_back(bench):
    """An orderly stop sends REGISTER with Expires: 0."""
    let_register(bench)
    bench.exchange.stop()
    request = bench.provider.expect("REGISTER", where=lambda message: message.get("expires") == "0")
    check_in("credentials", "account", request.get("authorization") or "")


def _behind_a_proxy(bench):
    """The registrar is a name that nobody can look up; everything goes to the proxy."""
    _registering(bench)
    trunk = bench.config["trunks"]["provider"]
    trunk["proxy"], trunk["servers"] = trunk["servers"][0], ["registrar.example.com"]


@scenario(_behind_a_proxy, seconds=5)
def outbound_proxy_takes_registrations_and_calls_for_the_registrar(bench):
    """REGISTER and INVITE come to the proxy and name the registrar, which needs no DNS then; a call
    from the proxy's address is the trunk's."""
    request = let_register(bench)
    check_in("REGISTER", "REGISTER sip:registrar.example.com SIP/2.0", request.first_line)
    check_in("To", "sip:account@registrar.example.com", request.get("to"))
    phone = bench.phone(101)
    call = phone.invite("2125558888")
    incoming = bench.provider.incoming()
    check_in("INVITE", "sip:+12125558888@registrar.example.com", incoming.invite.first_line)
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    back = bench.provider.invite("2125550101", uri=f"sip:2125550101@{bench.exchange.address[0]}")
    phone.incoming().answer()
    back.answered()
    back.hang_up()


def _two_registrars(bench):
    _registering(bench)
    bench.second = bench.phone("second", is_registered=False, port=5060)
    bench.config["trunks"]["provider"]["servers"].append(f"udp:{bench.second.ip}")


@scenario(_two_registrars, seconds=5)
def registrar_that_fails_is_followed_by_the_next(bench):
    """503 from the first server: the second is registered at, and called."""
    bench.provider.reply(bench.provider.expect("REGISTER"), 503, "Service Unavailable")
    request = bench.second.expect("REGISTER")
    bench.second.reply(request, 200, headers=[
        ("Contact", f"{request.get('contact')};expires=600")])
    bench.exchange.wait_log("trunk=provider up: registered")
    check_in("trunks", "registered", bench.exchange.text("trunks"))
    call = bench.phone(101).invite("2125558888")
    bench.second.incoming().answer()
    call.answered()
    call.hang_up()
