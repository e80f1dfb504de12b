"""Trunks between exchanges by TLS, whose certificates are verified."""

import os
import time

from certificates import Authority
from dns_server import A, DnsServer
from exchanges import two_exchanges
from providers import add_provider, both_talk
from scenario import scenario
from waiting import check, check_equal

HERE, THERE, ELSEWHERE = (f"{name}.example.test" for name in ("here", "there", "elsewhere"))


def show(exchange, issued):
    """The certificate of its addresses for TLS, instead of the one it had."""
    certificate, key = issued
    exchange.config["profiles"]["phones"]["tls"].update(certificate=certificate, key=key)


def _two_by_tls(bench):
    """Both verify; each knows the other by the name in its certificate, whose address DNS says."""
    two_exchanges(bench)
    bench.authority = Authority(bench.directory)
    bench.dns = DnsServer(bench.network.address(), {
        (A, HERE): [bench.network.exchange], (A, THERE): [bench.other.network.exchange]})
    bench.stops(bench.dns)
    for exchange, name, far in ((bench.exchange, HERE, THERE), (bench.other, THERE, HERE)):
        path = os.path.join(exchange.directory, "resolv.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"nameserver {bench.dns.address}\n")
        exchange.config["server"]["resolv_conf"] = path
        exchange.config["trunks"]["far"]["servers"] = [f"tls:{far}"]
        profile = exchange.config["profiles"]["phones"]
        profile["listen"].append(f"tls:{exchange.network.exchange}:5061")
        profile["tls"] = {"ca": bench.authority.certificate, "verify": "required"}
        show(exchange, bench.authority.issue(name, f"DNS:{name}"))


def _check_tls(exchange):
    """An INVITE of each call so far went by TLS."""
    for record in exchange.cdrs():
        texts = [message["text"] for message in exchange.json("trace", record["id"])["messages"]]
        check(any(text.startswith("INVITE") and "Via: SIP/2.0/TLS" in text for text in texts),
              f"no INVITE went by TLS: {texts}")


def _talk(caller, called):
    """A call that the called side ends."""
    call = caller.invite(called.user)
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    incoming.hang_up()
    call.wait_bye()


def _asked_often(bench):
    """The first OPTIONS may come before the other exchange is up."""
    bench.config["trunks"]["far"]["health"] = {"interval": "2s"}


@scenario(_two_by_tls, _asked_often, seconds=6)
def exchanges_that_verify_each_other_talk_by_tls(bench):
    """tls.verify required on both sides, certificates of one authority with the right names."""
    bench.other.start()
    bench.exchange.wait_log("trunk=far up")
    here, there = bench.phone(101), bench.phone(201, exchange=bench.other.address)
    for caller, called in ((here, there), (there, here)):
        _talk(caller, called)
    bench.exchange.wait_cdrs(2)
    _check_tls(bench.exchange)


@scenario(_two_by_tls, seconds=5)
def trunk_by_tls_outlives_a_restart_of_the_other_side(bench):
    """The connection is gone with the other exchange; the next call makes another."""
    bench.other.start()
    caller = bench.phone(101)
    _talk(caller, bench.phone(201, exchange=bench.other.address))
    bench.other.restart_after_kill()
    _talk(caller, bench.phone(201, exchange=bench.other.address))


def _by_address(bench):
    """The trunks give addresses: of those the common name of the certificate is compared."""
    _two_by_tls(bench)
    for exchange, far in ((bench.exchange, bench.other), (bench.other, bench.exchange)):
        address = far.network.exchange
        exchange.config["trunks"]["far"]["servers"] = [f"tls:{address}"]
        show(far, bench.authority.issue(address))


@scenario(_by_address, seconds=5)
def server_given_as_an_address_shows_it_as_its_common_name(bench):
    """No name anywhere: the certificate's common name is the address."""
    bench.other.start()
    call = bench.phone(101).invite("201")
    call.wait(480)  # of the far exchange: nobody is registered there
    bench.exchange.wait_cdr()
    _check_tls(bench.exchange)


def _with_a_way_round(bench):
    """Calls for 201 have another trunk when the far exchange is not to be trusted."""
    _two_by_tls(bench)
    bench.next = add_provider(bench, "next")
    bench.config["trunk_groups"] = {"all": {"members": [
        {"trunk": "far", "priority": 1}, {"trunk": "next", "priority": 2}]}}
    bench.config["plans"]["outgoing"]["rules"] = [{"called": "201", "to": "trunks all"},
                                                  {"called": "20X", "to": "trunk far"}]
    for exchange in (bench.exchange, bench.other):
        exchange.config["trunks"]["far"]["health"] = {"interval": "0", "answer_time": "1s"}


def _unknown_authority(bench):
    _with_a_way_round(bench)
    stranger = Authority(bench.directory, "stranger")
    show(bench.other, stranger.issue(THERE, f"DNS:{THERE}"))


def _other_name(bench):
    _with_a_way_round(bench)
    show(bench.other, bench.authority.issue(ELSEWHERE, f"DNS:{ELSEWHERE}"))


def _check_goes_round(bench):
    """The next trunk carries the call, and the far exchange hears nothing of it."""
    bench.other.start()
    call = bench.phone(101).invite("201")
    incoming = bench.next.incoming()
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    trunks = [leg.get("trunk") for leg in bench.exchange.wait_cdr()["legs"]]
    check_equal("trunks", trunks, [None, "far", "next"])
    check_equal("calls of the far exchange", bench.other.cdrs(), [])


@scenario(_unknown_authority, seconds=6)
def exchange_of_an_unknown_authority_is_neither_called_nor_heard(bench):
    """The right name, but nobody we know has signed it: no call goes there, none comes."""
    _check_goes_round(bench)
    caller = bench.phone(201, exchange=bench.other.address)
    response = caller.invite("101").invite.wait()
    check(response.status in (408, 503), f"the stranger was answered {response.first_line!r}")
    check_equal("records here", len(bench.exchange.cdrs()), 1)


@scenario(_other_name, seconds=5)
def server_with_the_certificate_of_another_is_not_called(bench):
    """An authority that we know, but not the name of the trunk."""
    _check_goes_round(bench)


def _other_address(bench):
    _other_name(bench)
    bench.config["trunks"]["far"]["servers"] = [f"tls:{bench.other.network.exchange}"]


@scenario(_other_address, seconds=5)
def server_given_as_an_address_is_not_called_under_another_name(bench):
    """The trunk says an address; a certificate without it will not do."""
    _check_goes_round(bench)


def _check_reason(bench):
    """A call with no other way fails at once, not when the wait for an answer ends."""
    bench.other.start()
    began = time.monotonic()
    bench.phone(101).invite("202").wait(503)
    check(time.monotonic() - began < 5, "it was waited for an answer that could not come")
    bench.exchange.wait_log("warn", "far", "certificate")


def _patient(bench):
    bench.config["trunks"]["far"]["health"]["answer_time"] = "10s"


@scenario(_unknown_authority, _patient, seconds=4)
def certificate_of_an_unknown_authority_is_named_as_the_reason(bench):
    """503 at once, and the log says that it was the certificate."""
    _check_reason(bench)


@scenario(_other_name, _patient, seconds=4)
def certificate_of_another_is_named_as_the_reason(bench):
    """503 at once, and the log says that it was the certificate."""
    _check_reason(bench)


def _by_address_among_names(bench):
    """A certificate as an authority of a house makes it: the address is an alternative name."""
    _by_address(bench)
    for exchange in (bench.exchange, bench.other):
        show(exchange, bench.authority.issue(
            f"pbx-{exchange.network.exchange}", f"IP:{exchange.network.exchange}"))


@scenario(_by_address_among_names, seconds=5)
def server_given_as_an_address_shows_it_among_its_names(bench):
    """Providers do so where they are reached without DNS."""
    bench.other.start()
    bench.phone(101).invite("201").wait(480)  # of the far exchange: nobody is registered there
    bench.exchange.wait_cdr()
    _check_tls(bench.exchange)
