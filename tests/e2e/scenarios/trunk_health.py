"""Trunks and servers that are dead, refuse or come back, and how their servers are found."""

import os
import time

from dns_server import A, NAPTR, SRV, DnsServer
from providers import add_plans, add_provider, both_talk, call_from, two_providers
from scenario import scenario
from waiting import check, check_equal, check_in, wait_until


@scenario(two_providers, seconds=6)
def dead_trunk_is_skipped_after_the_answer_time(bench):
    """No answer at all for 2 s: the next trunk is called."""
    bench.first.is_deaf = True
    caller = bench.phone(101)
    began = time.monotonic()
    call = caller.invite("2125558888")
    incoming = bench.second.incoming()
    waited = time.monotonic() - began
    check(1.8 < waited < 4, f"the second trunk was called after {waited:.1f} s")
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("trunks", [leg.get("trunk") for leg in record["legs"]], [None, "first", "second"])
    check_equal("cause of the first", record["legs"][1]["cause"]["sip"], 408)


@scenario(two_providers, seconds=4)
def refusing_trunk_is_followed_by_the_next(bench):
    """503 of the first trunk: the second is called; 486 of the second: the caller is told busy."""
    caller = bench.phone(101)
    call = caller.invite("2125558888")
    bench.first.incoming().reply(503, "Service Unavailable")
    bench.second.incoming().reply(486, "Busy Here")
    call.wait(486)
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "busy")


def _asked_for_health(bench):
    two_providers(bench)
    bench.config["trunks"]["first"]["health"] = {"interval": "1s", "down_after": 2, "up_after": 2}


def answer_options(provider, count, status=200):
    for _ in range(count):
        provider.reply(provider.expect("OPTIONS", timeout=12), status)


@scenario(_asked_for_health, seconds=20)
def dead_trunk_is_found_by_options_and_skipped_without_a_wait(bench):
    """No answers: down, and the call goes to the second at once; answers: up again."""
    answer_options(bench.first, 1, 404)  # somebody is there
    bench.exchange.wait_log("trunk=first up")
    bench.first.is_deaf = True
    bench.exchange.wait_log("trunk=first down")
    began = time.monotonic()
    call = bench.phone(101).invite("2125558888")
    bench.second.incoming().reply(486, "Busy Here")
    check(time.monotonic() - began < 1.5, "the dead trunk was waited for")
    call.wait(486)
    bench.first.is_deaf = False
    answer_options(bench.first, 2)
    wait_until("the trunk to be up again", lambda: bench.exchange.log_text().count(
        "trunk=first up") == 2)
    bench.phone(102).invite("2125558888")
    bench.first.incoming().reply(486, "Busy Here")


def _found_by_dns(bench):
    bench.first = add_provider(bench, "first")
    bench.second = add_provider(bench, "second")
    del bench.config["trunks"]["second"]
    bench.dns = DnsServer(bench.network.address(), {
        (NAPTR, "example.test"): [(10, 10, "s", "SIP+D2U", "_sip._udp.example.test")],
        (SRV, "_sip._udp.example.test"): [(20, 0, 5060, "b.example.test"),
                                          (10, 0, 5060, "a.example.test")],
        (A, "a.example.test"): [bench.first.ip], (A, "b.example.test"): [bench.second.ip]})
    bench.stops(bench.dns)
    resolv_conf = os.path.join(bench.directory, "resolv.conf")
    with open(resolv_conf, "w", encoding="utf-8") as file:
        file.write(f"nameserver {bench.dns.address}\n")
    bench.config["server"]["resolv_conf"] = resolv_conf
    bench.config["trunks"]["first"]["servers"] = ["example.test"]
    add_plans(bench, incoming=[("+12125550101", "101")], outgoing=("first",))


@scenario(_found_by_dns, seconds=6)
def servers_of_a_trunk_are_found_by_naptr_and_srv(bench):
    """The SRV of lower priority is called first, the other after 503; both may call us."""
    bench.exchange.wait_log("trunk=first unknown")
    caller = bench.phone(101)
    wait_until("the name to be resolved", lambda: (A, "b.example.test") in bench.dns.asked)
    call = caller.invite("2125558888")
    incoming = bench.first.incoming()
    check_in("request URI", "sip:+12125558888@example.test", incoming.invite.uri)
    incoming.reply(503, "Service Unavailable")
    bench.second.incoming().answer()
    call.answered()
    call.hang_up()
    back = call_from(bench.second, "2125550101", "2125557777")
    caller.incoming().answer()
    back.answered()
    back.hang_up()
