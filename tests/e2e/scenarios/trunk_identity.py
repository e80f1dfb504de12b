"""Who is shown to whom by trunks: hairpins, route loops, hidden numbers."""

from providers import add_plans, add_provider, both_talk, call_from
from scenario import scenario
from waiting import check, check_equal, check_in


def _hairpin(bench):
    bench.provider = add_provider(bench)
    bench.mobile = add_provider(bench, "mobile")
    bench.config["trunks"]["mobile"]["identity"]["trusted"] = True
    add_plans(bench, outgoing=())
    bench.config["plans"]["incoming"]["rules"] = [{"called": "+12125550101", "to": "trunk mobile"}]


@scenario(_hairpin, seconds=5)
def hairpin_call_keeps_the_number_of_its_caller(bench):
    """Trunk to trunk: the far side sees the first caller, and who sent the call on."""
    call = call_from(bench.provider, "2125550101", "2125557777")
    incoming = bench.mobile.incoming()
    check_in("From", "sip:+12125557777@", incoming.invite.get("from"))
    check_in("Diversion", "+12125550101", incoming.invite.get("diversion"))
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    incoming.hang_up()
    call.wait_bye()


@scenario(_hairpin, seconds=3)
def route_loop_gets_482(bench):
    """A call that comes back with our number among those that diverted it: 482 and a warning."""
    call = bench.provider.invite("2125550101", headers=[
        ("Diversion", "<sip:+12125550101@pbx>;reason=unconditional")])
    call.wait(482)
    bench.exchange.wait_log("route loop")


def _anonymous(bench):
    bench.provider = add_provider(bench)
    bench.trusted = add_provider(bench, "trusted")
    bench.config["trunks"]["trusted"]["identity"]["trusted"] = True
    add_plans(bench, outgoing=("provider",))
    bench.config["plans"]["outgoing"]["rules"].insert(
        0, {"called": "+1212555000!", "to": "trunk trusted"})


@scenario(_anonymous, seconds=4)
def hidden_number_is_told_to_trusted_trunks_alone(bench):
    """Privacy: id of a telephone: From is anonymous; P-Asserted-Identity only where trusted."""
    caller = bench.phone(101)
    for number, provider, is_named in (("2125550001", bench.trusted, True),
                                       ("2125558888", bench.provider, False)):
        call = caller.invite(number, headers=[("Privacy", "id")])
        invite = provider.incoming().invite
        check_in("From", "anonymous@anonymous.invalid", invite.get("from"))
        check_equal("Privacy", invite.get("privacy"), "id")
        check_equal("P-Asserted-Identity", invite.get("p-asserted-identity") is not None, is_named)
        check("+1212555" not in invite.get("contact"), "the Contact tells the number")
        call.cancel()
