"""Odd providers played by sipp: what it expects of us is in its scenario, so it is a second opinion
beside the scripted ones."""

import re
import time

from providers import add_plans
from rtp import Tone
from scenario import scenario
from scenarios.talk import hear
from sip_message import Credentials
from waiting import check, check_equal, check_in, wait_until

PASSWORD = "e2e-secret"
ODD_REALM = r'The \"old\"  exchange, Zürich = №1 '
NONCE = "bm9uY2U="


def _sipp_provider(bench):
    """A trunk to an address where sipp will be."""
    bench.address = bench.network.address()
    bench.config["trunks"] = {"provider": {
        "servers": [f"udp:{bench.address}"], "plan": "incoming", "health": {"interval": "0"},
        "login": {"username": "account", "password": PASSWORD}}}
    add_plans(bench, incoming=[("+12125550101", "101")])


def begin(bench, name, *extra, **options):
    """Sipp as the provider, with the scenario provider_`name`."""
    sipp = bench.sipp(f"provider_{name}", service="gateway", ip=bench.address, extra=extra,
                      **options)
    sipp.wait_listening()
    return sipp


def hears_echo(call, since=0.0):
    """Sipp returns what it hears."""
    call.media.tone = Tone(520)
    hear("its own echo", call.media, 520, since=since)


@scenario(_sipp_provider, seconds=4)
def realm_of_quotes_and_umlauts_is_answered(bench):
    """401 with spaces, commas, escaped quotes and UTF-8 in the realm: repeated as it was."""
    sipp = begin(bench, "odd_realm", "-key", "realm", ODD_REALM, "-key", "nonce", NONCE)
    call = bench.phone(101).invite("2125558888")
    call.answered()
    call.hang_up()
    sipp.finish()
    said = Credentials(re.search("^Authorization: (.*?)\r?$", sipp.messages(), re.M).group(1))
    check_equal("realm", said.get("realm"), ODD_REALM)
    check(said.is_answer(PASSWORD, "INVITE", NONCE), "the answer to the challenge is wrong")


@scenario(_sipp_provider, seconds=4)
def progress_then_ringing_then_an_answer_become_a_talk(bench):
    """183 without a description, 180, 200: ringing twice, no early media, then audio."""
    sipp = begin(bench, "progress_without_sound", "-rtp_echo", "-d", "300")
    call = bench.phone(101).invite("2125558888")
    call.answered()
    ringing = [response for response in call.invite.responses if 100 < response.status < 200]
    check(ringing, "no ringing reached the caller")
    check(all(response.status == 180 and not response.body for response in ringing),
          f"the caller was told {call.invite.statuses()}")
    hears_echo(call)
    call.hang_up()
    sipp.finish()


@scenario(_sipp_provider, seconds=5)
def provider_that_never_offers_is_offered_to(bench):
    """INVITE and re-INVITE without a description: ours is in both 200s, audio goes on."""
    called = bench.phone(101)
    sipp = bench.sipp("provider_calls_without_offer", service="2125550101", ip=bench.address,
                      extra=["-rtp_echo", "-d", "1200"])
    incoming = called.incoming()
    check_in("From", "sip:+12125557777@", incoming.invite.get("from"))
    incoming.answer()
    hears_echo(incoming)
    incoming.wait_bye()
    sipp.finish()


@scenario(_sipp_provider, seconds=4)
def provider_that_redirects_to_itself_is_called_again(bench):
    """302 to another number at the same address: called there, with the number that diverted."""
    sipp = begin(bench, "redirects", calls=2)
    call = bench.phone(101).invite("2125558888")
    call.answered()
    call.hang_up()
    sipp.finish()
    second = sipp.messages().split("INVITE sip:+12125556666@", 1)[1]
    check_in("Diversion", "+12125558888", second)


@scenario(_sipp_provider, seconds=18)
def refused_refresh_does_not_end_the_talk(bench):
    """488 to the re-INVITE that refreshes the session: both go on talking until one hangs up."""
    sipp = begin(bench, "refuses_reinvite", "-rtp_echo")
    call = bench.phone(101).invite("2125558888")
    call.answered()
    wait_until("the refresh to be refused", lambda: "488 Not Acceptable" in sipp.messages())
    hears_echo(call, since=time.monotonic())
    call.hang_up()
    sipp.finish()


@scenario(_sipp_provider, seconds=4)
def provider_that_demands_prack_and_refuses_it_is_called(bench):
    """180 with Require: 100rel, then 501 to our PRACK: it rings, and the answer is taken."""
    sipp = begin(bench, "refuses_prack", "-rtp_echo")
    call = bench.phone(101).invite("2125558888")
    call.answered()
    check_in("statuses", 180, call.invite.statuses())
    hears_echo(call)
    call.hang_up()
    sipp.finish()


def _hangs_up_at(bench, contact):
    """A call to a provider with this Contact: sipp gets its ACK and its BYE, or fails."""
    sipp = begin(bench, "odd_contact", "-key", "contact", contact, "-rtp_echo")
    call = bench.phone(101).invite("2125558888")
    call.answered()
    hears_echo(call)
    call.hang_up()
    sipp.finish()


@scenario(_sipp_provider, seconds=4)
def contact_without_a_user_gets_ack_and_bye(bench):
    """<sip:@host:port>: nothing before the @."""
    _hangs_up_at(bench, f"<sip:@{bench.address}:5060>")


@scenario(_sipp_provider, seconds=4)
def contact_without_brackets_gets_ack_and_bye(bench):
    """A bare URI with parameters, which belong to the header field."""
    _hangs_up_at(bench, f"sip:gateway@{bench.address}:5060;expires=60;x=\"a, b\"")


@scenario(_sipp_provider, seconds=4)
def contact_that_is_never_closed_gets_ack_and_bye(bench):
    """<sip:gateway@host:port without its closing bracket."""
    _hangs_up_at(bench, f"<sip:gateway@{bench.address}:5060")
