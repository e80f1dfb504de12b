#!/usr/bin/env python3
"""Runs the end-to-end scenarios against the real daemon.

    tests/e2e/run.py --bin build/release/bin [--only PART]... [--jobs N] [--list] [--keep]

Prints a line for each scenario; the last line is `[e2e] test cases: N | P passed | F failed`.  The
exit status is 1 if any failed.  Everything happens on loopback.  docs/testing.md says more.
"""

import argparse
import importlib
import os
import pkgutil
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import scenarios  # noqa: E402
from harness import Workbench  # noqa: E402
from scenario import SCENARIOS  # noqa: E402

LOG_TAIL = 60  # lines
TIME_LIMIT = 150  # seconds for one scenario


def load_scenarios():
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"scenarios.{module.name}")
    # The long ones first: beside them the short ones fit.
    return sorted(SCENARIOS.values(), key=lambda each: -each.seconds)


def tail(path, lines=LOG_TAIL):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])
    except FileNotFoundError:
        return "(there is none)\n"


def play(scenario, binaries, directory):
    """In a process of its own: runs the scenario and writes why it failed, if it did."""
    bench = Workbench(binaries, directory)
    reason = None
    try:
        for change in scenario.config:
            change(bench)
        if scenario.is_started:
            bench.exchange.start()
        scenario.function(bench)
    except Exception as error:  # whatever it is, it is the verdict
        reason = describe(error)
    try:
        bench.close()
    except Exception as error:
        reason = reason or describe(error)
    if reason:
        with open(os.path.join(directory, "failure"), "w", encoding="utf-8") as file:
            file.write(reason)
    return reason is None


def describe(error):
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{os.path.relpath(frame.filename, HERE)}:{frame.lineno}: {frame.line}"
             for frame in frames if frame.filename.startswith(HERE)]
    return f"{type(error).__name__}: {error}\n" + "".join(f"  at {line}\n" for line in lines[1:])


class Runner:
    def __init__(self, arguments, chosen):
        self.arguments, self.waiting = arguments, list(chosen)
        self.root = tempfile.mkdtemp(prefix="strowger-e2e-")
        self.lock = threading.Lock()
        self.children = set()
        self.passed, self.failed, self.is_over = 0, 0, False

    def run(self):
        workers = [threading.Thread(target=self._work) for _ in range(self.arguments.jobs)]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(0.2)
        if not self.failed and not self.arguments.keep:
            shutil.rmtree(self.root, ignore_errors=True)

    def end(self, *_):
        """SIGTERM or SIGINT: nothing may be left behind."""
        self.is_over = True
        with self.lock:
            self.waiting.clear()
            for group in self.children:
                os.killpg(group, signal.SIGKILL)

    def _work(self):
        while True:
            with self.lock:
                if not self.waiting:
                    return
                scenario = self.waiting.pop(0)
            self._run_one(scenario)

    def _run_one(self, scenario):
        directory = os.path.join(self.root, scenario.name)
        os.makedirs(directory)
        began = time.monotonic()
        with self.lock:
            child = self._spawn(scenario, directory)
            self.children.add(child)
        is_good = self._wait(child, directory)
        self._finish_group(child)
        seconds = time.monotonic() - began
        with self.lock:
            self.passed += is_good
            self.failed += not is_good
            self._tell(scenario, is_good, seconds, directory)
        if is_good and not self.arguments.keep:
            shutil.rmtree(directory, ignore_errors=True)

    def _spawn(self, scenario, directory):
        """A process group for each scenario: what it forgets is ended with the group."""
        command = [sys.executable, os.path.abspath(__file__), "--bin", self.arguments.bin,
                   "--play", scenario.name, "--directory", directory]
        return os.posix_spawn(sys.executable, command, os.environ, setpgroup=0)

    def _wait(self, child, directory):
        deadline = time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status == 0
            time.sleep(0.05)
        with open(os.path.join(directory, "failure"), "w", encoding="utf-8") as file:
            file.write(f"not over after {TIME_LIMIT} s\n")
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return False

    def _finish_group(self, child):
        with self.lock:
            self.children.discard(child)
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            pass  # as it should be: nothing was left

    def _tell(self, scenario, is_good, seconds, directory):
        print(f"{'passed' if is_good else 'FAILED'} {seconds:5.1f} s  {scenario.name}", flush=True)
        if is_good:
            return
        print(tail(os.path.join(directory, "failure")))
        print(f"The daemon's last words ({directory}):")
        print(tail(os.path.join(directory, "strowgerd.log")), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="the directory of strowgerd and strowger")
    parser.add_argument("--only", action="append", default=[], metavar="PART",
                        help="scenarios whose name contains this; may be given again")
    parser.add_argument("--jobs", type=int, default=2, help="scenarios at a time; default 2")
    parser.add_argument("--keep", action="store_true", help="keep the directories of all scenarios")
    parser.add_argument("--list", action="store_true", help="print the scenarios and end")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    parser.add_argument("--directory", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.bin = os.path.abspath(arguments.bin)
    chosen = load_scenarios()
    if arguments.play:
        sys.exit(0 if play(SCENARIOS[arguments.play], arguments.bin, arguments.directory) else 1)
    if arguments.only:
        chosen = [each for each in chosen if any(part in each.name for part in arguments.only)]
    if arguments.list:
        for each in sorted(chosen, key=lambda one: (one.function.__module__, one.name)):
            print(f"{each.name:58s} {each.summary}")
        return
    runner = Runner(arguments, chosen)
    signal.signal(signal.SIGTERM, runner.end)
    signal.signal(signal.SIGINT, runner.end)
    runner.run()
    print(f"[e2e] test cases: {runner.passed + runner.failed} | {runner.passed} passed | "
          f"{runner.failed} failed")
    sys.exit(1 if runner.failed or runner.is_over or not chosen else 0)


if __name__ == "__main__":
    main()
