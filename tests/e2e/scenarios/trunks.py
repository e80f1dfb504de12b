"""Calls that come and go by trunks: numbers, limits, redirection, what the command shows."""

import time

from providers import add_plans, both_talk, call_from, one_provider, two_providers
from scenario import scenario
from waiting import check_equal, check_in


@scenario(one_provider, seconds=5)
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


@scenario(one_provider, seconds=5)
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


@scenario(one_provider, seconds=3)
def call_for_an_unknown_did_gets_404(bench):
    """No rule matches: 404 and a record."""
    call_from(bench.provider, "2125559999", "2125557777").wait(404)
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "failed")


@scenario(one_provider, seconds=3)
def stranger_is_challenged_whatever_he_says(bench):
    """An address that is no trunk's is asked for a password; only the provider is not."""
    stranger = bench.phone("stranger", is_registered=False)
    transaction = stranger.invite("2125550101", headers=[
        ("P-Asserted-Identity", "<sip:+12125557777@provider>")])
    transaction.invite.is_answering_challenges = False
    transaction.wait(401)
    check_equal("records", bench.exchange.cdrs(), [])


@scenario(two_providers, seconds=4)
def busy_subscriber_is_not_tried_by_another_trunk(bench):
    """486 of the first trunk is the answer of a person: no other trunk is asked."""
    call = bench.phone(101).invite("2125558888")
    bench.first.incoming().reply(486, "Busy Here")
    call.wait(486)
    time.sleep(0.3)
    check_equal("INVITEs to the second", bench.second.requests, [])


def _limited(bench):
    two_providers(bench)
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
    two_providers(bench)
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


@scenario(one_provider, seconds=4)
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


@scenario(one_provider, seconds=3)
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
    one_provider(bench)
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
