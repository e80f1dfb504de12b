"""Two exchanges and three, with trunks between them."""

from exchanges import another_exchange, set_plans, trunk_to, two_exchanges
from providers import both_talk
from scenario import scenario
from waiting import check_equal, check_in


@scenario(two_exchanges, seconds=5)
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


def _three_in_a_row(bench):
    """10X are here, 30X on bench.last; bench.middle has no telephones and sends calls on."""
    bench.middle = another_exchange(bench, "middle")
    bench.last = another_exchange(bench, "last", extensions=range(301, 304))
    for end, own, others in ((bench.exchange, "10X", "30X"), (bench.last, "30X", "10X")):
        end.config["trunks"] = {"middle": trunk_to(bench.middle, identity={"trusted": True})}
        set_plans(end, {own: "extension"}, {others: "trunk middle"})
    bench.middle.config["trunks"] = {
        "first": trunk_to(bench.exchange, identity={"trusted": True}),
        "last": trunk_to(bench.last, identity={"trusted": True})}
    set_plans(bench.middle, {"10X": "trunk first", "30X": "trunk last"})


def _call_through(caller, called, number):
    """A call over all three that both have talked in: both sides of it."""
    call = caller.invite(number)
    incoming = called.incoming()
    check_in("From", f"sip:{caller.user}@", incoming.invite.get("from"))
    check_in("P-Asserted-Identity", f"sip:{caller.user}@",
             incoming.invite.get("p-asserted-identity") or "")
    incoming.ring()
    call.wait(180)
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    return call, incoming


def _check_records(bench, ended_by):
    """Each of the three knows the call, and who ended it."""
    for exchange in (bench.exchange, bench.middle, bench.last):
        for record, ending in zip(exchange.wait_cdrs(len(ended_by)), reversed(ended_by)):
            check_equal("outcome", (record["outcome"], record["ended_by"]), ("answered", ending))
    trunks = [[leg["trunk"] for leg in record["legs"]] for record in bench.middle.cdrs()]
    check_equal("trunks of the middle", trunks, [["last", "first"], ["first", "last"]])


@scenario(_three_in_a_row, seconds=6)
def call_through_three_exchanges_keeps_its_caller(bench):
    """The middle one sends the call on: caller shown, talk both ways, any BYE ends all."""
    bench.middle.start()
    bench.last.start()
    first, last = bench.phone(101), bench.phone(301, exchange=bench.last.address)
    call, incoming = _call_through(first, last, "301")
    call.hang_up()
    incoming.wait_bye()
    call, incoming = _call_through(last, first, "101")
    incoming.hang_up()
    call.wait_bye()
    _check_records(bench, ["caller", "called"])
