"""Two telephones talk: the main job, services, holding, digits, codecs, encryption."""

import time

import audio
from rtp import RATE, DigitTone, Tone
from harness import md5_alone
from scenario import scenario
from sip_message import parameter
from waiting import check, check_equal, check_in, wait_until

MUSIC_SECONDS = 1.0
UNMUSICAL = 3625  # Hz: above every partial of the music on hold
LEGS = ("caller", "called")


def hear(what, media, frequency, seconds=0.5, since=0.0):
    """Waits until a scripted telephone has heard a tone for so long."""
    wait_until(f"{what} to hear {frequency} Hz",
               lambda: audio.tone_seconds(media.heard(since), RATE, frequency) >= seconds)


def talk(bench, caller=101, called=102, **options):
    """Two scripted telephones in an answered call, with a tone each.  Returns their sides."""
    first, second = bench.phone(caller, **options), bench.phone(called, **options)
    call = first.invite(str(called))
    incoming = second.incoming()
    incoming.ring()
    call.wait(180)
    incoming.answer()
    call.answered()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    return call, incoming


def both_hear(call, incoming, seconds=0.5, since=0.0):
    hear("the called side", incoming.media, 440, seconds, since)
    hear("the caller", call.media, 660, seconds, since)


def baresip_talk(bench, caller_options, called_options):
    """A call between two baresips of different kinds, heard both ways; returns its record."""
    called = bench.baresip(102, frequency=660, is_answering=True, **called_options)
    caller = bench.baresip(101, frequency=440, **caller_options)
    caller.dial("102")
    caller.established()
    called.established()
    for phone in (caller, called):
        phone.audio_flows()
    time.sleep(2)  # of talk, to be measured afterwards in what both have heard
    caller.hang_up()
    called.closed()
    caller.closed()
    for phone, heard, never in ((called, 440, 660), (caller, 660, 440)):
        samples, rate = phone.heard()
        audio.check_hears(f"{phone.user} ({phone.codec})", samples, rate, heard, 1.0, [never])
    return bench.exchange.wait_cdr()


def media_of(record, side):
    return next(leg["media"] for leg in record["legs"] if leg["caller"] == (side == "caller"))


@scenario(md5_alone, seconds=8)
def two_telephones_talk_and_the_talk_is_on_record(bench):
    """The main job: register, call, hear each other, hang up; recording and record are there."""
    record = baresip_talk(bench, {}, {})
    check_equal("caller, dialed, called", (record["caller"]["number"], record["dialed"],
                                           record["called"]["number"]), ("101", "102", "102"))
    check_equal("outcome", (record["outcome"], record["ended_by"]), ("answered", "caller"))
    check_equal("cause", (record["cause"]["sip"], record["cause"]["q850"]), (200, 16))
    check(record["talk_ms"] >= 2000, f"talk of {record['talk_ms']} ms")
    check_equal("segments", [part["kind"] for part in record["segments"]],
                ["dialing", "ringing", "talking"])
    check(all(leg["sip_call_id"] for leg in record["legs"]), "a leg lacks its SIP Call-ID")
    for side in LEGS:
        media = media_of(record, side)
        check_equal(f"codec of the {side}", (media["received"]["codec"], media["sent"]["codec"]),
                    ("PCMU", "PCMU"))
        check(media["received"]["packets"] > 50, f"packets from the {side}: {media}")
        check(4.0 < media["mos_received"] <= 4.6, f"MOS of the {side}: {media['mos_received']}")
        check(media["relayed"] and not media["transcoded"], f"path of the {side}: {media}")
    row = bench.exchange.wait_recording(record["id"])
    check_equal("recording of the record", record["recordings"], [row["id"]])
    check_equal("sides", (row["left"], row["right"], row["complete"]), ("101", "102", True))
    sound = audio.read_wav(bench.exchange.recording_file(row))
    check_equal("channels", len(sound.channels), 2)
    audio.check_hears("left channel", sound.cut(0), sound.rate, 440, 1.0, never=[660])
    audio.check_hears("right channel", sound.cut(1), sound.rate, 660, 1.0, never=[440])
    check_equal("registrations", sorted(r["extension"] for r in bench.exchange.registrations()),
                ["101", "102"])


@scenario(seconds=4)
def echo_service_returns_what_it_hears(bench):
    """*43: the caller hears its own tone, and the record names the service."""
    phone = bench.phone(101)
    call = phone.invite("*43")
    call.answered()
    call.media.tone = Tone(520)
    hear("the caller", call.media, 520)
    check_equal("state", bench.exchange.wait_calls(1)[0]["state"], "service")
    call.hang_up()
    record = bench.exchange.wait_cdr()
    check_equal("outcome", (record["outcome"], record["dialed"]), ("answered", "*43"))
    check_equal("segments", [(part["kind"], part.get("detail")) for part in record["segments"]][-1],
                ("service", "echo"))


@scenario(seconds=6)
def own_number_service_speaks_and_ends_by_itself(bench):
    """*65: something is heard, and then the exchange hangs up with a normal cause."""
    phone = bench.phone(101)
    call = phone.invite("*65")
    call.answered()
    call.wait_bye(timeout=40)
    samples = call.media.heard()
    spoken = len(samples) / RATE - audio.silent_seconds(samples, RATE)
    check(spoken > 0.3, f"{spoken:.2f} s of {len(samples) / RATE:.2f} s were not silent")
    record = bench.exchange.wait_cdr()
    check_equal("cause", (record["outcome"], record["ended_by"], record["cause"]["q850"]),
                ("answered", "exchange", 16))


def music_seconds(samples):
    """For how long something is heard that is neither of the two tones."""
    size = int(audio.WINDOW * RATE)
    loud = [at for at in range(0, len(samples) - size + 1, size)
            if audio.power(samples[at:at + size]) > audio.SILENCE_RMS ** 2]
    return len(loud) * audio.WINDOW


@scenario(seconds=8)
def held_side_hears_music_and_the_talk_does_not(bench):
    """Hold by re-INVITE (sendonly): music for the held side only; resume: each other again."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    call.media.tone = Tone(UNMUSICAL)  # a telephone that goes on sending while it holds
    for direction in ("sendonly", "inactive"):
        answer = call.reinvite(direction)
        expected = {"sendonly": "recvonly", "inactive": "inactive"}[direction]
        check_in("direction of the answer", f"a={expected}", answer.body)
        wait_until("the state held",
                   lambda: bench.exchange.wait_calls(1)[0]["state"] == "held")
        begin = time.monotonic()
        wait_until("music for the held side", lambda: music_seconds(
            incoming.media.heard(begin + 0.2)) >= MUSIC_SECONDS)
        music = incoming.media.heard(begin + 0.2)
        audio.check_lacks("the held side", music, RATE, UNMUSICAL)
        call.reinvite("sendrecv")
        hear("the resumed called side", incoming.media, UNMUSICAL, since=time.monotonic())
        hear("the resumed caller", call.media, 660, since=time.monotonic())
    end = time.monotonic()
    time.sleep(0.6)  # of talk
    talk_only = incoming.media.heard(end, end + 0.5)
    audio.check_hears("the resumed talk", talk_only, RATE, UNMUSICAL, 0.35)
    call.hang_up()
    incoming.wait_bye()
    kinds = [part["kind"] for part in bench.exchange.wait_cdr()["segments"]]
    check_equal("segments", kinds, ["dialing", "ringing", "talking", "held", "talking", "held",
                                    "talking"])


@scenario(seconds=4)
def hold_by_address_zero_is_hold_too(bench):
    """c=0.0.0.0 (RFC 2543): the other side gets music, and packets to nowhere are not sent."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    body = call.describe("sendonly").replace(f"c=IN IP4 {call.phone.ip}", "c=IN IP4 0.0.0.0")
    call.reinvite(body=body)
    wait_until("the state held", lambda: bench.exchange.wait_calls(1)[0]["state"] == "held")
    begin = time.monotonic()
    wait_until("music", lambda: music_seconds(incoming.media.heard(begin + 0.2)) >= 0.5)
    call.reinvite("sendrecv")
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()


@scenario(md5_alone, seconds=7)
def baresip_holds_and_resumes(bench):
    """The hold of a real telephone: the other one hears music meanwhile."""
    held = bench.phone(102)
    holder = bench.baresip(101, frequency=UNMUSICAL)
    holder.dial("102")
    incoming = held.incoming()
    incoming.ring()
    incoming.answer()
    incoming.media.tone = Tone(660)
    holder.established()
    hear("the called side", incoming.media, UNMUSICAL)
    holder.hold()
    wait_until("the state held", lambda: bench.exchange.wait_calls(1)[0]["state"] == "held")
    begin = time.monotonic()
    wait_until("music", lambda: music_seconds(incoming.media.heard(begin + 0.3)) >= 0.5)
    audio.check_lacks("the held side", incoming.media.heard(begin + 0.3), RATE, UNMUSICAL)
    holder.resume()
    wait_until("the state talking",
               lambda: bench.exchange.wait_calls(1)[0]["state"] == "talking")
    hear("the called side", incoming.media, UNMUSICAL, since=time.monotonic())
    holder.hang_up()
    incoming.wait_bye()


@scenario(seconds=4)
def digits_pass_by_rfc4733_both_ways(bench):
    """Each digit arrives once, in order; the record counts them and does not keep them."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    for digit in "1590*#":
        call.media.send_digit(digit)
    for digit in "84":
        incoming.media.send_digit(digit)
    wait_until("the digits at the called side", lambda: len(incoming.media.digits) >= 6)
    wait_until("the digits at the caller", lambda: len(call.media.digits) >= 2)
    both_hear(call, incoming, 0.3, since=time.monotonic())
    check_equal("digits", ("".join(incoming.media.digits), "".join(call.media.digits)),
                ("1590*#", "84"))
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("digits counted", record["digits"], 8)
    check("1590" not in str(record), "the record tells which digits were pressed")


@scenario(md5_alone, seconds=5)
def baresip_digit_reaches_the_other_side(bench):
    """A digit pressed on a real telephone, on the relay path."""
    called = bench.phone(102)
    caller = bench.baresip(101)
    caller.dial("102")
    incoming = called.incoming()
    incoming.answer()
    caller.established()
    hear("the called side", incoming.media, 440)
    caller.send_digit("7")
    wait_until("the digit", lambda: incoming.media.digits == ["7"])
    incoming.media.send_digit("3")
    caller.wait("CALL_DTMF_START")
    check_equal("digit at baresip", caller.digits(), "3")
    caller.hang_up()
    incoming.wait_bye()


@scenario(seconds=4)
def digit_by_info_becomes_rfc4733(bench):
    """INFO application/dtmf-relay is answered 200 and heard as a telephone-event."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    call.request("INFO", "Signal=5\r\nDuration=160\r\n",
                 [("Content-Type", "application/dtmf-relay")], is_waiting=True)
    wait_until("the digit", lambda: incoming.media.digits == ["5"])
    call.request("INFO", "9", [("Content-Type", "application/dtmf")], is_waiting=True)
    wait_until("the digit", lambda: incoming.media.digits == ["5", "9"])
    refused = call.request("INFO", "<x/>", [("Content-Type", "application/unknown+xml")]).wait()
    check_equal("INFO of an unknown type", refused.status, 415)
    call.hang_up()
    incoming.wait_bye()


def _info_account(bench):
    bench.config["extensions"][102]["dtmf"] = "info"


@scenario(_info_account, seconds=4)
def digit_by_rfc4733_becomes_info(bench):
    """A telephone that wants INFO gets the digit of one that sends telephone-events."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    call.media.send_digit("6")
    info = wait_until("an INFO", lambda: [r for r in incoming.requests if r.method == "INFO"])[0]
    check_in("INFO", "Signal=6", info.body.replace(" ", ""))
    call.hang_up()
    incoming.wait_bye()


def _inband_account(bench):
    bench.config["extensions"][102]["dtmf"] = "inband"


@scenario(_inband_account, seconds=4)
def digit_by_rfc4733_becomes_a_tone(bench):
    """A telephone that knows tones alone hears both frequencies of the digit, and no event."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    call.media.tone = None
    began = time.monotonic()
    call.media.send_digit("6")
    for frequency in DigitTone("6", 0).frequencies:
        wait_until(f"{frequency} Hz in the audio", lambda f=frequency: _tone_of_digit_seconds(
            incoming.media, f, began) >= 0.08)
    check_equal("events", incoming.media.digits, [])
    call.hang_up()
    incoming.wait_bye()


def _tone_of_digit_seconds(media, frequency, since):
    """One of two tones has half of the power."""
    shares = audio.windows(media.heard(since), RATE, frequency)
    return sum(audio.WINDOW for _, share in shares if 0.3 < share < 0.7)


def _inband_detection(bench):
    bench.config["media"]["dtmf_inband_detection"] = True


@scenario(_inband_detection, seconds=4)
def digit_in_the_audio_becomes_rfc4733(bench):
    """The tones of a telephone without telephone-event are heard and sent on as an event."""
    called = bench.phone(102)
    call = bench.phone(101).invite("102", payload_types=(0,))
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming, 0.2)
    call.media.tone = DigitTone("9", time.monotonic() + 0.2)
    wait_until("the event", lambda: incoming.media.digits == ["9"])
    call.hang_up()
    incoming.wait_bye()


@scenario(md5_alone, seconds=8)
def pcmu_and_g722_are_transcoded(bench):
    """No codec in common: both hear each other, and the record says what it took."""
    record = baresip_talk(bench, {"codec": "PCMU"}, {"codec": "G722"})
    check_equal("codecs", [media_of(record, side)["received"]["codec"] for side in LEGS],
                ["PCMU", "G722"])
    check(media_of(record, "caller")["transcoded"], "the record says that nothing was transcoded")
    row = bench.exchange.wait_recording(record["id"])
    sound = audio.read_wav(bench.exchange.recording_file(row))
    audio.check_hears("left channel", sound.cut(0), sound.rate, 440, 1.0, never=[660])
    audio.check_hears("right channel", sound.cut(1), sound.rate, 660, 1.0, never=[440])


@scenario(md5_alone, seconds=8)
def opus_and_gsm_are_transcoded(bench):
    """48 kHz stereo on one side, 13 kbit/s on the other."""
    record = baresip_talk(bench, {"codec": "opus"}, {"codec": "GSM"})
    check_equal("codecs", [media_of(record, side)["received"]["codec"] for side in LEGS],
                ["opus", "GSM"])


def _linear_codec(bench):
    bench.config["media"]["codecs"] = ["l16", "pcmu"]


@scenario(md5_alone, _linear_codec, seconds=8)
def l16_is_transcoded(bench):
    """Samples without compression on one side."""
    record = baresip_talk(bench, {"codec": "L16"}, {"codec": "PCMU"})
    check_equal("codecs", [media_of(record, side)["received"]["codec"] for side in LEGS],
                ["L16", "PCMU"])


@scenario(seconds=4)
def common_codec_is_chosen_against_transcoding(bench):
    """The caller prefers PCMU, the called side has PCMA only: PCMA on both sides, relayed."""
    caller = bench.phone(101, payload_types=(0, 8, 101))
    called = bench.phone(102, payload_types=(8, 101))
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    check_equal("codec of the answer", call.remote_sdp.payload_types[0], 8)
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    check(not media_of(bench.exchange.wait_cdr(), "caller")["transcoded"], "it was transcoded")


@scenario(seconds=4)
def codec_changes_by_reinvite(bench):
    """PCMU to PCMA in mid-call: the side that stays with PCMU goes on hearing."""
    call, incoming = talk(bench, payload_types=(0, 8, 101))
    both_hear(call, incoming)
    call.reinvite(body=call.describe(payload_types=(8, 101)))
    check_equal("payload type", call.media.payload_type, 8)
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()
    check_equal("codec", media_of(bench.exchange.wait_cdr(), "caller")["received"]["codec"], "PCMA")


@scenario(md5_alone, lambda bench: bench.config["media"].update(srtp="required"), seconds=8)
def srtp_talk_is_encrypted_on_both_sides(bench):
    """SDES with media.srtp required; an offer without it is refused with 488."""
    plain = bench.phone(103)
    called = bench.baresip(102, frequency=660, is_answering=True, srtp="srtp-mand")
    plain.invite("102").wait(488)
    caller = bench.baresip(101, frequency=440, srtp="srtp-mand")
    caller.dial("102")
    caller.established()
    for phone in (caller, called):
        phone.audio_flows()
    time.sleep(2)  # of talk
    caller.hang_up()
    called.closed()
    for phone, heard in ((called, 440), (caller, 660)):
        samples, rate = phone.heard()
        audio.check_hears(phone.user, samples, rate, heard, 1.0)
    record = next(row for row in bench.exchange.wait_cdrs(2) if row["outcome"] == "answered")
    check(all(media_of(record, side)["srtp"] for side in LEGS), f"not encrypted: {record}")
    row = bench.exchange.wait_recording(record["id"])
    sound = audio.read_wav(bench.exchange.recording_file(row))
    audio.check_hears("left channel", sound.cut(0), sound.rate, 440, 1.0, never=[660])


@scenario(md5_alone, seconds=7)
def srtp_meets_a_telephone_without_it(bench):
    """media.srtp optional: one leg is encrypted, the other is not, both are heard."""
    called = bench.phone(102)
    caller = bench.baresip(101, frequency=440, srtp="srtp-mand")
    caller.dial("102")
    incoming = called.incoming()
    incoming.answer()
    caller.established()
    incoming.media.tone = Tone(660)
    hear("the called side", incoming.media, 440, 1.0)
    caller.hang_up()
    incoming.wait_bye()
    samples, rate = caller.heard()
    audio.check_hears("the caller", samples, rate, 660, 0.5)
    record = bench.exchange.wait_cdr()
    check_equal("srtp", [media_of(record, side)["srtp"] for side in LEGS], [True, False])


@scenario(seconds=4)
def caller_is_named_and_asserted(bench):
    """The called side learns the number, not what the caller's From claims, by PAI too."""
    called = bench.phone(102)
    caller = bench.phone(101)
    call = caller.invite("102", headers=[("P-Asserted-Identity", "<sip:999@example.com>")])
    incoming = called.incoming()
    check_in("From", "101", incoming.invite.get("from"))
    check_in("P-Asserted-Identity", "101", incoming.invite.get("p-asserted-identity") or "")
    check(parameter(incoming.invite.get("from"), "tag") !=
          parameter(call.invite.request.get("from"), "tag"), "the dialogs are one")
    check(incoming.invite.get("call-id") != call.call_id, "the Call-ID went through")
    call.cancel()
    call.wait(487)


@scenario(seconds=4)
def stranger_cannot_take_over_the_audio(bench):
    """A stranger's packets to the media port are not heard once the telephone's own came."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    stranger = bench.loop.open(bench.network.address())
    stranger.tone, stranger.remote = Tone(1000), call.media.remote
    begin = time.monotonic()
    both_hear(call, incoming, 1.0, since=begin)
    audio.check_lacks("the called side", incoming.media.heard(begin), RATE, 1000)
    audio.check_hears("the caller", call.media.heard(begin), RATE, 660, 0.8)
    stranger.close()
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=4)
def audio_follows_a_telephone_behind_address_translation(bench):
    """Packets come from another port than described: audio goes where they came from."""
    caller, called = bench.phone(101), bench.phone(102)
    outside = bench.loop.open(caller.ip)
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    outside.remote, outside.tone = call.media.remote, Tone(440)
    call.media.is_muted = True
    incoming.media.tone = Tone(660)
    hear("the called side", incoming.media, 440)
    hear("the translated port", outside, 660)
    outside.close()
    call.hang_up()
    incoming.wait_bye()
