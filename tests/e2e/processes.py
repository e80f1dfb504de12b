"""Child processes of a scenario: started with their output in a file, ended by their own id."""

import os
import signal
import subprocess

STOP_SECONDS = 10


class Process:
    def __init__(self, name, command, directory, log, environment=None):
        self.name, self.log = name, log
        with open(log, "ab") as output:
            self._child = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL,
                                           stdout=output, stderr=subprocess.STDOUT,
                                           env={**os.environ, **(environment or {})})

    @property
    def pid(self):
        return self._child.pid

    def status(self):
        """None while it runs; negative: ended by that signal."""
        return self._child.poll()

    def wait(self, timeout):
        return self._child.wait(timeout)

    def signal(self, number):
        if self.status() is None:
            self._child.send_signal(number)

    def stop(self):
        """Asks, waits, insists.  True if asking was enough."""
        if self.status() is not None:
            return True
        self.signal(signal.SIGTERM)
        try:
            self.wait(STOP_SECONDS)
            return True
        except subprocess.TimeoutExpired:
            self.kill()
            return False

    def kill(self):
        self.signal(signal.SIGKILL)
        self._child.wait()

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()
