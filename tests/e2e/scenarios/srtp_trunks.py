"""SRTP on a trunk between two exchanges, each of which has its own mind about it."""

from exchanges import two_exchanges
from providers import both_talk
from scenario import scenario
from scenarios.talk import media_of
from waiting import check_equal


def _minds(here, there):
    """A function that sets `srtp` of the trunk on both sides."""
    def change(bench):
        two_exchanges(bench)
        bench.config["trunks"]["far"]["srtp"] = here
        bench.other.config["trunks"]["far"]["srtp"] = there
    return change


def _check_call(bench, encrypted):
    """A telephone here talks with one there; whether the trunk's leg was encrypted, in the records
    of both, and the telephones' were not."""
    bench.other.start()
    called = bench.phone(201, exchange=bench.other.address)
    call = bench.phone(101).invite("201")
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    for exchange, trunk_side in ((bench.exchange, "called"), (bench.other, "caller")):
        record = exchange.wait_cdr()
        for side in ("caller", "called"):
            check_equal(f"srtp of the {side}", media_of(record, side)["srtp"],
                        encrypted and side == trunk_side)


def _check_refused(bench):
    bench.other.start()
    bench.phone(201, exchange=bench.other.address)
    bench.phone(101).invite("201").wait(488)
    check_equal("outcome", bench.exchange.wait_cdr()["outcome"], "failed")


@scenario(_minds("required", "required"), seconds=4)
def trunk_that_requires_srtp_on_both_sides_is_encrypted(bench):
    """Both require it: the talk is heard, and encrypted between the exchanges alone."""
    _check_call(bench, encrypted=True)


@scenario(_minds("required", "optional"), seconds=4)
def trunk_that_requires_srtp_gets_it_from_one_that_may(bench):
    """required offers it to optional."""
    _check_call(bench, encrypted=True)


@scenario(_minds("optional", "off"), seconds=4)
def trunk_that_may_encrypt_talks_plainly_to_one_that_cannot(bench):
    """optional meets off."""
    _check_call(bench, encrypted=False)


@scenario(_minds("off", "optional"), seconds=4)
def trunk_that_cannot_encrypt_talks_plainly_to_one_that_may(bench):
    """off meets optional."""
    _check_call(bench, encrypted=False)


@scenario(_minds("required", "off"), seconds=3)
def trunk_that_requires_srtp_is_refused_by_one_that_cannot(bench):
    """required meets off: 488, and no talk in the clear."""
    _check_refused(bench)


@scenario(_minds("off", "required"), seconds=3)
def plain_call_is_refused_by_a_trunk_that_requires_srtp(bench):
    """off meets required: 488."""
    _check_refused(bench)


@scenario(_minds("optional", "required"), seconds=3)
def trunk_that_may_encrypt_does_not_offer_it(bench):
    """optional takes SRTP where it is offered; to required it offers none and gets 488."""
    _check_refused(bench)
