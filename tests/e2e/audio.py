"""Reading what was recorded and proving what is heard in it, by frequency and by time.

Samples are arrays of 16-bit integers; times are seconds from the start of the array.
"""

import array
import math
import struct

from waiting import Failure

WINDOW = 0.04  # seconds: 25 Hz resolution, and shorter than any pause the tests make
TONE_SHARE = 0.6  # of a window's power, so that the tone is what a listener would hear there
SILENCE_RMS = 60  # about -55 dB of full scale: below it a window is silent
TRACE_SHARE = 0.01  # -20 dB: a tone weaker than this beside another counts as absent

PCM, ALAW = 1, 6


def _alaw_sample(code):
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    value = (mantissa << 4) + 8
    if exponent:
        value = (value + 0x100) << (exponent - 1)
    return value if code & 0x80 else -value


def _mulaw_sample(code):
    code = ~code & 0xFF
    value = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -value if code & 0x80 else value


ALAW_TABLE = [_alaw_sample(code) for code in range(256)]
MULAW_TABLE = [_mulaw_sample(code) for code in range(256)]


class Audio:
    """`channels` is a list of arrays of equal length."""

    def __init__(self, rate, channels):
        self.rate = rate
        self.channels = channels

    @property
    def seconds(self):
        return len(self.channels[0]) / self.rate if self.channels else 0.0

    def cut(self, channel, start=0.0, stop=None):
        stop = self.seconds if stop is None else stop
        return self.channels[channel][int(start * self.rate):int(stop * self.rate)]


def read_wav(path):
    """Reads PCM16 or A-law.  A data chunk whose length was not written yet (0 or beyond the end:
    the writer died) goes to the end of the file, as players do it."""
    with open(path, "rb") as file:
        raw = file.read()
    if raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        raise Failure(f"{path} is not a WAV file: it begins with {raw[:12]!r}")
    at, kind, count, rate, data = 12, None, 0, 0, None
    while at + 8 <= len(raw):
        name, size = raw[at:at + 4], struct.unpack_from("<I", raw, at + 4)[0]
        if name == b"fmt ":
            kind, count, rate = struct.unpack_from("<HHI", raw, at + 8)
        if name == b"data":
            end = at + 8 + size
            data = raw[at + 8:end if 0 < size and end <= len(raw) else len(raw)]
            break
        at += 8 + size + (size & 1)
    if kind not in (PCM, ALAW) or data is None or count < 1:
        raise Failure(f"{path}: format {kind}, {count} channels, data {data is not None}")
    if kind == ALAW:
        samples = array.array("h", (ALAW_TABLE[code] for code in data))
    else:
        samples = array.array("h", data[:len(data) - len(data) % 2])
    samples = samples[:len(samples) - len(samples) % count]
    return Audio(rate, [samples[index::count] for index in range(count)])


def power(samples):
    """Mean square."""
    return sum(value * value for value in samples) / len(samples) if samples else 0.0


def tone_power(samples, rate, frequency):
    """The mean square of the part of `samples` that is `frequency` (Goertzel)."""
    if not samples:
        return 0.0
    omega = 2 * math.pi * frequency / rate
    factor, before, last = 2 * math.cos(omega), 0.0, 0.0
    for value in samples:
        before, last = last, value + factor * last - before
    magnitude = before * before + last * last - factor * before * last
    return 2 * magnitude / (len(samples) ** 2)


def tone_share(samples, rate, frequency):
    """How much of the power is `frequency`: 1 for a pure tone, 0 for silence."""
    total = power(samples)
    return tone_power(samples, rate, frequency) / total if total > SILENCE_RMS ** 2 else 0.0


def windows(samples, rate, frequency, window=WINDOW, step=WINDOW):
    """Yields (start of the window, share of `frequency` in it)."""
    size, stride = int(window * rate), max(1, int(step * rate))
    for start in range(0, len(samples) - size + 1, stride):
        yield start / rate, tone_share(samples[start:start + size], rate, frequency)


def tone_seconds(samples, rate, frequency):
    """For how long the tone is what one hears."""
    heard = [share for _, share in windows(samples, rate, frequency) if share >= TONE_SHARE]
    return len(heard) * WINDOW


def tone_spans(samples, rate, frequency, step=0.005):
    """[(start, stop), ...] of the tone, to about 5 ms; pauses shorter than a window are not seen.

    The window is centred: a tone is there from where half of the window is full of it."""
    spans = []
    for start, _ in _loud(samples, rate, frequency, step):
        middle = start + WINDOW / 2
        if spans and middle - spans[-1][1] <= 1.5 * step:
            spans[-1][1] = middle
        else:
            spans.append([middle, middle])
    return [(start, stop) for start, stop in spans if stop - start >= WINDOW / 2]


def _loud(samples, rate, frequency, step):
    """Windows in which the tone has at least a quarter of its full power: half of the window."""
    levels = []
    size, stride = int(WINDOW * rate), max(1, int(step * rate))
    for start in range(0, len(samples) - size + 1, stride):
        levels.append((start / rate, tone_power(samples[start:start + size], rate, frequency)))
    highest = max((level for _, level in levels), default=0.0)
    if highest < SILENCE_RMS ** 2:
        return []
    return [(start, level) for start, level in levels if level >= highest / 4]


def silent_seconds(samples, rate):
    """For how long nothing is heard."""
    size = int(WINDOW * rate)
    quiet = [start for start in range(0, len(samples) - size + 1, size)
             if power(samples[start:start + size]) <= SILENCE_RMS ** 2]
    return len(quiet) * WINDOW


def check_hears(what, samples, rate, frequency, seconds, never=()):
    """Fails unless `frequency` is heard for `seconds` or more, and none of `never` at any time."""
    heard = tone_seconds(samples, rate, frequency)
    if heard < seconds:
        raise Failure(f"{what}: {frequency} Hz is heard for {heard:.2f} s of "
                      f"{len(samples) / rate:.2f} s, expected at least {seconds:g} s")
    for other in never:
        check_lacks(what, samples, rate, other)


def check_lacks(what, samples, rate, frequency, allowed=2 * WINDOW):
    """Fails if a trace of `frequency` is there, in windows loud enough to hear."""
    found = [start for start, share in windows(samples, rate, frequency) if share > TRACE_SHARE]
    if len(found) * WINDOW > allowed + 1e-6:
        raise Failure(f"{what}: {frequency} Hz is heard for {len(found) * WINDOW:.2f} s, first at "
                      f"{found[0]:.2f} s; expected not at all")
