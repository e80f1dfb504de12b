"""The processes of a run: the exchange, the bare relay, the load generator."""

import json
import os
import subprocess
import sys
import time

SERVER_PORT = 5560
SERVER_IP = "127.0.0.1"
PASSWORD = "bench-password"
CALLERS, CALLEES = "1000-1499", "1500-1999"
SERVER_RTP_PORTS = (10000, 31999)  # below the ports that the system gives to others
LOAD_RTP_PORTS = (40000, 59999)
BARE_RTP = f"{SERVER_IP}:{SERVER_RTP_PORTS[0]}"
BARE_SIP = f"{SERVER_IP}:{SERVER_PORT}"
CALLS_MAX = (SERVER_RTP_PORTS[1] - SERVER_RTP_PORTS[0] + 1) // 4
START_SECONDS = 30
STOP_SECONDS = 20

CONFIG = f"""# Written by tools/bench.sh: defaults but for what is here.
server:
  data_dir: data
  drain_timeout: 0
  log: {{file: strowger.log}}
  # One address makes all calls of the bench.
  limits: {{calls_max: {CALLS_MAX}, calls_per_second_max: 100000}}
media:
  rtp_ports: {SERVER_RTP_PORTS[0]}-{SERVER_RTP_PORTS[1]}
  # Ten seconds would need 52 000 ports at 1 200 calls a second.
  port_quarantine: 1s
  # The generator runs on the same cores.
  pin_workers: false
profiles:
  phones:
    listen: ["udp:{SERVER_IP}:{SERVER_PORT}"]
    digest: {{algorithms: [md5]}}
    # One address makes all calls, and asks for a nonce before each.
    guard: {{requests_per_second: 0, unauthenticated_per_second: 0}}
defaults:
  extension: {{calls_max: 10000}}
extensions:
  {CALLERS}: {{password: {PASSWORD}}}
  {CALLEES}: {{password: {PASSWORD}}}
recording: {{rule: %(recording)s}}
"""


class Failure(Exception):
    """Something could not be measured."""


def raised(command):
    """Before the ordinary processes of a machine that is shared, if we may."""
    return ["nice", "-n", "-10", *command] if os.geteuid() == 0 else command


def status_kb(pid, *names):
    """Fields of /proc/PID/status in KB."""
    values = {}
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in names:
                values[name] = int(rest.split()[0])
    return [values[name] for name in names]


class Exchange:
    """strowgerd with a configuration and directory of its own, while the `with` block lasts."""

    def __init__(self, binaries, directory, recording="none"):
        self.binaries, self.directory, self.recording = binaries, directory, recording
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def __enter__(self):
        os.makedirs(self.directory)
        path = os.path.join(self.directory, "strowger.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIG % {"recording": self.recording})
        self.process = subprocess.Popen(
            raised([os.path.join(self.binaries, "strowgerd"), "--conf", path]),
            cwd=self.directory, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failure(f"strowgerd does not start: {self.log_end()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        if status != 0:
            raise Failure(f"strowgerd ended with {status}: {self.log_end()}")

    def log_end(self):
        errors = self.process.stderr.read() if self.process.poll() is not None else ""
        return errors + self._log()[-2000:]

    def _log(self):
        try:
            with open(os.path.join(self.directory, "strowger.log"), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def _is_ready(self):
        return " ready " in self._log()


class Bare:
    """One of the yardsticks of bare_bench, while the `with` block lasts."""

    def __init__(self, binaries, what, *arguments):
        self.command = [os.path.join(binaries, "bare_bench"), what, *map(str, arguments)]
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def __enter__(self):
        self.process = subprocess.Popen(raised(self.command), stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise Failure(f"{' '.join(self.command[1:])} does not start")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def call_load(binaries, *arguments, server=True, cpu_of=None, must_succeed=True, realtime=False):
    """Runs the generator and returns its report.  `server` False: it calls itself (--direct)."""
    command = [os.path.join(binaries, "call_load"), "--quiet", "--callers", CALLERS, "--callees",
               CALLEES, "--rtp-ports", "%d-%d" % LOAD_RTP_PORTS]
    command += ["--server", f"{SERVER_IP}:{SERVER_PORT}", "--password", PASSWORD] if server \
        else ["--direct"]
    if realtime and os.geteuid() == 0:
        command.append("--realtime")
    if cpu_of is not None:
        command += ["--cpu-of", str(cpu_of)]
    command += [str(argument) for argument in arguments]
    done = subprocess.run(raised(command), capture_output=True, text=True, check=False)
    if not done.stdout.startswith("{"):
        raise Failure(f"call_load ended with {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    if must_succeed and done.returncode != 0:
        what = report.get("calls") or report.get("registrations")
        raise Failure(f"{what['failed']} of {what['attempted']} failed: {what['failures']}")
    late = report["generator"]["ticks_skipped"]
    if late:
        print(f"  the generator itself was late: {late} ticks skipped", file=sys.stderr, flush=True)
    return report
