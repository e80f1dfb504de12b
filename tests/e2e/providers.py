"""What scenarios of trunks share: providers, which are scripted telephones with a fixed address."""

from rtp import Tone
from scenarios.talk import both_hear


def add_provider(bench, name="provider", **options):
    """A trunk to a server that the scenario plays.  Call it before the exchange starts."""
    server = bench.phone(name, is_registered=False, port=5060)
    trunk = {"servers": [f"udp:{server.ip}"], "plan": "incoming", "health": {"interval": "0"},
             "identity": {"number": "+12125550100"}}
    trunk.update(options)
    bench.config.setdefault("trunks", {})[name] = trunk
    return server


def add_plans(bench, incoming=(), outgoing=("provider",)):
    """DID to extension for `incoming`; all else goes to the trunks of `outgoing`, in this order."""
    rules = [{"called": did, "to": f"extension {number}"} for did, number in incoming]
    plans = {"incoming": {"rules": rules or [{"to": "reject 404"}]}}
    if outgoing:
        target = f"trunk {outgoing[0]}" if len(outgoing) == 1 else "trunks all"
        plans["outgoing"] = {"rules": [{"to": target}]}
        bench.config["defaults"] = {"extension": {"plan": "outgoing"}}
    if len(outgoing) > 1:
        bench.config["trunk_groups"] = {"all": {"members": [
            {"trunk": name, "priority": i + 1} for i, name in enumerate(outgoing)]}}
    bench.config["plans"] = plans


def one_provider(bench):
    """The usual house: one provider, whose calls for +12125550101 are for 101."""
    bench.provider = add_provider(bench)
    add_plans(bench, incoming=[("+12125550101", "101")])


def two_providers(bench):
    """Calls to outside go to the first, or else to the second."""
    bench.first = add_provider(bench, "first")
    bench.second = add_provider(bench, "second")
    add_plans(bench, outgoing=("first", "second"))


def call_from(provider, number, caller, **options):
    """An INVITE of the provider for `number`, From `caller`."""
    provider.user = caller
    return provider.invite(number, **options)


def both_talk(call, incoming):
    """Both sides of an answered call hear the other's tone."""
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
