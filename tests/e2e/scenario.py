"""The list of scenarios; @scenario puts a function on it under its own name."""

import dataclasses
import typing

SCENARIOS = {}


@dataclasses.dataclass
class Scenario:
    name: str
    summary: str
    function: typing.Callable
    seconds: float  # about how long it takes: long ones are started first
    is_started: bool  # the exchange runs when the scenario begins
    config: list  # functions that change the configuration of the workbench before


def scenario(*config, seconds=3, is_started=True):
    def add(function):
        name = function.__name__
        if name in SCENARIOS:
            raise ValueError(f"two scenarios are called {name}")
        summary = (function.__doc__ or "").strip().splitlines()[0] if function.__doc__ else ""
        SCENARIOS[name] = Scenario(name, summary, function, seconds, is_started, list(config))
        return function
    return add
