"""More than one exchange: others beside the one under test, and trunks between them."""

import os

from harness import Exchange, default_config, password_of


class _Place:
    """The network as another exchange sees it."""

    def __init__(self, network):
        self.exchange = network.address()


def another_exchange(bench, name="second", extensions=()):
    """Another strowgerd beside the one under test; the scenario configures and starts it."""
    directory = os.path.join(bench.directory, name)
    os.makedirs(directory)
    place = _Place(bench.network)
    made = Exchange(bench.exchange.binaries, directory, place)
    made.config = default_config(place)
    made.config["extensions"] = {number: {"password": password_of(number)}
                                 for number in extensions}
    made.socket = made.config["api"]["socket"] = f"{bench.exchange.socket}.{name}"
    bench.closes(made)
    return made


def trunk_to(exchange, **options):
    """The entry of `trunks` that leads to it by UDP and its address, unless told otherwise."""
    return {"servers": [f"udp:{exchange.network.exchange}"], "plan": "incoming",
            "numbers": "as_dialled", **options}


def set_plans(exchange, incoming, outgoing=None):
    """Called pattern to target: for calls that come by trunks, and for those of extensions."""
    def rules(targets):
        return {"rules": [{"called": called, "to": to} for called, to in targets.items()]}
    exchange.config["plans"] = {"incoming": rules(incoming)}
    if outgoing:
        exchange.config["plans"]["outgoing"] = rules(outgoing)
        exchange.config["defaults"] = {"extension": {"plan": "outgoing"}}


def two_exchanges(bench):
    """10X are here, 20X on bench.other; each reaches the other by a trunk."""
    bench.other = another_exchange(bench, extensions=range(201, 204))
    for one, far, own, others in ((bench.exchange, bench.other, "10X", "20X"),
                                  (bench.other, bench.exchange, "20X", "10X")):
        one.config["trunks"] = {"far": trunk_to(far)}
        set_plans(one, {own: "extension"}, {others: "trunk far"})
