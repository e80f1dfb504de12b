"""Calls that come and go by trunks, with a scripted provider and with a second exchange."""

import hashlib
import math
import os
import re
import secrets
import struct
import time
import wave

from dns_server import A, NAPTR, SRV, DnsServer
from providers import add_plans, add_provider, second_exchange
from rtp import Tone
from scenario import scenario
from scenarios.talk import both_hear, hear
from waiting import check, check_equal, check_in, wait_until

def _one_provider(bench):
    bench.provider = add_provider(bench)
    add_plans(bench, incoming=[("+12125550101", "101")])


def _two_providers(bench):
    bench.first = add_provider(bench, "first")
    bench.second = add_provider(bench, "second")
    add_plans(bench, outgoing=("first", "second"))


def both_talk(call, incoming):
    """Both sides of an answered call hear the other's tone."""
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)


def call_from(provider, number, caller, **options):
    """An INVITE of the provider for `number`, From `caller`."""
    provider.user = caller
    return provider.invite(number, **options)


@scenario(_one_provider, seconds=5)
def call_from_a_trunk_reaches_the_extension_of_its_did(bench):
    """DID by the plan; the caller is shown in E.164; the record names the trunk."""
    called = bench.phone(101)
    call = call_from(bench.provider, "2125550101", "2125557777")
    incoming = called.incoming()
    check_in("From", "sip:+12125557777@", incoming.invite.get("from"))
    incoming.ring()
    call.wait(180)
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("caller", record["caller"]["number"], "+12125557777")
    check_equal("dialed", record["dialed"], "2125550101")
    check_equal("trunk", record["legs"][0]["trunk"], "provider")


@scenario(_one_provider, seconds=5)
def call_to_an_outside_number_leaves_by_the_trunk(bench):
    """The number goes out in E.164, the trunk's number is shown, audio flows both ways."""
    caller = bench.phone(101)
    call = caller.invite("2125558888")
    incoming = bench.provider.incoming()
    invite = incoming.invite
    check_in("request URI", f"sip:+12125558888@{bench.provider.ip}", invite.uri)
    check_in("From", f"sip:+12125550100@{bench.provider.ip}", invite.get("from"))
    check_in("P-Asserted-Identity", "+12125550100", invite.get("p-asserted-identity"))
    incoming.ring()
    call.wait(180)
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("called", record["called"]["number"], "+12125558888")
    check_equal("trunk", record["legs"][1]["trunk"], "provider")


@scenario(_one_provider, seconds=3)
def call_for_an_unknown_did_gets_404(bench):
    """No rule matches: 404 and a record."""
    call_from(bench.provider, "2125559999", "2125557777").wait(404)
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "failed")


@scenario(_one_provider, seconds=3)
def stranger_is_challenged_whatever_he_says(bench):
    """An address that is no trunk's is asked for a password; only the provider is not."""
    stranger = bench.phone("stranger", is_registered=False)
    transaction = stranger.invite("2125550101", headers=[
        ("P-Asserted-Identity", "<sip:+12125557777@provider>")])
    transaction.invite.is_answering_challenges = False
    transaction.wait(401)
    check_equal("records", bench.exchange.cdrs(), [])


@scenario(_two_providers, seconds=6)
def dead_trunk_is_skipped_after_the_answer_time(bench):
    """No answer at all for 2 s: the next trunk is called."""
    bench.first.is_deaf = True
    caller = bench.phone(101)
    began = time.monotonic()
    call = caller.invite("2125558888")
    incoming = bench.second.incoming()
    waited = time.monotonic() - began
    check(1.8 < waited < 4, f"the second trunk was called after {waited:.1f} s")
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("trunks", [leg.get("trunk") for leg in record["legs"]], [None, "first", "second"])
    check_equal("cause of the first", record["legs"][1]["cause"]["sip"], 408)


@scenario(_two_providers, seconds=4)
def refusing_trunk_is_followed_by_the_next(bench):
    """503 of the first trunk: the second is called; 486 of the second: the caller is told busy."""
    caller = bench.phone(101)
    call = caller.invite("2125558888")
    bench.first.incoming().reply(503, "Service Unavailable")
    bench.second.incoming().reply(486, "Busy Here")
    call.wait(486)
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "busy")


@scenario(_two_providers, seconds=4)
def busy_subscriber_is_not_tried_by_another_trunk(bench):
    """486 of the first trunk is the answer of a person: no other trunk is asked."""
    call = bench.phone(101).invite("2125558888")
    bench.first.incoming().reply(486, "Busy Here")
    call.wait(486)
    time.sleep(0.3)
    check_equal("INVITEs to the second", bench.second.requests, [])


def _limited(bench):
    _two_providers(bench)
    bench.config["trunks"]["first"]["limits"] = {"calls_out": 1}


@scenario(_limited, seconds=4)
def full_trunk_is_passed_over(bench):
    """calls_out of the first trunk is reached: the second carries the next call."""
    one = bench.phone(101).invite("2125558888")
    bench.first.incoming().answer()
    one.answered()
    two = bench.phone(102).invite("2125558889")
    bench.second.incoming().answer()
    two.answered()
    one.hang_up()
    two.hang_up()


def _emergency(bench):
    _two_providers(bench)
    for name in ("first", "second"):
        bench.config["trunks"][name]["limits"] = {"calls_out": 1}
    del bench.config["trunks"]["second"]
    bench.config["trunk_groups"]["all"]["members"].pop()
    bench.config["extensions"][102]["plan"] = "closed"
    bench.config["plans"]["closed"] = {"rules": [{"to": "reject 403"}]}


@scenario(_emergency, seconds=4)
def emergency_call_takes_the_place_of_another(bench):
    """911 of an extension without rights, by a full trunk: an ordinary call makes room."""
    ordinary = bench.phone(101).invite("2125558888")
    first = bench.first.incoming()
    first.answer()
    ordinary.answered()
    urgent = bench.phone(102).invite("911")
    ordinary.wait_bye()
    incoming = bench.first.incoming()
    check_in("request URI", "sip:911@", incoming.invite.uri)
    incoming.answer()
    urgent.answered()
    urgent.hang_up()


def _hairpin(bench):
    bench.provider = add_provider(bench)
    bench.mobile = add_provider(bench, "mobile")
    bench.config["trunks"]["mobile"]["identity"]["trusted"] = True
    add_plans(bench, outgoing=())
    bench.config["plans"]["incoming"]["rules"] = [{"called": "+12125550101", "to": "trunk mobile"}]


@scenario(_hairpin, seconds=5)
def hairpin_call_keeps_the_number_of_its_caller(bench):
    """Trunk to trunk: the far side sees the first caller, and who sent the call on."""
    call = call_from(bench.provider, "2125550101", "2125557777")
    incoming = bench.mobile.incoming()
    check_in("From", "sip:+12125557777@", incoming.invite.get("from"))
    check_in("Diversion", "+12125550101", incoming.invite.get("diversion"))
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    incoming.hang_up()
    call.wait_bye()


@scenario(_hairpin, seconds=3)
def route_loop_gets_482(bench):
    """A call that comes back with our number among those that diverted it: 482 and a warning."""
    call = bench.provider.invite("2125550101", headers=[
        ("Diversion", "<sip:+12125550101@pbx>;reason=unconditional")])
    call.wait(482)
    bench.exchange.wait_log("route loop")


def _anonymous(bench):
    bench.provider = add_provider(bench)
    bench.trusted = add_provider(bench, "trusted")
    bench.config["trunks"]["trusted"]["identity"]["trusted"] = True
    add_plans(bench, outgoing=("provider",))
    bench.config["plans"]["outgoing"]["rules"].insert(
        0, {"called": "+1212555000!", "to": "trunk trusted"})


@scenario(_anonymous, seconds=4)
def hidden_number_is_told_to_trusted_trunks_alone(bench):
    """Privacy: id of a telephone: From is anonymous; P-Asserted-Identity only where trusted."""
    caller = bench.phone(101)
    for number, provider, is_named in (("2125550001", bench.trusted, True),
                                       ("2125558888", bench.provider, False)):
        call = caller.invite(number, headers=[("Privacy", "id")])
        invite = provider.incoming().invite
        check_in("From", "anonymous@anonymous.invalid", invite.get("from"))
        check_equal("Privacy", invite.get("privacy"), "id")
        check_equal("P-Asserted-Identity", invite.get("p-asserted-identity") is not None, is_named)
        check("+1212555" not in invite.get("contact"), "the Contact tells the number")
        call.cancel()


def _peer_with_password(bench):
    bench.config["trunks"] = {"branch": {"servers": [], "plan": "incoming", "challenge": {
        "username": "branch", "password": "e2e-branch-password"}}}
    add_plans(bench, incoming=[("+12125550101", "101")], outgoing=())


@scenario(_peer_with_password, seconds=4)
def peer_without_address_is_known_by_its_password(bench):
    """challenge: the other exchange calls from anywhere and answers our question."""
    called = bench.phone(101)
    branch = bench.phone("branch", is_registered=False)
    call = branch.invite("2125550101")
    called.incoming().answer()
    call.answered()
    call.hang_up()
    check_equal("trunk", bench.exchange.wait_cdr()["legs"][0]["trunk"], "branch")
    intruder = bench.phone("branch", password="wrong-password", is_registered=False)
    intruder.invite("2125550101").wait(401)


def _between_exchanges(bench):
    bench.other = second_exchange(bench)
    here, there = bench.network.exchange, bench.other.network.exchange
    bench.config["trunks"] = {"other": {"servers": [f"udp:{there}"], "plan": "incoming",
                                        "numbers": "as_dialled"}}
    bench.config["plans"] = {"incoming": {"rules": [{"called": "10X", "to": "extension"}]},
                             "outgoing": {"rules": [{"called": "20X", "to": "trunk other"}]}}
    bench.config["defaults"] = {"extension": {"plan": "outgoing"}}
    config = bench.other.config
    config["extensions"] = {number: {"password": f"e2e-{number}-password"}
                            for number in range(201, 204)}
    config["trunks"] = {"main": {"servers": [f"udp:{here}"], "plan": "incoming",
                                 "numbers": "as_dialled"}}
    config["plans"] = {"incoming": {"rules": [{"called": "20X", "to": "extension"}]},
                       "outgoing": {"rules": [{"called": "10X", "to": "trunk main"}]}}
    config["defaults"] = {"extension": {"plan": "outgoing"}}


@scenario(_between_exchanges, seconds=8)
def two_exchanges_call_each_other(bench):
    """An extension of one house dials an extension of the other, both ways."""
    bench.other.start()
    here = bench.phone(101)
    there = bench.phone(201, exchange=bench.other.address)
    call = here.invite("201")
    incoming = there.incoming()
    check_in("From", "sip:101@", incoming.invite.get("from"))
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    back = there.invite("101")
    incoming = here.incoming()
    incoming.answer()
    back.answered()
    both_talk(back, incoming)
    back.hang_up()
    incoming.wait_bye()
    check_equal("records", len(bench.other.wait_cdrs(2)), 2)


@scenario(_one_provider, seconds=4)
def redirect_of_a_trunk_is_followed_by_that_trunk(bench):
    """302: the same trunk calls the number that it named."""
    call = bench.phone(101).invite("2125558888")
    bench.provider.incoming().reply(302, "Moved", headers=[
        ("Contact", f"<sip:+12125556666@{bench.provider.ip}>")])
    incoming = bench.provider.incoming()
    check_in("request URI", "sip:+12125556666@", incoming.invite.uri)
    incoming.answer()
    call.answered()
    call.hang_up()


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
    said = again.get("authorization" if status == 401 else "proxy-authorization")
    fields = dict(re.findall(r'(\w+)="?([^",]*)"?', said))
    check_equal("realm", unquoted(said, "realm"), realm)
    expected = digest_answer("account", realm, "e2e-secret", again, fields, nonce)
    check_equal("answer to the challenge", fields["response"], expected)
    return again


def unquoted(said, name):
    return re.search(rf'{name}="((?:[^"\\]|\\.)*)"', said).group(1)


def digest_answer(user, realm, password, request, fields, nonce):
    def md5(*parts):
        return hashlib.md5(":".join(parts).encode()).hexdigest()
    return md5(md5(user, realm, password), nonce, fields["nc"], fields["cnonce"], fields["qop"],
               md5(request.method, fields["uri"]))


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


def _asked_for_health(bench):
    _two_providers(bench)
    bench.config["trunks"]["first"]["health"] = {"interval": "1s", "down_after": 2, "up_after": 2}


def answer_options(provider, count, status=200):
    for _ in range(count):
        provider.reply(provider.expect("OPTIONS", timeout=12), status)


@scenario(_asked_for_health, seconds=20)
def dead_trunk_is_found_by_options_and_skipped_without_a_wait(bench):
    """No answers: down, and the call goes to the second at once; answers: up again."""
    answer_options(bench.first, 1, 404)  # somebody is there
    bench.exchange.wait_log("trunk=first up")
    bench.first.is_deaf = True
    bench.exchange.wait_log("trunk=first down")
    began = time.monotonic()
    call = bench.phone(101).invite("2125558888")
    bench.second.incoming().reply(486, "Busy Here")
    check(time.monotonic() - began < 1.5, "the dead trunk was waited for")
    call.wait(486)
    bench.first.is_deaf = False
    answer_options(bench.first, 2)
    wait_until("the trunk to be up again", lambda: bench.exchange.log_text().count(
        "trunk=first up") == 2)
    bench.phone(102).invite("2125558888")
    bench.first.incoming().reply(486, "Busy Here")


def _found_by_dns(bench):
    bench.first = add_provider(bench, "first")
    bench.second = add_provider(bench, "second")
    del bench.config["trunks"]["second"]
    bench.dns = DnsServer(bench.network.address(), {
        (NAPTR, "example.test"): [(10, 10, "s", "SIP+D2U", "_sip._udp.example.test")],
        (SRV, "_sip._udp.example.test"): [(20, 0, 5060, "b.example.test"),
                                          (10, 0, 5060, "a.example.test")],
        (A, "a.example.test"): [bench.first.ip], (A, "b.example.test"): [bench.second.ip]})
    bench.stops(bench.dns)
    resolv_conf = os.path.join(bench.directory, "resolv.conf")
    with open(resolv_conf, "w", encoding="utf-8") as file:
        file.write(f"nameserver {bench.dns.address}\n")
    bench.config["server"]["resolv_conf"] = resolv_conf
    bench.config["trunks"]["first"]["servers"] = ["example.test"]
    add_plans(bench, incoming=[("+12125550101", "101")], outgoing=("first",))


@scenario(_found_by_dns, seconds=6)
def servers_of_a_trunk_are_found_by_naptr_and_srv(bench):
    """The SRV of lower priority is called first, the other after 503; both may call us."""
    bench.exchange.wait_log("trunk=first unknown")
    caller = bench.phone(101)
    wait_until("the name to be resolved", lambda: (A, "b.example.test") in bench.dns.asked)
    call = caller.invite("2125558888")
    incoming = bench.first.incoming()
    check_in("request URI", "sip:+12125558888@example.test", incoming.invite.uri)
    incoming.reply(503, "Service Unavailable")
    bench.second.incoming().answer()
    call.answered()
    call.hang_up()
    back = call_from(bench.second, "2125550101", "2125557777")
    caller.incoming().answer()
    back.answered()
    back.hang_up()


def _with_rights(bench):
    _one_provider(bench)
    bench.config["rights"] = {"staff": {"destinations": ["internal", "national", "local"]}}
    bench.config["extensions"][101]["rights"] = "staff"


@scenario(_with_rights, seconds=4)
def call_beyond_the_rights_is_refused_and_counted(bench):
    """International is not among the rights: 403, a record, a figure; national passes."""
    caller = bench.phone(101)
    response = caller.invite("011493012345678").invite.wait(timeout=40)
    check_equal("status", response.status, 403)
    record = bench.exchange.wait_cdr()
    check_equal("outcome", record["outcome"], "refused")
    wait_until("the figure", lambda: bench.exchange.metric("strowger_call_rights_refused") == 1)
    allowed = caller.invite("2125558888")
    bench.provider.incoming().reply(486, "Busy Here")
    allowed.wait(486)


def _night_mode(bench):
    _one_provider(bench)
    bench.config["schedules"] = {"office": {"zone": "UTC", "code": "*28", "week": {
        day: ["00:00-24:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday",
                                         "saturday", "sunday")}}}
    bench.config["plans"]["incoming"]["rules"] = [
        {"schedule": "office", "to": "extension 101"}, {"to": "extension 102"}]


@scenario(_night_mode, seconds=10)
def night_mode_turns_calls_and_outlives_a_restart(bench):
    """By feature code and by command; a killed daemon remembers it."""
    day, night = bench.phone(101), bench.phone(102)

    def rings():
        call = call_from(bench.provider, "2125550101", "2125557777")
        who = wait_until("a telephone to ring", lambda: next(
            (phone for phone in (day, night) if phone.requests
             and phone.requests[-1].method == "INVITE"
             and phone.requests[-1] not in seen), None))
        seen.append(who.requests[-1])
        call.cancel()
        return who

    seen = []
    check_equal("by day", rings().user, "101")
    service = day.invite("*28")
    service.answered()
    service.wait_bye()
    check_equal("by night", rings().user, "102")
    check_in("schedules", "closed", bench.exchange.text("schedules"))
    time.sleep(0.5)
    bench.exchange.restart_after_kill()
    for phone in (day, night):
        phone.register()
    check_equal("after the restart", rings().user, "102")
    bench.exchange.text("set-schedule", "office", "none")
    check_equal("by day again", rings().user, "101")


@scenario(_one_provider, seconds=3)
def trunks_are_shown_by_the_command(bench):
    """strowger trunks: name, state, calls."""
    call = bench.phone(101).invite("2125558888")
    bench.provider.incoming().answer()
    call.answered()
    row = bench.exchange.json("trunks")["trunks"][0]
    check_equal("row", (row["name"], row["calls_out"], row["state"]), ("provider", 1, "up"))
    check_in("table", "provider", bench.exchange.text("trunks"))
    call.hang_up()


def _by_header(bench):
    _one_provider(bench)
    bench.config["plans"]["incoming"]["rules"] = [
        {"headers": ["X-Line: gold"], "to": "extension 102"}, {"to": "extension 101"}]


@scenario(_by_header, seconds=4)
def header_of_the_invite_decides_the_route(bench):
    """A rule with a header condition: X-Line: gold rings another extension."""
    usual, gold = bench.phone(101), bench.phone(102)
    for headers, called in (([("X-Line", "gold")], gold), ([("X-Line", "tin")], usual)):
        call = bench.provider.invite("2125550101", headers=headers)
        called.incoming().reply(486, "Busy Here")
        call.wait(486)


def _watched(bench):
    _one_provider(bench)
    bench.config["fraud"] = {"international_per_hour": 1}


@scenario(_watched, seconds=6)
def calls_abroad_block_the_extension_until_it_is_lifted(bench):
    """The second call abroad within an hour blocks: 403, an error, a list; lift lets it call."""
    caller = bench.phone(101)
    for _ in range(2):
        call = caller.invite("011493012345678")
        bench.provider.incoming().reply(486, "Busy Here")
        call.wait(486)
    bench.exchange.wait_log("error", "fraud extension=101 blocked")
    check_equal("status", caller.invite("2125558888").invite.wait(timeout=40).status, 403)
    check_in("list", "international calls", bench.exchange.text("fraud", "list"))
    bench.exchange.text("fraud", "lift", "101")
    call = caller.invite("2125558888")
    bench.provider.incoming().reply(486, "Busy Here")
    call.wait(486)


def write_prompt(bench, name, frequency=660, seconds=1.5, rate=8000):
    """A prompt of the house that is a tone."""
    directory = os.path.join(bench.directory, "data", "prompts", "en")
    os.makedirs(directory, exist_ok=True)
    samples = (int(9000 * math.sin(2 * math.pi * frequency * i / rate))
               for i in range(int(seconds * rate)))
    with wave.open(os.path.join(directory, f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


def _with_prompts(bench):
    _with_rights(bench)
    write_prompt(bench, "not_allowed")
    write_prompt(bench, "closed")
    bench.config["plans"]["incoming"]["rules"] = [{"to": "announcement closed"}]


@scenario(_with_prompts, seconds=6)
def refusal_is_announced_to_the_caller(bench):
    """The prompt is heard as early media, then comes the 403."""
    call = bench.phone(101).invite("011493012345678")
    call.wait(183)
    hear("the caller", call.media, 660)
    check_equal("status", call.invite.wait().status, 403)


@scenario(_with_prompts, seconds=6)
def announcement_of_a_plan_is_heard_and_ends_the_call(bench):
    """to: announcement: the call is answered, hears the file once, and is hung up."""
    call = call_from(bench.provider, "2125550101", "2125557777")
    call.answered()
    hear("the caller", call.media, 660)
    call.wait_bye()
