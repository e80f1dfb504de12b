"""Recording: sides, alignment, links, rules, what goes wrong with disks."""

import hashlib
import os
import time

import audio
from rtp import Tone
from scenario import scenario
from scenarios.talk import both_hear, hear, talk
from waiting import check, check_equal, wait_until

ALIGNED_SECONDS = 0.020


def bursts(call, incoming, **loss):
    """Both sides send half-second tones at the very same moments."""
    origin = time.monotonic() + 0.3
    call.media.tone = Tone(440, 0.4, 0.6, origin)
    incoming.media.tone = Tone(660, 0.4, 0.6, origin)
    return origin


def spans(sound, channel, frequency):
    """Begin and end of each burst."""
    return [(start, stop) for start, stop in
            audio.tone_spans(sound.cut(channel), sound.rate, frequency) if stop - start > 0.15]


def check_aligned(sound, expected):
    """Bursts of both channels are within 20 ms of each other.

    A lost packet eats the edge of a burst, so each is placed by its begin or its end, whichever
    fits better: a channel that is off moves both."""
    left, right = spans(sound, 0, 440), spans(sound, 1, 660)
    pairs = [(a, min(right, key=lambda b: abs(a[0] - b[0]))) for a in left if right]
    close = [pair for pair in pairs if abs(pair[0][0] - pair[1][0]) < 0.3]
    check(len(close) >= expected, f"bursts at {left} on the left, {right} on the right; "
                                  f"expected {expected} of each side by side")
    apart = max(min(abs(a[0] - b[0]), abs(a[1] - b[1])) for a, b in close)
    check(apart <= ALIGNED_SECONDS + 0.005,  # the 5 ms with which bursts are found
          f"the channels are {apart * 1000:.0f} ms apart: {close}")


def finished_recording(bench):
    record = bench.exchange.wait_cdr()
    row = bench.exchange.wait_recording(record["id"])
    return row, audio.read_wav(bench.exchange.recording_file(row))


@scenario(seconds=9)
def recorded_sides_stay_aligned_through_loss_and_hold(bench):
    """5 % loss each way and a hold: the channels are within 20 ms, each with its own tone only."""
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    call.media.loss = incoming.media.loss = 0.05
    bursts(call, incoming)
    time.sleep(2.5)  # of bursts
    call.reinvite("sendonly")
    time.sleep(1.0)  # of music for the held side
    call.reinvite("sendrecv")
    time.sleep(2.5)  # of bursts
    call.hang_up()
    incoming.wait_bye()
    row, sound = finished_recording(bench)
    check_aligned(sound, 4)
    check(abs(row["duration_ms"] / 1000 - sound.seconds) < 0.1,
          f"duration {row['duration_ms']} ms of {sound.seconds:.2f} s")
    for channel, other in ((0, 660), (1, 440)):
        audio.check_lacks(f"channel {channel}", sound.cut(channel), sound.rate, other)


@scenario(seconds=8)
def recorded_sides_stay_aligned_through_a_codec_change(bench):
    """PCMU and PCMA, transcoded from the middle on."""
    call, incoming = talk(bench, payload_types=(0, 8, 101))
    both_hear(call, incoming, 0.2)
    bursts(call, incoming)
    time.sleep(2.2)  # of bursts
    call.reinvite(body=call.describe(payload_types=(8, 101)))
    time.sleep(2.5)  # of bursts
    call.hang_up()
    incoming.wait_bye()
    _, sound = finished_recording(bench)
    check_aligned(sound, 3)


@scenario(seconds=5)
def recording_is_served_by_its_link(bench):
    """GET /r/{token}: the very file, in ranges too; a wrong token gets 404."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    row, _ = finished_recording(bench)
    with open(bench.exchange.recording_file(row), "rb") as file:
        raw = file.read()
    check_equal("size", row["size_bytes"], len(raw))
    check_equal("hash", row["sha256"], hashlib.sha256(raw).hexdigest())
    check(len(row["token"]) >= 22, f"token of {len(row['token'])} characters")
    status, headers, body = bench.exchange.get(f"/r/{row['token']}")
    check_equal("link", (status, headers.get("Content-Type"), body == raw),
                (200, "audio/wav", True))
    status, headers, body = bench.exchange.get(f"/r/{row['token']}", {"Range": "bytes=0-3"})
    check_equal("range", (status, body), (206, b"RIFF"))
    check_equal("wrong token", bench.exchange.get(f"/r/{row['token'][:-1]}x")[0], 404)
    path = os.path.join(bench.directory, "saved.wav")
    bench.exchange.text("recording", row["id"], "--save", path)
    with open(path, "rb") as file:
        check_equal("saved file", file.read() == raw, True)


def _alaw(bench):
    bench.config["recording"]["format"] = "alaw"


@scenario(_alaw, seconds=5)
def recording_in_alaw_has_half_the_size(bench):
    """recording.format alaw: stereo, one byte a sample, the same tones."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    row, sound = finished_recording(bench)
    audio.check_hears("left channel", sound.cut(0), sound.rate, 440, 0.4, never=[660])
    expected = sound.seconds * sound.rate * 2
    check(abs(row["size_bytes"] - expected) < 1000, f"{row['size_bytes']} bytes")


def _per_extension(bench):
    bench.config["recording"]["rule"] = "per-extension"
    bench.config["extensions"][101]["recording"] = "always"
    bench.config["extensions"][103]["recording"] = "never"


@scenario(_per_extension, seconds=6)
def recording_rule_by_extension_is_kept(bench):
    """101 says always, 103 never, and never wins; 102 says nothing."""
    phones = {user: bench.phone(user) for user in (101, 102, 103, 104)}
    for caller, called, is_recorded in ((101, 102, True), (101, 103, False), (102, 104, False)):
        call = phones[caller].invite(str(called))
        incoming = phones[called].incoming()
        incoming.answer()
        call.answered()
        call.hang_up()
        incoming.wait_bye()
        newest = wait_until("the record", lambda: [
            row for row in bench.exchange.cdrs() if row["caller"]["number"] == str(caller)
            and row["dialed"] == str(called)])[0]
        check_equal(f"recorded {caller} to {called}", bool(newest["recordings"]), is_recorded)


@scenario(seconds=5)
def echo_is_recorded_on_both_sides(bench):
    """A service: left what the caller said, right what the exchange played."""
    call = bench.phone(101).invite("*43")
    call.answered()
    call.media.tone = Tone(520)
    hear("the caller", call.media, 520, 0.8)
    call.hang_up()
    _, sound = finished_recording(bench)
    audio.check_hears("left channel", sound.cut(0), sound.rate, 520, 0.5)
    audio.check_hears("right channel", sound.cut(1), sound.rate, 520, 0.4)


@scenario(seconds=5)
def full_disk_ends_the_recording_and_not_the_call(bench):
    """Less space than disk_free_min: the talk goes on, the row says incomplete and why."""
    bench.config["recording"]["disk_free_min"] = "1000TB"
    bench.exchange.write_config()
    bench.exchange.text("reload")
    call, incoming = talk(bench)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("outcome", record["outcome"], "answered")
    row = wait_until("the row with its problem", lambda: [
        r for r in bench.exchange.json("recordings")["recordings"] if r.get("problem")])[0]
    check_equal("complete", row["complete"], False)
