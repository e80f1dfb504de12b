"""Providers as they are met in the field: what RFC 3261 leaves open, and what it does not."""

import time

from providers import add_plans, add_provider, both_talk, one_provider, two_providers
from rtp import Tone
from scenario import scenario
from scenarios.talk import hear
from waiting import check, check_equal, check_in, wait_until


def ringing(bench):
    """A call of 101 to the provider, and the provider's side of it."""
    call = bench.phone(101).invite("2125558888")
    return call, bench.provider.incoming()


@scenario(one_provider, seconds=3)
def progress_without_sound_becomes_ringing(bench):
    """183 without SDP: the telephone is told to ring and makes its own tone."""
    call, incoming = ringing(bench)
    incoming.ring(183)
    response = call.wait(180)
    check_equal("body", response.body, "")
    incoming.answer()
    call.answered()
    call.hang_up()


@scenario(one_provider, seconds=5)
def announcement_before_the_answer_is_heard(bench):
    """183 with SDP and a tone: early media reaches the caller, who then hears 404."""
    call, incoming = ringing(bench)
    incoming.ring(183, body=incoming.describe())
    call.wait(183)
    incoming.media.tone = Tone(660)
    hear("the caller", call.media, 660)
    incoming.reply(404, "Not Found", headers=[("Reason", "Q.850;cause=1")])
    call.wait(404)


@scenario(one_provider, seconds=4)
def call_without_an_offer_from_a_trunk_is_answered_with_ours(bench):
    """A delayed offer: our SDP is in the 200, the provider's in its ACK."""
    called = bench.phone(101)
    call = bench.provider.invite("2125550101", body="")
    called.incoming().answer()
    response = call.wait(200)
    check_in("our offer", "m=audio", response.body)
    call.establish(response)
    call.take(response.body)
    call.send_ack(response, call.describe())
    time.sleep(0.3)
    call.hang_up()
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "answered")


@scenario(one_provider, seconds=4)
def answer_without_a_contact_can_be_hung_up(bench):
    """No Contact in the 200: ACK and BYE go where the answer came from."""
    call, incoming = ringing(bench)
    incoming.reply(200, body=incoming.describe(), headers=[("Contact", None)])
    incoming.wait_ack()
    call.answered()
    call.hang_up()
    incoming.wait_bye()


@scenario(one_provider, seconds=4)
def answer_with_a_contact_out_of_reach_can_be_hung_up(bench):
    """A Contact behind somebody's NAT: ACK and BYE go where the answer came from all the same."""
    call, incoming = ringing(bench)
    incoming.reply(200, body=incoming.describe(),
                   headers=[("Contact", "<sip:gw@10.255.255.1:5999>")])
    incoming.wait_ack()
    call.answered()
    call.hang_up()
    incoming.wait_bye()


@scenario(one_provider, seconds=6)
def refused_reinvite_leaves_the_talk_as_it_was(bench):
    """The telephone holds: the provider is not bothered; its own re-INVITE is answered."""
    call, incoming = ringing(bench)
    incoming.answer()
    call.answered()
    call.reinvite("sendonly")
    time.sleep(0.3)
    check_equal("requests to the provider", [r.method for r in incoming.requests], [])
    call.reinvite("sendrecv")
    incoming.reinvite("sendrecv")
    both_talk(call, incoming)
    call.hang_up()


@scenario(one_provider, seconds=4)
def challenge_that_cannot_be_answered_fails_the_call(bench):
    """401 for a trunk without a login, with a realm full of quotes: the call fails, once."""
    call, incoming = ringing(bench)
    incoming.reply(401, headers=[("WWW-Authenticate",
                                  r'Digest realm="\"odd\" = , realm", nonce="x", algorithm=MD5')])
    call.invite.wait()
    check_equal("INVITEs", sum(r.method == "INVITE" for r in bench.provider.requests), 1)
    bench.exchange.wait_log("trunk=provider refused", "login")


def _by_tcp(bench):
    bench.provider = bench.phone("provider", is_registered=False)
    add_plans(bench, incoming=[("+12125550101", "101")], outgoing=())
    bench.config["trunks"] = {"provider": {
        "servers": [f"tcp:{bench.provider.ip}"], "plan": "incoming", "health": {"interval": "0"}}}


@scenario(_by_tcp, seconds=4)
def trunk_calls_over_tcp(bench):
    """The provider calls by a connection of its own; it is known by its address."""
    called = bench.phone(101)
    provider = bench.phone("12125557777", is_registered=False, transport="tcp",
                           ip=bench.provider.ip)
    call = provider.invite("2125550101")
    incoming = called.incoming()
    check_in("From", "sip:+12125557777@", incoming.invite.get("from"))
    incoming.answer()
    call.answered()
    call.hang_up()


def _two_networks(bench):
    """Telephones and the provider see different addresses of the exchange."""
    bench.outside = bench.network.address()
    bench.provider = add_provider(bench, profile="outside")
    bench.provider.exchange = (bench.outside, 5060)
    bench.config["profiles"]["outside"] = {"listen": [f"udp:{bench.outside}:5060"]}
    add_plans(bench, incoming=[("+12125550101", "101")])


@scenario(_two_networks, seconds=5)
def provider_sees_nothing_of_the_inside(bench):
    """Neither the telephone's address nor ours inside is in any message to the provider."""
    phone = bench.phone(101)
    call = phone.invite("2125558888", headers=[("Diversion", f"<sip:102@{phone.ip}>")])
    incoming = bench.provider.incoming()
    incoming.answer()
    call.answered()
    call.reinvite("sendonly")
    call.hang_up()
    incoming.wait_bye()
    back = bench.provider.invite("2125550101")
    phone.incoming().reply(486, "Busy Here")
    back.wait(486)
    text = "\n".join(str(message) for message in bench.provider.requests)
    text += "\n".join(str(response) for response in back.invite.responses)
    for inside in (phone.ip, bench.network.exchange):
        check(f"{inside}:" not in text and f"{inside}\r" not in text and f"{inside};" not in text
              and f"{inside}>" not in text, f"the provider was told of {inside}:\n{text}")
    check_in("our address outside", bench.outside, text)


def _busy_provider(bench):
    one_provider(bench)
    bench.config["trunks"]["provider"]["limits"] = {"calls_per_second": 1}


@scenario(_busy_provider, seconds=4)
def calls_above_the_rate_of_a_trunk_are_refused(bench):
    """calls_per_second: the second call within a second finds no trunk."""
    caller = bench.phone(101)
    first = caller.invite("2125558888")
    bench.provider.incoming()
    caller.invite("2125558889").wait(503)
    first.cancel()
    wait_until("the first call to end", lambda: len(bench.exchange.cdrs()) == 2)


@scenario(two_providers, seconds=8)
def server_that_wakes_too_late_is_told_to_stop(bench):
    """It answers a repetition after the call went on to the next trunk: CANCEL, and no ringing."""
    bench.first.is_deaf = True
    call = bench.phone(101).invite("2125558888")
    incoming = bench.second.incoming()
    bench.first.is_deaf = False
    late = bench.first.incoming()
    late.ring()
    bench.first.expect("CANCEL")
    incoming.answer()
    call.answered()
    call.hang_up()
