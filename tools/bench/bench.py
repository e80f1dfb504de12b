#!/usr/bin/env python3
"""Measures the exchange and prints a table; see docs/bench.md.  Run by tools/bench.sh."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

from figures import table
from processes import Failure
from rows import ROWS, Run


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench.sh")
    parser.add_argument("--bin", required=True, help="directory of the programs")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), metavar="ROW",
                        help="only these rows")
    parser.add_argument("--quick", action="store_true", help="once and short")
    parser.add_argument("--repeat", type=int, help="how often each row is measured (3; quick 1)")
    parser.add_argument("--json", help="a file for the figures of each repetition")
    parser.add_argument("--list", action="store_true", help="names the rows")
    return parser.parse_args()


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def load_average():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def machine(binaries):
    virtual = output("systemd-detect-virt") or "unknown"
    return "\n".join([
        f"machine: {os.cpu_count()} cores of {processor()}, virtualisation {virtual}, "
        f"Linux {platform.release()}",
        f"system: {platform.freedesktop_os_release().get('PRETTY_NAME')}, "
        f"{output('g++', '--version').splitlines()[0]}",
        f"exchange: {output(os.path.join(binaries, 'strowgerd'), '--version')}, commit "
        f"{output('git', 'rev-parse', '--short', 'HEAD') or 'unknown'}, release build",
        f"method: load by call_load on the same machine over loopback; "
        f"{'both before ordinary processes' if os.geteuid() == 0 else 'ordinary priority'}; "
        "CPU is user and system time of all threads of the exchange",
    ])


def measure(run, names, repeat):
    """Returns what could not be measured."""
    problems = []
    for name in names:
        for turn in range(repeat):
            print(f"{name} {turn + 1}/{repeat} ...", file=sys.stderr, flush=True)
            try:
                ROWS[name](run)
            except Failure as failure:
                problems.append(f"{name}: {failure}")
                print(f"  {failure}", file=sys.stderr, flush=True)
    return problems


def main():
    wanted = arguments()
    if wanted.list:
        for name, function in ROWS.items():
            print(f"{name:14} {function.__doc__}")
        return 0
    repeat = wanted.repeat or (1 if wanted.quick else 3)
    binaries = os.path.abspath(wanted.bin)
    with tempfile.TemporaryDirectory(prefix="strowger-bench-") as directory:
        run = Run(binaries, directory, wanted.quick)
        began = load_average()
        problems = measure(run, wanted.only, repeat)
    print(machine(binaries))
    print(f"run: {time.strftime('%Y-%m-%d %H:%M')}, {repeat} repetitions: median (lowest–highest); "
          f"load average {began} before, {load_average()} after\n")
    print(table(run.figures.values()))
    for problem in problems:
        print(f"not measured: {problem}")
    if wanted.json:
        with open(wanted.json, "w", encoding="utf-8") as file:
            json.dump([{"figure": one.name, "unit": one.unit, "values": one.values,
                        "ratios": one.ratios} for one in run.figures.values()], file, indent=1)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
