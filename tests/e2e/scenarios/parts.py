"""The instruments tried against each other, without an exchange: a test must be able to fail."""

import array
import os
import time
import wave

import audio
from rtp import AMPLITUDE, RATE, Tone
from scenario import scenario
from waiting import Failure, check, check_equal, wait_until


def _fails(function, *arguments, **options):
    try:
        function(*arguments, **options)
    except Failure:
        return True
    return False


@scenario(seconds=2, is_started=False)
def instruments_tell_tones_and_times_apart(bench):
    """A tone is found by frequency, begin and end; a faint second one is seen."""
    pure = array.array("h", Tone(440).samples(0, 2 * RATE))
    audio.check_hears("440 Hz", pure, RATE, 440, 1.9, never=[660, 350])
    check(_fails(audio.check_hears, "440 Hz", pure, RATE, 480, 0.5), "480 Hz was heard in 440 Hz")
    other = Tone(660).samples(0, 2 * RATE)
    mixed = array.array("h", (a + b // 5 for a, b in zip(pure, other)))
    check(_fails(audio.check_lacks, "mixture", mixed, RATE, 660), "a fifth of 660 Hz went unheard")
    check_equal("tone in silence", audio.tone_seconds(array.array("h", [0] * RATE), RATE, 440), 0)
    burst = array.array("h", Tone(440, 0.5, 0.5, 0.25).samples(0, RATE))
    (start, stop), = audio.tone_spans(burst, RATE, 440)
    check(abs(start - 0.25) < 0.01 and abs(stop - 0.75) < 0.01, f"burst at {start} to {stop}")
    check(abs(audio.silent_seconds(burst, RATE) - 0.5) < 0.1, "silence around the burst")
    check(audio.power(pure) > 0.45 * AMPLITUDE ** 2, "the power of a tone is half of its square")


@scenario(seconds=1, is_started=False)
def instruments_read_a_wav_whose_writer_died(bench):
    """A data chunk without its length goes to the end of the file."""
    path = os.path.join(bench.directory, "dead.wav")
    with wave.open(path, "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(array.array("h", [1, 2] * 800).tobytes())
    with open(path, "r+b") as file:
        file.seek(40)
        file.write(b"\0\0\0\0")
    sound = audio.read_wav(path)
    check_equal("channels", (list(sound.channels[0]), list(sound.channels[1])),
                ([1] * 800, [2] * 800))


@scenario(seconds=3, is_started=False)
def instruments_scripted_phones_talk_without_an_exchange(bench):
    """Two scripted telephones call each other: answer, tones, digits, hold, BYE."""
    called = bench.phone(102, is_registered=False, port=5060)
    caller = bench.phone(101, is_registered=False, exchange=(called.ip, 5060), port=5060)
    called.exchange = (caller.ip, 5060)
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.ring()
    call.wait(180)
    incoming.reply(200, body=incoming.describe())
    call.answered()
    incoming.wait_ack()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    call.media.send_digit("7")
    wait_until("half a second of each tone", lambda: all(
        audio.tone_seconds(side.media.heard(), RATE, tone) > 0.5
        for side, tone in ((incoming, 440), (call, 660))))
    wait_until("the digit", lambda: incoming.media.digits == ["7"])
    call.reinvite("sendonly")
    check_equal("direction of the answer", incoming.direction, "recvonly")
    moment = time.monotonic()
    incoming.media.is_muted = True
    wait_until("packets to stop", lambda: time.monotonic() - max(
        packet.arrived for packet in call.media.packets) > 0.3)
    check(time.monotonic() - moment < 5, "the telephone did not fall silent")
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=5, is_started=False)
def instruments_baresips_talk_without_an_exchange(bench):
    """Two baresips call each other and hear each other's frequency."""
    ip = bench.network.address()
    called = bench.baresip(102, is_registered=False, ip=ip, frequency=660, is_answering=True)
    called.begin_account(0)
    caller = bench.baresip(101, is_registered=False, exchange=(ip, 5060), frequency=440)
    caller.begin_account(0)
    caller.dial("102")
    caller.established()
    called.established()
    called.audio_flows()
    caller.send_digit("5")
    called.wait("CALL_DTMF_START")
    check_equal("digits", called.digits(), "5")
    time.sleep(1)  # of talk
    caller.hang_up()
    called.closed()
    samples, rate = called.heard()
    audio.check_hears("called", samples, rate, 440, 0.5, never=[660])
