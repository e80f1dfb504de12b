"""How calls begin and end: refusals, ringing, forks, redirection, timers, answers of the RFCs."""

import time

from rtp import Tone
from scenario import scenario
from scenarios.talk import both_hear, hear, media_of, talk
from sip_message import parameter
from waiting import check, check_equal, check_in, wait_until


def expect_record(bench, outcome, sip, q850, ended_by=None):
    """The one record of the one call, with its outcome and cause."""
    record = bench.exchange.wait_cdr()
    check_equal("outcome and cause",
                (record["outcome"], record["cause"]["sip"], record["cause"]["q850"]),
                (outcome, sip, q850))
    if ended_by:
        check_equal("ended by", record["ended_by"], ended_by)
    return record


@scenario(seconds=2)
def call_to_nobody_gets_404(bench):
    """An unknown number: 404 and a record that says why."""
    response = bench.phone(101).invite("777").wait(404)
    check_in("Reason", "cause=1", response.get("reason") or "")
    expect_record(bench, "failed", 404, 1, "exchange")


@scenario(seconds=2)
def call_to_unregistered_extension_gets_480(bench):
    """The extension exists, no telephone has registered."""
    bench.phone(101).invite("103").wait(480)
    expect_record(bench, "failed", 480, 20)


@scenario(seconds=3)
def busy_telephone_is_reported_busy(bench):
    """486 of the called telephone reaches the caller with its cause."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    called.incoming().reply(486, "Busy Here")
    call.wait(486)
    expect_record(bench, "busy", 486, 17, "called")


def _one_call(bench):
    bench.config["extensions"][102]["calls_max"] = 1


@scenario(_one_call, seconds=4)
def extension_at_its_call_limit_is_busy(bench):
    """calls_max of an extension: one more caller hears busy, the talk goes on."""
    call, incoming = talk(bench)
    bench.phone(103).invite("102").wait(486)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=3)
def declined_call_is_refused(bench):
    """603 ends the call at once for the caller."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    called.incoming().reply(603, "Decline")
    response = call.invite.wait()
    check_equal("status", response.status, 603)
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "refused")


def _short_ringing(bench):
    bench.config["extensions"][102]["ring_time"] = "5s"


@scenario(_short_ringing, seconds=9)
def unanswered_call_ends_after_the_ring_time(bench):
    """Nobody answers: 480 to the caller, CANCEL to the telephone, outcome no_answer."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.ring()
    call.wait(180)
    call.wait(480)
    called.expect("CANCEL")
    incoming.wait_ack()
    expect_record(bench, "no_answer", 480, 19)


@scenario(seconds=3)
def caller_cancels_and_the_telephone_stops_ringing(bench):
    """CANCEL: 200 and 487 for the caller, CANCEL for the called telephone."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.ring()
    call.wait(180)
    call.cancel().wait(200)
    call.wait(487)
    called.expect("CANCEL")
    expect_record(bench, "cancelled", 487, 16, "caller")


@scenario(seconds=4)
def answer_that_crosses_a_cancel_is_released(bench):
    """The 200 comes although the CANCEL is out: it is acknowledged and ended by BYE."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.ring()
    call.wait(180)
    # This telephone answers instead of taking the CANCEL: the request crosses its 200.
    called._on_cancel = lambda request: (called.reply(request, 481), incoming.reply(
        200, body=incoming.describe()))
    call.cancel().wait(200)
    call.wait(487)
    incoming.wait_bye()
    expect_record(bench, "cancelled", 487, 16)


@scenario(seconds=3)
def no_common_codec_gets_488(bench):
    """sipp offers G.729 alone."""
    bench.phone(102)
    bench.sipp("call_no_codec", user=101, service="102").finish()
    expect_record(bench, "failed", 488, 88)


@scenario(seconds=4)
def delayed_offer_is_offered_to(bench):
    """sipp sends an INVITE without a description: the 200 offers, the ACK answers, audio flows."""
    called = bench.phone(102)
    sipp = bench.sipp("call_delayed_offer", user=101, service="102",
                      extra=["-rtp_echo", "-d", "1500"])
    incoming = called.incoming()
    incoming.ring()
    incoming.answer()
    incoming.media.tone = Tone(660)
    hear("its own echo from sipp", incoming.media, 660, 0.3)
    sipp.finish()
    incoming.wait_bye()
    expect_record(bench, "answered", 200, 16, "caller")


@scenario(seconds=4)
def delayed_offer_of_a_scripted_telephone_is_answered_in_the_ack(bench):
    """The same with tones both ways."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102", body="")
    incoming = called.incoming()
    incoming.answer()
    response = call.wait(200)
    check_in("offer in the 200", "m=audio", response.body)
    call.establish(response)
    call.send_ack(response, call.describe())
    call.take(response.body)
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=4)
def early_media_is_heard_before_the_answer(bench):
    """183 with a description: the caller hears the tone while it rings."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.ring(183, body=incoming.describe())
    incoming.media.tone = Tone(620)
    call.wait(183)
    check(call.remote_sdp is not None, "the 183 has no description")
    hear("the caller", call.media, 620)
    incoming.answer()
    call.answered()
    call.media.tone = Tone(440)
    hear("the called side", incoming.media, 440)
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=4)
def early_media_of_sipp_passes(bench):
    """sipp answers 183 with a description, then 200."""
    address = bench.network.address()
    bench.sipp("register", user=102, service="102", ip=address).finish()
    sipp = bench.sipp("answer_early_media", service="102", ip=address, extra=["-d", "500"])
    call = bench.phone(101).invite("102")
    call.wait(183)
    call.answered()
    call.hang_up()
    sipp.finish()


@scenario(seconds=4)
def ringing_is_reliable_for_a_caller_that_wants_it(bench):
    """sipp supports 100rel: 180 with RSeq, PRACK, 200."""
    called = bench.phone(102)
    sipp = bench.sipp("call_100rel", user=101, service="102", extra=["-d", "300"])
    incoming = called.incoming()
    incoming.ring()
    wait_until("the PRACK", lambda: "PRACK sip" in sipp.messages())
    incoming.answer()
    sipp.finish()
    incoming.wait_bye()


@scenario(seconds=4)
def reliable_ringing_of_a_telephone_is_acknowledged(bench):
    """sipp rings reliably: the exchange sends PRACK with the right RAck."""
    address = bench.network.address()
    bench.sipp("register", user=102, service="102", ip=address).finish()
    sipp = bench.sipp("answer_100rel", service="102", ip=address)
    call = bench.phone(101).invite("102")
    call.answered()
    call.hang_up()
    sipp.finish()


@scenario(seconds=3)
def session_timer_too_short_gets_422_and_the_right_one_runs(bench):
    """sipp: Session-Expires 60 gets 422 with Min-SE 90; with 90 it is granted and refreshed."""
    called = bench.phone(102)
    sipp = bench.sipp("call_session_timer", user=101, service="102")
    incoming = called.incoming()
    incoming.answer()
    sipp.finish()
    incoming.wait_bye()


@scenario(lambda bench: bench.profile.update(session_timer={"expires": "90s"}), seconds=50)
def session_is_refreshed_by_the_exchange(bench):
    """Session-Expires 90, refresher=uas: refreshed at half of it, audio goes on."""
    caller, called = bench.phone(101), bench.phone(102)
    timer = [("Supported", "timer"), ("Session-Expires", "90;refresher=uas"), ("Min-SE", "90")]
    call = caller.invite("102", headers=timer)
    incoming = called.incoming()
    check_in("Session-Expires to the called side", "90",
             incoming.invite.get("session-expires") or "")
    incoming.answer()
    response = call.answered()
    check_in("Session-Expires of the 200", "refresher=uas", response.get("session-expires") or "")
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    refresh = wait_until("a refresh of the caller's session", lambda: [
        r for r in call.requests if r.method in ("INVITE", "UPDATE")], timeout=75)[0]
    check_in("Session-Expires of the refresh", "90", refresh.get("session-expires") or "")
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=4)
def fork_is_won_by_the_first_answer(bench):
    """Two telephones of one extension ring; one answers, the other is cancelled with a Reason."""
    caller = bench.phone(101)
    desk, mobile = bench.phone(102), bench.phone(102)
    call = caller.invite("102")
    at_desk, at_mobile = desk.incoming(), mobile.incoming()
    at_desk.ring()
    at_mobile.ring()
    at_mobile.answer()
    call.answered()
    cancel = desk.expect("CANCEL")
    reasons = " ".join(cancel.all("reason"))
    check("SIP" in reasons and "cause=200" in reasons,  # RFC 3326 3.1: no missed call is shown
          f"Reason of the CANCEL: {reasons}")
    call.media.tone, at_mobile.media.tone = Tone(440), Tone(660)
    both_hear(call, at_mobile)
    call.hang_up()
    at_mobile.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("legs", len(record["legs"]), 3)


@scenario(seconds=4)
def fork_with_two_answers_keeps_one(bench):
    """Both telephones answer at once: one talks, the other is acknowledged and released."""
    caller = bench.phone(101)
    desk, mobile = bench.phone(102), bench.phone(102)
    call = caller.invite("102")
    sides = [desk.incoming(), mobile.incoming()]
    for side in sides:
        side.phone._on_cancel = lambda request, phone=side.phone: phone.reply(request, 481)
        side.ring()
    for side in sides:
        side.reply(200, body=side.describe())
    call.answered()
    for side in sides:
        side.wait_ack()
    wait_until("one of two to be released", lambda: [s for s in sides if s.bye] and True)
    winner, = [side for side in sides if not side.bye]
    call.media.tone, winner.media.tone = Tone(440), Tone(660)
    both_hear(call, winner)
    call.hang_up()
    winner.wait_bye()
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "answered")


@scenario(seconds=3)
def fork_tells_the_best_refusal(bench):
    """One telephone is busy, the other says 480 later: the caller hears busy."""
    caller = bench.phone(101)
    desk, mobile = bench.phone(102), bench.phone(102)
    call = caller.invite("102")
    at_desk, at_mobile = desk.incoming(), mobile.incoming()
    at_mobile.ring()
    at_desk.reply(486)
    at_mobile.reply(480)
    call.wait(486)


@scenario(seconds=3)
def redirection_to_another_extension_is_followed(bench):
    """302 with a Contact: the other extension rings and is told the diversion."""
    caller, first, second = bench.phone(101), bench.phone(102), bench.phone(103)
    call = caller.invite("102")
    incoming = first.incoming()
    incoming.reply(302, "Moved Temporarily", headers=[("Contact", f"<{second.uri('103')}>")])
    forwarded = second.incoming()
    check_in("Diversion", "102", forwarded.invite.get("diversion")
             or forwarded.invite.get("history-info") or "")
    forwarded.answer()
    call.answered()
    call.media.tone, forwarded.media.tone = Tone(440), Tone(660)
    both_hear(call, forwarded)
    call.hang_up()
    forwarded.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("called", (record["dialed"], record["called"]["number"]), ("102", "103"))


@scenario(lambda bench: bench.config.update(call={"hops_max": 3}), seconds=3)
def redirection_in_a_circle_ends(bench):
    """Two telephones send the caller to each other: refused as a loop within the limit."""
    caller, first, second = bench.phone(101), bench.phone(102), bench.phone(103)
    call = caller.invite("102")
    turns = 0
    while turns < 4:
        side, target = (first, "103") if turns % 2 == 0 else (second, "102")
        incoming = side.incoming()
        incoming.reply(302, headers=[("Contact", f"<{side.uri(target)}>")])
        turns += 1
    response = call.invite.wait()
    check_equal("status", response.status, 482)
    check_equal("cause", bench.exchange.wait_cdr()["cause"]["q850"], 25)


@scenario(seconds=3)
def reason_of_the_hang_up_is_kept(bench):
    """A BYE with Reason: the other side is told, the record keeps the cause."""
    call, incoming = talk(bench)
    incoming.hang_up([("Reason", 'Q.850;cause=38;text="Network out of order"')])
    bye = call.wait_bye()
    check_in("Reason", "cause=38", bye.get("reason") or "")
    expect_record(bench, "answered", 200, 38, "called")


@scenario(seconds=4)
def both_hang_up_at_once(bench):
    """BYE crosses BYE: both are answered, one record."""
    call, incoming = talk(bench)
    first, second = call.request("BYE"), incoming.request("BYE")
    check(first.wait().status in (200, 481), "the caller's BYE")
    check(second.wait().status in (200, 481), "the called side's BYE")
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "answered")
    check_equal("calls", bench.exchange.calls(), [])


@scenario(seconds=5)
def offer_during_an_offer_gets_491(bench):
    """Two re-INVITEs at once: the second is refused, and the next one works."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    first = call.request("INVITE", call.describe("sendonly"))
    second = call.request("INVITE", call.describe("sendrecv"))
    statuses = []
    for transaction in (first, second):
        response = transaction.wait()
        statuses.append(response.status)
        if response.status == 200:
            call.send_ack(response)
    check(statuses[0] == 200 and statuses[1] in (200, 491, 500), f"answers {statuses}")
    call.reinvite("sendrecv")
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=3)
def offer_without_common_codec_in_mid_call_leaves_the_talk(bench):
    """A re-INVITE with G.729 alone gets 488, and the talk goes on as it was."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    body = call.describe(payload_types=(18,))
    refused = call.request("INVITE", body)
    check_equal("status", refused.wait().status, 488)
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=3)
def update_in_mid_call_holds_too(bench):
    """UPDATE with an offer is answered (RFC 3311)."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    response = call.request("UPDATE", call.describe("sendonly")).wait(200)
    check_in("answer", "a=recvonly", response.body)
    wait_until("the state held", lambda: bench.exchange.wait_calls(1)[0]["state"] == "held")
    call.request("UPDATE", call.describe("sendrecv")).wait(200)
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()


@scenario(lambda bench: bench.config["media"].update(rtp_timeout="5s", rtp_timeout_hold="5s"),
          seconds=10)
def call_whose_audio_stops_is_released(bench):
    """No RTP for rtp_timeout: BYE to both, and the record says why."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    call.media.is_muted = True
    begin = time.monotonic()
    call.wait_bye(timeout=20)
    incoming.wait_bye()
    check(time.monotonic() - begin > 4, "the call was released too early")
    record = expect_record(bench, "answered", 200, 41, "exchange")
    check(media_of(record, "caller")["received"]["packets"] > 0, "packets of the caller")


def _two_calls(bench):
    bench.config["server"]["limits"] = {"calls_max": 1, "retry_after": "7s"}


@scenario(_two_calls, seconds=4)
def busy_exchange_gets_503_with_retry_after(bench):
    """calls_max reached: 503 and Retry-After; the talk goes on; later calls are taken again."""
    call, incoming = talk(bench)
    other = bench.phone(103)
    refused = other.invite("*43").wait(503)
    check_equal("Retry-After", (refused.get("retry-after") or "").split(";")[0], "7")
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    bench.exchange.wait_calls(0)
    again = other.invite("*43")
    again.answered()
    again.hang_up()


def _few_ports(bench):
    bench.config["media"].update(rtp_ports="40000-40099", port_quarantine="2m")
    bench.config["server"]["limits"]["calls_max"] = 20


@scenario(_few_ports, seconds=6)
def call_without_a_free_port_gets_503(bench):
    """All audio ports rest after earlier calls: 503 with Retry-After, and a record that says it."""
    phone = bench.phone(101)
    for _ in range(50):
        call = phone.invite("*43")
        call.answered()
        call.hang_up()
    refused = phone.invite("*43").wait(503)
    check(refused.get("retry-after"), "no Retry-After")
    failed = wait_until("the record of the refused call", lambda: [
        row for row in bench.exchange.cdrs() if row["outcome"] != "answered"])
    check_equal("causes", [(row["outcome"], row["cause"]["sip"]) for row in failed],
                [("failed", 503)])


@scenario(seconds=5)
def unusual_requests_get_the_answers_of_the_rfcs(bench):
    """OPTIONS, unknown methods, options, schemes and bodies, hops, dialogs that are not there."""
    phone = bench.phone(101)
    options = phone.request("OPTIONS").wait(200)
    for name in ("INVITE", "BYE", "CANCEL", "ACK"):
        check_in("Allow", name, options.all("allow"))

    def status(method, to="102", headers=(), body="", **more):
        response = phone.request(method, to, headers, body=body, **more).wait()
        return response.status, response

    contact = ("Contact", f"<{phone.contact}>")
    text = [contact, ("Content-Type", "text/plain")]
    check_equal("unknown method", status("FLY")[0], 501)
    check(status("SUBSCRIBE", headers=[("Event", "dialog"), contact])[0] in (405, 489),
          "SUBSCRIBE is not refused")
    code, answer = status("INVITE", headers=[contact, ("Require", "teleportation")])
    check_equal("Require", (code, answer.get("unsupported")), (420, "teleportation"))
    code, answer = status("INVITE", headers=text, body="hello")
    check_equal("text for a description", code, 415)
    check_in("Accept", "application/sdp", answer.get("accept") or "")
    check_equal("scheme", status("INVITE", headers=[contact], uri="mailto:x@example.com")[0], 416)
    check_equal("Accept without sdp",
                status("INVITE", headers=[contact, ("Accept", "text/plain")])[0], 406)
    for method in ("BYE", "INFO", "UPDATE"):
        check_equal(f"{method} outside of a dialog", status(method)[0], 481)
    request = phone.message_to("INVITE", "102", headers=[contact])
    request.headers = [(name, "0" if name == "Max-Forwards" else value)
                       for name, value in request.headers]
    check_equal("no hops left", phone.start(request).wait().status, 483)
    check_equal("the exchange lives", phone.request("OPTIONS").wait().status, 200)


@scenario(seconds=3)
def rubbish_is_dropped_and_counted(bench):
    """Bytes that are no SIP, a broken header, a description that is none: the exchange lives."""
    phone = bench.phone(101)
    for raw in (b"\0" * 200, b"INVITE\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                b"SIP/2.0 200 OK\r\n\r\n", b"INVITE sip:102@x SIP/2.0\r\nVia: nonsense\r\n\r\n"):
        phone.send(raw)
    call = phone.invite("102", body="v=0\r\nm=audio \x80\x81 RTP/AVP \xff\r\n")
    check(call.invite.wait().status in (400, 488), "a broken description is not refused")
    check_equal("OPTIONS", phone.request("OPTIONS").wait().status, 200)
    check(bench.exchange.json("health")["ok"], "not healthy")


@scenario(seconds=3)
def caller_without_authentication_gets_nowhere(bench):
    """INVITE without credentials is asked for them, MD5 first and SHA-256 too; no call begins."""
    stranger = bench.phone(101, is_registered=False)
    response = stranger.request("INVITE", "*43", [("Contact", f"<{stranger.contact}>")],
                                is_answering_challenges=False).wait(401)
    challenges = " ".join(response.all("www-authenticate"))
    check(0 <= challenges.find("MD5") < challenges.find("SHA-256"),
          f"algorithms and their order: {challenges}")
    check_equal("calls", (bench.exchange.calls(), bench.exchange.cdrs()), ([], []))


@scenario(seconds=3)
def message_between_extensions_is_delivered(bench):
    """MESSAGE arrives with text and sender; to nobody it gets 404 or 480."""
    sender, receiver = bench.phone(101), bench.phone(102)
    kind = [("Content-Type", "text/plain;charset=UTF-8")]
    sent = sender.request("MESSAGE", "102", kind, body="Привет, 102")
    message = receiver.expect("MESSAGE")
    check_equal("text", message.body, "Привет, 102")
    check_in("From", "101", message.get("from"))
    check_in("Content-Type", "text/plain", message.get("content-type"))
    receiver.reply(message, 200)
    check(sent.wait().status in (200, 202), "the sender's answer")
    check_equal("unknown", sender.request("MESSAGE", "777", kind, body="x").wait().status, 404)
    check_equal("absent", sender.request("MESSAGE", "103", kind, body="x").wait().status, 480)


def _many_calls(bench):
    bench.config["recording"]["rule"] = "none"
    bench.config["extensions"][101]["calls_max"] = 50


@scenario(_many_calls, seconds=10)
def sipp_makes_two_hundred_calls(bench):
    """Forty calls a second to the echo: each has its record, nothing stays behind."""
    bench.sipp("call", user=101, service="*43", calls=200, rate=40,
               extra=["-d", "50", "-l", "20"]).finish()
    bench.exchange.wait_calls(0)
    check_equal("records", len([row for row in bench.exchange.cdrs("--limit", "500")
                                if row["outcome"] == "answered"]), 200)


@scenario(seconds=3)
def anonymous_caller_is_not_named(bench):
    """Privacy: id hides the number from the called telephone; the record has it."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102", headers=[("Privacy", "id")])
    incoming = called.incoming()
    check_in("From", "anonymous", incoming.invite.get("from").lower())
    check("101" not in incoming.invite.get("from"), "From names the caller")
    call.cancel()
    call.wait(487)
    check_equal("caller of the record", bench.exchange.wait_cdr()["caller"]["number"], "101")


@scenario(seconds=3)
def vanished_telephone_does_not_hold_the_caller(bench):
    """Nothing answers at the registered address: the caller gets an answer in a bounded time."""
    caller, called = bench.phone(101), bench.phone(102)
    called.stop()
    bench._made.remove(called)
    response = caller.invite("102").invite.wait(timeout=25)
    check(response.status in (408, 480, 503), f"answered {response.first_line}")
    check(parameter(response.get("to"), "tag") is not None, "no tag in To")
