"""Two exchanges and three, with trunks between them."""

from providers import both_talk, second_exchange
from scenario import scenario
from waiting import check_equal, check_in


def _between_exchanges(bench):
    bench.other = second_exchange(bench)
    here, there = bench.network.exchange, bench.other.network.exchange
    bench.config["trunks"] = {"other": {"servers": [f"udp:{there}"], "plan": "incoming",
                                        "numbers": "as_dialled"}}
    bench.config["plans"] = {"incoming": {"rules": [{"called": "10X", "to": "extension"}]},
                             "outgoing": {"rules": [{"called": "20X", "to": "trunk other"}]}}
    bench.config["defaults"] = {"extension": {"plan": "outgoing"}}
    config = bench.other.config
    config["extensions"] = {number: {"password": f"e2e-{number}-password"}
                            for number in range(201, 204)}
    config["trunks"] = {"main": {"servers": [f"udp:{here}"], "plan": "incoming",
                                 "numbers": "as_dialled"}}
    config["plans"] = {"incoming": {"rules": [{"called": "20X", "to": "extension"}]},
                       "outgoing": {"rules": [{"called": "10X", "to": "trunk main"}]}}
    config["defaults"] = {"extension": {"plan": "outgoing"}}


@scenario(_between_exchanges, seconds=8)
def two_exchanges_call_each_other(bench):
    """An extension of one house dials an extension of the other, both ways."""
    bench.other.start()
    here = bench.phone(101)
    there = bench.phone(201, exchange=bench.other.address)
    call = here.invite("201")
    incoming = there.incoming()
    check_in("From", "sip:101@", incoming.invite.get("from"))
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    back = there.invite("101")
    incoming = here.incoming()
    incoming.answer()
    back.answered()
    both_talk(back, incoming)
    back.hang_up()
    incoming.wait_bye()
    check_equal("records", len(bench.other.wait_cdrs(2)), 2)
