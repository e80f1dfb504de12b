"""Sipp with a scenario of tests/e2e/sipp/, one run, its verdict and its messages."""

import os
import socket
import subprocess

from processes import Process
from waiting import Failure, wait_until

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
TIMEOUT_SECONDS = 60


class Sipp:
    """Runs at once.  `fields` are the columns of -inf, [field0] first."""

    def __init__(self, directory, scenario, ip, port, exchange, service="", user="", password="",
                 fields=(), calls=1, rate=10, extra=(), transport="u1"):
        self.scenario, self.directory, self.address = scenario, directory, (ip, port)
        os.makedirs(directory, exist_ok=True)
        command = ["sipp", f"{exchange[0]}:{exchange[1]}", "-sf",
                   os.path.join(HERE, f"{scenario}.xml"), "-i", ip, "-p", str(port), "-mi", ip,
                   "-bind_local", "-m", str(calls), "-r", str(rate), "-t", transport, "-nostdin",
                   "-timeout", str(TIMEOUT_SECONDS), "-timeout_error", "-trace_msg",
                   "-message_file", "messages.log", "-trace_err", "-error_file", "errors.log",
                   "-ci", ip, "-skip_rlimit"]
        command += ["-s", service] if service else []
        command += ["-au", user, "-key", "user", user] if user else []
        command += ["-ap", password] if password else []
        command += extra
        if fields:
            path = os.path.join(directory, "fields.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write("SEQUENTIAL\n")
                file.writelines(";".join(row) + "\n" for row in fields)
            command += ["-inf", path]
        self.process = Process(f"sipp {scenario}", command, directory,
                               os.path.join(directory, "output.log"), {"TERM": "dumb"})

    def finish(self, timeout=TIMEOUT_SECONDS + 10):
        """Waits for its end; fails unless every call went as the scenario says."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        if status != 0:
            raise Failure(f"sipp {self.scenario} ended with {status}:\n"
                          f"{self._read('errors.log')[-3000:]}\n{self.messages()[-4000:]}")

    def wait_listening(self):
        """Until its port is taken, so that nobody's first packet finds it closed."""
        wait_until(f"sipp {self.scenario} to listen", self._is_listening)

    def stop(self):
        self.process.stop()

    def messages(self):
        return self._read("messages.log")

    def _is_listening(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(self.address)
            except OSError:
                return True
        return False

    def _read(self, name):
        try:
            with open(os.path.join(self.directory, name), encoding="utf-8",
                      errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""
