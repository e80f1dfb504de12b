"""Baresip 1.0 as a telephone without a head: commanded and watched over its ctrl_tcp module, its
microphone a WAV file with a tone, what it hears written to WAV files by its sndfile module."""

import array
import glob
import json
import math
import os
import socket
import threading
import wave

import audio
from processes import Process
from waiting import PATIENCE, Failure, wait_until

MODULE_DIRECTORY = next(iter(glob.glob("/usr/lib/baresip/modules")
                             + glob.glob("/usr/lib/*/baresip/modules")), "")
MICROPHONE_SECONDS = 60
RATES = {"PCMU": 8000, "PCMA": 8000, "GSM": 8000, "G722": 16000, "opus": 48000, "L16": 16000}
ACCOUNT_CODECS = {"PCMU": "PCMU/8000/1", "PCMA": "PCMA/8000/1", "GSM": "GSM/8000/1",
                  "G722": "G722/16000/1", "opus": "opus/48000/2", "L16": "L16/16000/1"}
CODEC_MODULES = {"PCMU": "g711", "PCMA": "g711", "GSM": "gsm", "G722": "g722", "opus": "opus",
                 "L16": "l16"}

CONFIG = """\
poll_method epoll
sip_listen {host}:{port}
{certificate}
call_max_calls 4
statmode_default off
audio_source aufile,{directory}/microphone.wav
audio_player aubridge,ear
audio_alert aubridge,bell
ausrc_srate {rate}
auplay_srate {rate}
audio_channels 1
ausrc_channels {channels}
auplay_channels {channels}
rtp_ports {rtp_first}-{rtp_last}
jitter_buffer_delay 1-5
module_path {modules}
module {codec}.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path {directory}/heard
ctrl_tcp_listen {control_ip}:{control}
"""


class Baresip:
    """A telephone; `register()` begins its account.  Options: codec, transport (udp, tcp, tls),
    srtp ("srtp" offers it, "srtp-mand" insists on it), certificate (PEM with its key)."""

    def __init__(self, directory, ip, exchange, user, password, ports, frequency=440, codec="PCMU",
                 transport="udp", srtp=None, certificate=None, is_answering=False):
        self.user, self.ip, self.exchange = user, ip, exchange
        self.directory, self.codec, self.transport = directory, codec, transport
        self.frequency, self._password, self._srtp = frequency, password, srtp
        self._is_answering = is_answering
        self.events, self._read = [], 0
        self._responses, self._token = {}, 0
        self._condition = threading.Condition()
        os.makedirs(os.path.join(directory, "heard"))
        channels = 2 if codec == "opus" else 1
        _write_tone(os.path.join(directory, "microphone.wav"), RATES[codec], channels, frequency)
        host = f"[{ip}]" if ":" in ip else ip
        with open(os.path.join(directory, "config"), "w", encoding="utf-8") as file:
            file.write(CONFIG.format(
                host=host, port=ports["sip"], directory=directory, rate=RATES[codec],
                channels=channels, rtp_first=ports["rtp"], rtp_last=ports["rtp"] + 40,
                modules=MODULE_DIRECTORY, codec=CODEC_MODULES[codec],
                control_ip=ports["control_ip"], control=ports["control"],
                certificate=f"sip_certificate {certificate}" if certificate else ""))
        for name in ("accounts", "contacts"):
            open(os.path.join(directory, name), "w", encoding="utf-8").close()
        self.process = Process(f"baresip {user}", ["baresip", "-f", directory, "-n", ip],
                               directory, os.path.join(directory, "log"))
        self._socket = wait_until(f"the control port of baresip {user}",
                                  lambda: self._connect(ports))
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    def stop(self):
        self.process.stop()
        self._socket.close()
        self._thread.join()

    # --- commands ---

    def register(self, expires=300):
        """Begins the account and waits until the exchange has taken it."""
        self.begin_account(expires)
        self.wait("REGISTER_OK")

    def begin_account(self, expires=300):
        host = f"[{self.exchange[0]}]" if ":" in self.exchange[0] else self.exchange[0]
        parts = [f"<sip:{self.user}@{host}:{self.exchange[1]};transport={self.transport}>",
                 f"auth_pass={self._password}", f"regint={expires}",
                 f"answermode={'auto' if self._is_answering else 'manual'}",
                 f"audio_codecs={ACCOUNT_CODECS[self.codec]}"]
        if self._srtp:
            parts.append(f"mediaenc={self._srtp}")
        self.command("uanew", ";".join(parts))

    def dial(self, number):
        host = f"[{self.exchange[0]}]" if ":" in self.exchange[0] else self.exchange[0]
        self.command("dial", f"sip:{number}@{host}:{self.exchange[1]};transport={self.transport}")

    def accept(self):
        self.command("accept")

    def hang_up(self):
        self.command("hangup")

    def hold(self):
        self.command("hold")

    def resume(self):
        self.command("resume")

    def send_digit(self, digit):
        self.command("sndcode", digit)

    def command(self, name, parameters=""):
        """Sends a command and returns the text of its answer."""
        with self._condition:
            self._token += 1
            token = str(self._token)
        raw = json.dumps({"command": name, "params": parameters, "token": token}).encode()
        self._socket.sendall(b"%d:%s," % (len(raw), raw))
        answer = self._wait_for(f"the answer to {name}", lambda: self._responses.get(token))
        if not answer.get("ok"):
            raise Failure(f"baresip {self.user}: {name} {parameters}: {answer.get('data')}")
        return answer.get("data", "")

    # --- events ---

    def wait(self, kind, timeout=PATIENCE, where=lambda event: True):
        """The next event of this type; events before it are passed over."""
        def look():
            while self._read < len(self.events):
                event = self.events[self._read]
                self._read += 1
                if event.get("type") == kind and where(event):
                    return event
            return None
        return self._wait_for(f"event {kind}", look, timeout)

    def established(self, timeout=PATIENCE):
        return self.wait("CALL_ESTABLISHED", timeout)

    def audio_flows(self, timeout=PATIENCE):
        """Waits for the first packet heard, which may be there before the call is established."""
        def look():
            return any(event.get("type") == "CALL_RTPESTAB" for event in self.events) or None
        self._wait_for("the first packet of audio", look, timeout)

    def closed(self, timeout=PATIENCE):
        """Waits for the end of the call and returns the reason that baresip gives."""
        return self.wait("CALL_CLOSED", timeout).get("param", "")

    def digits(self):
        """Digits heard so far."""
        return "".join(event.get("param", "") for event in list(self.events)
                       if event.get("type") == "CALL_DTMF_START")

    # --- sound ---

    def heard(self):
        """What it heard in its latest call; complete once the call is over."""
        files = sorted(glob.glob(os.path.join(self.directory, "heard", "*-dec.wav")))
        if not files:
            raise Failure(f"baresip {self.user} has heard nothing at all")
        sound = audio.read_wav(files[-1])
        return sound.channels[0], sound.rate

    # --- inside ---

    def _connect(self, ports):
        if self.process.status() is not None:
            raise Failure(f"baresip {self.user} did not start:\n{self.process.output()[-2000:]}")
        try:
            return socket.create_connection((ports["control_ip"], ports["control"]), 1)
        except OSError:
            return None

    def _wait_for(self, what, look, timeout=PATIENCE):
        found = []

        def probe():
            found[:] = [look()]
            return found[0] is not None
        with self._condition:
            if not self._condition.wait_for(probe, timeout):
                kinds = [event.get("type") for event in self.events]
                raise Failure(f"baresip {self.user}: waited {timeout:g} s in vain for {what}; "
                              f"events: {kinds}")
        return found[0]

    def _receive(self):
        pending = b""
        self._socket.settimeout(None)
        while True:
            try:
                raw = self._socket.recv(65536)
            except OSError:
                return
            if not raw:
                return
            pending = self._take_in(pending + raw)

    def _take_in(self, pending):
        """Netstrings: "12:{...}," one after the other."""
        while True:
            length, found, rest = pending.partition(b":")
            if not found or len(rest) <= int(length):
                return pending
            message = json.loads(rest[:int(length)].decode("utf-8", "replace"))
            with self._condition:
                if message.get("response"):
                    self._responses[message.get("token")] = message
                else:
                    self.events.append(message)
                self._condition.notify_all()
            pending = rest[int(length) + 1:]


def _write_tone(path, rate, channels, frequency):
    """Whole periods of one second, repeated; baresip 1.0 plays a file once."""
    step = 2 * math.pi * frequency / rate
    second = array.array("h")
    for at in range(rate):
        second.extend([int(10000 * math.sin(step * at))] * channels)
    with wave.open(path, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(second.tobytes() * MICROPHONE_SECONDS)
