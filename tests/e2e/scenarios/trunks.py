"""Calls that come and go by trunks, with a scripted provider and with a second exchange."""

import time

from providers import add_plans, add_provider, second_exchange
from rtp import Tone
from scenario import scenario
from scenarios.talk import both_hear
from waiting import check, check_equal, check_in

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
