"""Waiting for events: every wait of these tests ends by what it waits for, or fails by name."""

import time

PATIENCE = 20.0  # seconds; generous, because a loaded machine is slow and not wrong


class Failure(AssertionError):
    """An expectation of a scenario that was not met; its text is what a reader of the run sees."""


def wait_until(what, probe, timeout=PATIENCE, pause=0.03):
    """Returns the first true value of probe().  Raises Failure, naming `what`, after `timeout`."""
    deadline = time.monotonic() + timeout
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Failure(f"waited {timeout:g} s in vain for {what}; last seen: {value!r}")
        time.sleep(pause)


def check(condition, what):
    if not condition:
        raise Failure(what)


def check_equal(what, got, expected):
    if got != expected:
        raise Failure(f"{what}: got {got!r}, expected {expected!r}")


def check_in(what, part, whole):
    if part not in whole:
        raise Failure(f"{what}: {part!r} is not in {whole!r}")
