"""RTP of the scripted telephones: tones out, packets in, digits by RFC 4733, loss on demand.

One thread, `MediaLoop`, moves the packets of all telephones of a scenario, so that two streams
whose tones begin at one moment really send them at one moment: alignment can then be measured.
"""

import array
import math
import random
import selectors
import socket
import struct
import threading
import time

import audio

RATE = 8000
PACKET_SECONDS = 0.02
PACKET_SAMPLES = int(RATE * PACKET_SECONDS)
AMPLITUDE = 10000
DIGITS = "0123456789*#ABCD"
DIGIT_PACKETS = 8  # 160 ms
DIGIT_VOLUME = 10  # dBm0 below zero, RFC 4733 2.3.3

PCMU, PCMA = 0, 8


def _mulaw_code(value):
    sign = 0x80 if value < 0 else 0
    value = min(abs(value), 32635) + 0x84
    exponent = value.bit_length() - 8
    return ~(sign | exponent << 4 | (value >> (exponent + 3)) & 15) & 0xFF


def _alaw_code(value):
    sign = 0x80 if value >= 0 else 0
    value = min(abs(value), 32635) >> 3
    exponent = max(0, value.bit_length() - 5)
    mantissa = (value >> (exponent if exponent else 1)) & 15
    return (sign | exponent << 4 | mantissa) ^ 0x55


CODERS = {PCMU: _mulaw_code, PCMA: _alaw_code}
TABLES = {PCMU: audio.MULAW_TABLE, PCMA: audio.ALAW_TABLE}


class Tone:
    """`frequency` all the time, or with `on` and `off` seconds: bursts, counted from `origin` on
    the monotonic clock, so that the bursts of two telephones coincide."""

    def __init__(self, frequency, on=None, off=None, origin=0.0):
        self.frequency, self.on, self.off, self.origin = frequency, on, off, origin

    def samples(self, moment, count):
        """`count` samples of which the first is heard at `moment`."""
        first = round((moment - self.origin) * RATE)
        step = 2 * math.pi * self.frequency / RATE
        return [int(AMPLITUDE * math.sin(step * at)) if self._is_on(at) else 0
                for at in range(first, first + count)]

    def _is_on(self, at):
        if self.on is None:
            return True
        return at >= 0 and at / RATE % (self.on + self.off) < self.on


class DigitTone:
    """The two tones of a digit (ITU-T Q.23) for `seconds` from `origin` on, silence otherwise."""

    ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
    KEYS = "123A456B789C*0#D"

    def __init__(self, digit, origin, seconds=0.12):
        place = self.KEYS.index(digit)
        self.frequencies = (self.ROWS[place // 4], self.COLUMNS[place % 4])
        self.parts = [Tone(each, on=seconds, off=1e6, origin=origin) for each in self.frequencies]

    def samples(self, moment, count):
        return [(a + b) // 2 for a, b in zip(*(part.samples(moment, count)
                                               for part in self.parts))]


class Packet:
    def __init__(self, raw, source, arrived):
        self.arrived, self.source = arrived, source
        first, kind, self.sequence, self.timestamp, self.ssrc = struct.unpack_from("!BBHII", raw)
        self.marker, self.payload_type = kind >> 7, kind & 0x7F
        self.payload = raw[12 + 4 * (first & 15):]


class MediaLoop:
    """Owns the sockets' thread.  Streams are added and closed from any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._streams = []
        self._selector = selectors.DefaultSelector()
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="media")
        self._thread.start()

    def open(self, ip, **options):
        stream = RtpStream(ip, **options)
        with self._lock:
            self._streams.append(stream)
            self._selector.register(stream.socket, selectors.EVENT_READ, stream)
            stream.on_close = self._forget
        return stream

    def stop(self):
        self._over = True
        self._thread.join()
        for stream in list(self._streams):
            stream.close()

    def _forget(self, stream):
        with self._lock:
            if stream in self._streams:
                self._streams.remove(stream)
                self._selector.unregister(stream.socket)

    def _run(self):
        while not self._over:
            with self._lock:
                ready = self._selector.select(0.004)
                for key, _ in ready:
                    key.data.receive_all()
                now = time.monotonic()
                for stream in self._streams:
                    stream.send_due(now)
            time.sleep(0.001)


class RtpStream:
    """One telephone's audio.  Received packets are in `packets`, digits heard in `digits`."""

    def __init__(self, ip, payload_type=PCMU, event_type=101):
        self.payload_type, self.event_type = payload_type, event_type
        self.socket = _bind_even(ip)
        self.ip, self.port = self.socket.getsockname()[:2]
        self.remote = None  # where to send: (ip, port)
        self.loss = 0.0  # the share of packets that are lost on their way out
        self.is_muted = False  # nothing at all is sent
        self.tone = None  # None: silence
        self.packets, self.digits = [], []
        self.on_close = lambda stream: None
        self._random = random.Random(4711)
        self._sequence, self._ssrc = 1000, self._random.getrandbits(32)
        self._base, self._start, self._sent = self._random.getrandbits(32), None, 0
        self._event, self._event_packets, self._event_start = None, 0, 0
        self._digits_waiting = []
        self._last_event = None

    def send_digit(self, digit):
        self._digits_waiting.append(digit)

    def close(self):
        self.on_close(self)
        self.socket.close()

    # --- called by the loop ---

    def send_due(self, now):
        if self.remote is None:
            return
        if self._start is None:
            self._start = now
        if self.is_muted:  # time goes on, as in a telephone that sends nothing in pauses
            self._sent = int((now - self._start) / PACKET_SECONDS) + 1
        while self._start + self._sent * PACKET_SECONDS <= now:
            self._send_one(self._start + self._sent * PACKET_SECONDS)
            self._sent += 1

    def receive_all(self):
        while True:
            try:
                raw, source = self.socket.recvfrom(2048)
            except OSError:
                return
            if len(raw) < 12 or raw[0] >> 6 != 2:
                continue
            packet = Packet(raw, source, time.monotonic())
            self.packets.append(packet)
            if packet.payload_type == self.event_type:
                self._hear_event(packet)

    # --- what was heard ---

    def heard(self, since=0.0, until=None):
        """The audio that arrived in [since, until) of the monotonic clock, by RTP time: what did
        not arrive is silence.  A new SSRC or a jump of the clock begins anew at the arrival."""
        until = time.monotonic() if until is None else until
        chosen = [p for p in list(self.packets)
                  if p.payload_type in TABLES and since <= p.arrived < until]
        samples = array.array("h")
        base = None
        for packet in chosen:
            if base is None or packet.ssrc != base[0]:
                base = (packet.ssrc, packet.timestamp, len(samples))
            at = base[2] + ((packet.timestamp - base[1]) & 0xFFFFFFFF)
            if at > len(samples) + 60 * RATE:
                base = (packet.ssrc, packet.timestamp, len(samples))
                at = len(samples)
            if at > len(samples):
                samples.extend([0] * (at - len(samples)))
            table = TABLES[packet.payload_type]
            samples[at:at + len(packet.payload)] = array.array(
                "h", (table[code] for code in packet.payload))
        return samples

    def sources(self):
        return {packet.source for packet in self.packets}

    # --- inside ---

    def _send_one(self, moment):
        timestamp = (self._base + self._sent * PACKET_SAMPLES) & 0xFFFFFFFF
        if self._event is None and self._digits_waiting:
            self._event = DIGITS.index(self._digits_waiting.pop(0))
            self._event_packets, self._event_start = 0, timestamp
        if self._event is not None:
            self._send_event()
            return
        samples = self.tone.samples(moment, PACKET_SAMPLES) if self.tone else [0] * PACKET_SAMPLES
        code = CODERS[self.payload_type]
        self._send(self.payload_type, timestamp, bytes(code(value) for value in samples),
                   marker=self._sent == 0)

    def _send_event(self):
        self._event_packets += 1
        is_over = self._event_packets > DIGIT_PACKETS
        duration = min(self._event_packets, DIGIT_PACKETS) * PACKET_SAMPLES
        payload = struct.pack("!BBH", self._event, DIGIT_VOLUME | is_over << 7, duration)
        # The end goes out three times at once, RFC 4733 2.5.1.4.
        for _ in range(3 if is_over else 1):
            self._send(self.event_type, self._event_start, payload, self._event_packets == 1)
        if is_over:
            self._event = None

    def _send(self, payload_type, timestamp, payload, marker=False):
        header = struct.pack("!BBHII", 0x80, payload_type | marker << 7, self._sequence & 0xFFFF,
                             timestamp, self._ssrc)
        self._sequence += 1
        if self._random.random() < self.loss:
            return
        try:
            self.socket.sendto(header + payload, self.remote)
        except OSError:
            pass  # the other side has gone; the scenario will see it by what it does not hear

    def _hear_event(self, packet):
        if len(packet.payload) < 4:
            return
        event, flags = packet.payload[0], packet.payload[1]
        key = (packet.ssrc, packet.timestamp, event)
        if flags & 0x80 and key != self._last_event and event < len(DIGITS):
            self._last_event = key
            self.digits.append(DIGITS[event])


def _bind_even(ip):
    """An even port whose neighbour is free too, as RTCP wants it."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    for _ in range(100):
        port = random.randrange(10000, 16000, 2)
        first, second = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
        try:
            first.bind((ip, port))
            second.bind((ip, port + 1))
        except OSError:
            first.close()
            second.close()
            continue
        second.close()
        first.setblocking(False)
        return first
    raise OSError(f"no two free ports at {ip}")
