"""The exchange under test: configuration, daemon, command, API; and the workbench that a scenario
gets, which makes telephones and clears everything away."""

import http.client
import json
import os
import signal
import socket
import subprocess

from network import Network
from phones import Baresip
from processes import Process
from rtp import MediaLoop
from sip_phone import SipPhone
from sipp import Sipp
from waiting import Failure, wait_until

COMMAND_SECONDS = 30
START_SECONDS = 60  # seconds; the first start makes passwords and a database
RTP_PORTS = "20000-20999"


def password_of(number):
    return f"e2e-{number}-password"


def default_config(network):
    """A plain tree; scenarios change what they are about."""
    ip = network.exchange
    return {
        "server": {"name": "strowger", "data_dir": "data", "country": "us",
                   "log": {"level": "debug"}, "drain_timeout": "2s",
                   "limits": {"calls_max": 200}},
        "media": {"codecs": ["pcmu", "pcma", "g722", "opus", "gsm"], "rtp_ports": RTP_PORTS,
                  "port_quarantine": "1s", "workers": 1, "pin_workers": False,
                  "rtcp_interval": "1s"},
        "profiles": {"phones": {
            "listen": [f"udp:{ip}:5060", f"tcp:{ip}:5060"],
            "registration": {"expires_min": "10s"},
            "guard": {"answer_delay": "0"},
        }},
        "extensions": {number: {"password": password_of(number)} for number in range(101, 106)},
        "recording": {"rule": "all", "disk_free_min": "1MB"},
        "storage": {"map_size": "64MB"},
        "api": {},
    }


def md5_alone(bench):
    """For baresip 1.0, which gives up if any of the challenges names SHA-256."""
    bench.profile["digest"] = {"algorithms": ["md5"]}


def write_yaml(tree, indent=0):
    """Maps in block style, everything else as JSON, which is YAML too."""
    lines = []
    for key, value in tree.items():
        name = key if isinstance(key, int) or key.replace("_", "").isalnum() else json.dumps(key)
        if isinstance(value, dict) and value:
            lines.append(f"{' ' * indent}{name}:\n{write_yaml(value, indent + 2)}")
        else:
            lines.append(f"{' ' * indent}{name}: {json.dumps(value)}\n")
    return "".join(lines)


class Exchange:
    """strowgerd with its directory.  `config` is its configuration as a tree."""

    def __init__(self, binaries, directory, network):
        self.binaries, self.directory, self.network = binaries, directory, network
        self.config = default_config(network)
        self.config_path = os.path.join(directory, "strowger.yaml")
        # Beside the directory, because a socket's path has 107 characters at most.
        self.socket = os.path.join(os.path.dirname(directory), f"{os.getpid()}.sock")
        self.config["api"]["socket"] = self.socket
        self.log = os.path.join(directory, "strowgerd.log")
        self.environment = {}
        self.process = None

    @property
    def address(self):
        return (self.network.exchange, 5060)

    # --- life ---

    def write_config(self, text=None):
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(write_yaml(self.config) if text is None else text)

    def start(self, has_config=False):
        if not has_config:
            self.write_config()
        self.process = Process("strowgerd", [os.path.join(self.binaries, "strowgerd"), "--conf",
                                             self.config_path], self.directory, self.log,
                               self.environment)
        wait_until("the exchange to be healthy", self._is_up, START_SECONDS)

    def stop(self):
        """An orderly stop; fails if the daemon had to be killed or says it ended badly."""
        if self.process is None:
            return
        process, self.process = self.process, None
        if process.status() is not None:
            raise Failure(f"strowgerd had ended by itself with {process.status()}")
        if not process.stop():
            raise Failure("strowgerd did not stop when it was told to")
        if process.status() != 0:
            raise Failure(f"strowgerd ended with {process.status()} after SIGTERM")

    def kill(self):
        self.process.kill()
        self.process = None

    def restart_after_kill(self):
        self.kill()
        self.start(has_config=True)

    def hang_up_signal(self):
        self.process.signal(signal.SIGHUP)

    def log_text(self):
        return Process.output(self.process) if self.process else open(self.log).read()

    def wait_log(self, *parts):
        """Waits for a line of the log that has all of these parts."""
        def find():
            for line in self.log_text().splitlines():
                if all(part in line for part in parts):
                    return line
            return None
        return wait_until(f"a line with {parts} in the log", find)

    def _is_up(self):
        if self.process.status() is not None:
            raise Failure(f"strowgerd ended with {self.process.status()} at its start:\n"
                          f"{self.process.output()[-3000:]}")
        return os.path.exists(self.socket) and self.run("health").returncode == 0

    # --- the command ---

    def run(self, *arguments):
        """Runs `strowger` and returns the CompletedProcess."""
        return subprocess.run([os.path.join(self.binaries, "strowger"), "--socket", self.socket,
                               *arguments], capture_output=True, text=True, check=False,
                              timeout=COMMAND_SECONDS, cwd=self.directory)

    def text(self, *arguments):
        done = self.run(*arguments)
        if done.returncode != 0:
            raise Failure(f"strowger {' '.join(arguments)} ended with {done.returncode}: "
                          f"{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.text("--json", *arguments))

    # --- what it knows ---

    def calls(self):
        return self.json("calls")["calls"]

    def cdrs(self, *filters):
        return self.json("cdr", *filters)["cdr"]

    def registrations(self, extension=None):
        rows = self.json("registrations")["registrations"]
        return [row for row in rows if extension in (None, row["extension"])]

    def wait_registrations(self, extension, count):
        """The bindings, once there are so many: control hears of one just after the telephone."""
        def rows():
            return [found] if len(found := self.registrations(extension)) == count else None
        return wait_until(f"{count} bindings of {extension}", rows)[0]

    def wait_calls(self, count):
        return wait_until(f"{count} calls in progress",
                          lambda: [self.calls()] if len(self.calls()) == count else None)[0]

    def wait_cdrs(self, count=1):
        """The records, newest first, once there are `count`; more of them fail."""
        rows = wait_until(f"{count} call records",
                          lambda: self.cdrs() if len(self.cdrs()) >= count else None)
        if len(rows) != count:
            raise Failure(f"{len(rows)} call records instead of {count}: {rows}")
        return rows

    def wait_cdr(self):
        return self.wait_cdrs(1)[0]

    def wait_recording(self, call):
        """The finished recording of a call."""
        def find():
            rows = self.json("recordings", "--call", call)["recordings"]
            return [row for row in rows if row.get("sha256")]
        rows = wait_until(f"the recording of call {call}", find)
        if len(rows) != 1:
            raise Failure(f"{len(rows)} recordings of one call: {rows}")
        return rows[0]

    def recording_file(self, row):
        return os.path.join(self.directory, "data", "recordings", row["path"])

    def metric(self, name):
        """The value of a figure without labels, or None."""
        for line in self.text("metrics").splitlines():
            if line.split(" ")[0] == name:
                return float(line.split(" ")[1])
        return None

    def get(self, path, headers=None):
        """GET over the Unix socket: (status, headers, body)."""
        connection = _UnixConnection(self.socket)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=COMMAND_SECONDS)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(COMMAND_SECONDS)
        self.sock.connect(self._path)


class Workbench:
    """What a scenario works with; `close` ends whatever it made."""

    def __init__(self, binaries, directory):
        self.directory, self.network = directory, Network()
        self.exchange = Exchange(binaries, directory, self.network)
        self._loop, self._log, self._made, self._exchanges = None, None, [], [self.exchange]

    @property
    def loop(self):
        if self._loop is None:
            self._loop = MediaLoop()
        return self._loop

    @property
    def config(self):
        return self.exchange.config

    @property
    def profile(self):
        return self.config["profiles"]["phones"]

    def phone(self, user, password=None, is_registered=True, **options):
        """A scripted telephone, registered unless told otherwise."""
        if self._log is None:
            self._log = open(os.path.join(self.directory, "phones.log"), "a", encoding="utf-8")
        options.setdefault("exchange", self.exchange.address)
        options.setdefault("ip", self.network.address())
        made = SipPhone(user=str(user), password=password or password_of(user), loop=self.loop,
                        log=self._log, **options)
        self._made.append(made)
        if is_registered:
            made.register()
        return made

    def baresip(self, user, is_registered=True, **options):
        options.setdefault("exchange", self.exchange.address)
        options.setdefault("ip", self.network.address())
        directory = os.path.join(self.directory, f"baresip-{user}-{len(self._made)}")
        made = Baresip(directory, user=str(user), password=password_of(user),
                       ports=self.network.baresip_ports(options["ip"]), **options)
        self._made.append(made)
        if is_registered:
            made.register()
        return made

    def sipp(self, scenario, user=None, **options):
        """Begins a scenario of tests/e2e/sipp/ with the account `user`."""
        if user is not None:
            options.setdefault("user", str(user))
            options.setdefault("password", password_of(user))
        options.setdefault("ip", self.network.address())
        made = Sipp(os.path.join(self.directory, f"sipp-{scenario}-{len(self._made)}"), scenario,
                    port=5060, exchange=self.exchange.address, **options)
        self._made.append(made)
        return made

    def closes(self, exchange):
        """Another exchange that ends with the scenario."""
        self._exchanges.append(exchange)

    def stops(self, helper):
        """Anything with stop() that ends with the scenario."""
        self._made.append(helper)

    def close(self):
        """Ends everything.  Raises what the daemon's stop has to complain of, after all is done."""
        complaint = None
        for made in reversed(self._made):
            made.stop()
        if self._loop is not None:
            self._loop.stop()
        for exchange in self._exchanges:
            try:
                exchange.stop()
            except Failure as failure:
                complaint = complaint or failure
        if self._log is not None:
            self._log.close()
        if complaint is not None:
            raise complaint
