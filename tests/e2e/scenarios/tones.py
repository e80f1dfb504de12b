"""What a caller hears of the exchange before an answer: ringback by country, tones of failure.

Two frequencies that sound together share the power, and those of one country are close to those of
another: windows of 0.2 s keep 425 apart from 400, 440 and 450 Hz.
"""

import array
import datetime
import time

import audio
from rtp import RATE, Tone
from scenario import scenario
from scenarios.calls import expect_record
from scenarios.talk import both_hear, media_of
from waiting import check, check_equal, wait_until

TONE_WINDOW = 0.2
SHARE = 0.9  # of a window's power that the frequencies of a tone must have together


def tone_of_exchange(country, **call):
    def change(bench):
        bench.config["server"]["country"] = country
        bench.config["call"] = call
    return change


def chord_seconds(samples, frequencies):
    """For how long these frequencies, all of them and nothing else, are heard."""
    step = TONE_WINDOW / 4
    shares = [[share for _, share in audio.windows(samples, RATE, frequency, TONE_WINDOW, step)]
              for frequency in frequencies]
    least = SHARE / len(frequencies) / 1.5
    heard = [window for window in zip(*shares) if sum(window) >= SHARE and min(window) >= least]
    return len(heard) * step


def hear_chord(call, frequencies, seconds):
    wait_until(f"the caller to hear {frequencies} Hz for {seconds} s",
               lambda: chord_seconds(call.media.heard(), frequencies) >= seconds)


def check_cadence(samples, frequency, on, off, count):
    """Fails unless `count` bursts after the first one have these lengths and pauses, in seconds."""
    spans = audio.tone_spans(samples, RATE, frequency)
    check(len(spans) > count + 1, f"{frequency} Hz is heard {len(spans)} times: {spans}")
    for (start, stop), (following, _) in zip(spans[1:count + 1], spans[2:]):
        check(abs(stop - start - on) < 0.03 and abs(following - stop - off) < 0.03,
              f"burst of {stop - start:.3f} s, pause of {following - stop:.3f} s")


def check_ringback(bench, frequencies, seconds, called_options=None):
    """A call that rings audibly, is answered and talked through; returns its record."""
    caller, called = bench.phone(101), bench.phone(102, **(called_options or {}))
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.ring()
    early = call.wait(183)
    hear_chord(call, frequencies, seconds)
    check(180 not in call.invite.statuses(), "a 180 tells the telephone to ring back by itself")
    incoming.answer()
    response = call.answered()
    check_equal("the answer of the 200", response.body, early.body)
    moment = time.monotonic() + 0.2  # what was on its way has arrived
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming, seconds=1)
    heard = call.media.heard(moment)
    audio.check_hears("the caller in talk", heard, RATE, 660, 0.3, never=frequencies)
    call.hang_up()
    incoming.wait_bye()
    return bench.exchange.wait_cdr()


@scenario(tone_of_exchange("ru", ringback="exchange"), seconds=4)
def ringback_of_russia_is_heard_before_the_answer(bench):
    """425 Hz, one second of five, then the talk alone."""
    check_ringback(bench, [425], 0.7)


@scenario(tone_of_exchange("us", ringback="exchange"), seconds=5)
def ringback_of_the_united_states_is_heard_before_the_answer(bench):
    """440 and 480 Hz together, two seconds of six."""
    check_ringback(bench, [440, 480], 1.6)


@scenario(tone_of_exchange("uk", ringback="exchange"), seconds=5)
def ringback_of_the_united_kingdom_is_heard_and_the_talk_transcoded(bench):
    """400 and 450 Hz, twice 0.4 s; the called telephone takes another codec than the tone had."""
    record = check_ringback(bench, [400, 450], 0.4, {"payload_types": (8, 101)})
    codecs = [media_of(record, side)["sent"]["codec"] for side in ("caller", "called")]
    check_equal("codecs", [codec.lower() for codec in codecs], ["pcmu", "pcma"])


@scenario(tone_of_exchange("de", ringback="exchange"), seconds=4)
def ringback_of_germany_is_heard_before_the_answer(bench):
    """425 Hz, one second of five."""
    check_ringback(bench, [425], 0.7)


@scenario(tone_of_exchange("ru", ringback="exchange"), seconds=4)
def ringback_gives_way_to_early_media(bench):
    """A 183 with a description after the 180: its tone is heard, the ringback no longer."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.ring()
    hear_chord(call, [425], 0.3)
    incoming.ring(183, body=incoming.describe())
    incoming.media.tone = Tone(620)
    wait_until("the caller to hear 620 Hz",
               lambda: chord_seconds(call.media.heard(), [620]) >= 0.5)
    first = audio.tone_spans(call.media.heard(), RATE, 620)[0][0]
    audio.check_lacks("the caller from then on", call.media.heard()[int((first + 0.1) * RATE):],
                      RATE, 425)
    incoming.answer()
    call.answered()
    call.hang_up()
    incoming.wait_bye()


@scenario(tone_of_exchange("ru", ringback="exchange"), seconds=4)
def ringback_is_agreed_reliably_with_a_caller_that_wants_it(bench):
    """100rel: the 183 is acknowledged by PRACK, and the 200 does not answer again."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102", headers=[("Supported", "100rel")])
    incoming = called.incoming()
    incoming.ring()
    early = call.wait(183)
    check(early.get("rseq") and early.body, "the 183 is not reliable or has no description")
    call.prack(early).wait(200)
    hear_chord(call, [425], 0.3)
    incoming.answer()
    check_equal("the description of the 200", call.answered().body, "")
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(tone_of_exchange("ru", failure_tone="3s"), seconds=6)
def busy_tone_is_heard_before_the_486(bench):
    """425 Hz, 0.35 s on and off, for three seconds; the record is of the refusal."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    called.incoming().reply(486, "Busy Here")
    call.wait(183)
    begun = time.monotonic()
    call.wait(486)
    check(2.5 < time.monotonic() - begun < 4.5, "the tone was not heard for three seconds")
    check_cadence(call.media.heard(), 425, 0.35, 0.35, count=2)
    record = expect_record(bench, "busy", 486, 17, "called")
    started, ended = (datetime.datetime.fromisoformat(record[name].replace("Z", "+00:00"))
                      for name in ("started", "ended"))
    check((ended - started).total_seconds() < 2, f"the call took from {started} to {ended}")


@scenario(tone_of_exchange("uk", failure_tone="30s"), seconds=5)
def caller_hangs_up_during_the_tone(bench):
    """Nobody's number: 400 Hz of the UK; CANCEL ends it at once, the record says 404."""
    call = bench.phone(101).invite("777")
    call.wait(183)
    hear_chord(call, [400], 0.4)
    bench.exchange.wait_calls(1)
    call.cancel().wait(200)
    call.wait(487)
    expect_record(bench, "failed", 404, 1, "exchange")
    bench.exchange.wait_calls(0)


@scenario(tone_of_exchange("de", failure_tone="30s"), seconds=4)
def drain_does_not_wait_for_a_tone(bench):
    """Congestion of Germany is heard; a drain sends the final response at once."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    called.incoming().reply(503)
    call.wait(183)
    wait_until("425 Hz", lambda: len(audio.tone_spans(call.media.heard(), RATE, 425)) > 4)
    check_cadence(call.media.heard(), 425, 0.24, 0.24, count=2)
    bench.exchange.text("drain")
    call.wait(503)
    expect_record(bench, "failed", 503, 41)


@scenario(seconds=2, is_started=False)
def instruments_tell_the_tones_of_countries_apart(bench):
    """Each chord is heard as itself and as no other country's."""
    chords = ([425], [440, 480], [400, 450], [400])
    for played in chords:
        parts = [Tone(frequency).samples(0, RATE) for frequency in played]
        samples = array.array("h", (sum(values) // len(parts) for values in zip(*parts)))
        for other in chords:
            seconds = chord_seconds(samples, other)
            check(seconds > 0.7 if other == played else seconds == 0,
                  f"{other} Hz is heard for {seconds} s in {played} Hz")
