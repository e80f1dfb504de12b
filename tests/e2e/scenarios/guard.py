"""Who gets in: denied addresses, scanners, and a flood beside a call that must not suffer."""

import os
import socket
import time

from scenario import scenario
from scenarios.talk import both_hear, talk
from waiting import check, check_equal, check_in, wait_until

FLOOD_RATE = 1000  # INVITEs a second
FLOOD_SECONDS = 12
BURST = 10  # sent together: a thread that sleeps a millisecond a thousand times is not on time
MEMORY_GROWTH_MAX = 4 << 20  # bytes


def _denied(bench):
    bench.profile["guard"]["deny"] = [f"{bench.network.prefix}.200/32"]


@scenario(_denied, seconds=4)
def denied_address_gets_nothing(bench):
    """guard.deny: neither an answer nor one to rubbish; a reload lets the address in."""
    denied = bench.phone(101, ip=f"{bench.network.prefix}.200", is_registered=False)
    silent = denied.request("OPTIONS")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rubbish:
        rubbish.bind((denied.ip, 0))
        rubbish.settimeout(1)
        rubbish.sendto(f"OPTIONS sip:x SIP/2.0\r\nVia: {denied.via()}\r\n\r\n".encode(),
                       bench.exchange.address)
        bench.phone(102)  # another address: not touched
        try:
            check_equal("answer to rubbish", rubbish.recv(2048), b"")
        except TimeoutError:
            pass
    check_equal("answers to the denied address", silent.statuses(), [])
    wait_until("the counter", lambda: _metric(bench, "strowger_sip_denied_dropped_total") >= 2)
    bench.profile["guard"]["deny"] = []
    bench.exchange.write_config()
    check_in("reload", "guard.deny", bench.exchange.text("reload"))
    denied.register()


@scenario(seconds=4)
def scanner_is_banned_at_once_and_shown_by_name(bench):
    """One OPTIONS of friendly-scanner: no answer, a ban with its reason in `strowger guard`."""
    scanner = bench.phone(101, is_registered=False)
    request = scanner.message_to("OPTIONS", "100")
    request.headers = [(name, "friendly-scanner" if name == "User-Agent" else value)
                       for name, value in request.headers]
    first = scanner.start(request)
    rows = wait_until("the ban in the list", lambda: [
        row for row in bench.exchange.json("guard", "list")["guard"] if row["banned"]])
    check_equal("banned", [(row["address"], row["reason"]) for row in rows],
                [(scanner.ip, "scanner friendly-scanner")])
    check_in("table", "scanner friendly-scanner", bench.exchange.text("guard", "list"))
    second = scanner.request("OPTIONS")
    bench.phone(101)  # the account itself, from another address
    check_equal("answers to the scanner", first.statuses() + second.statuses(), [])
    bench.exchange.text("guard", "lift", scanner.ip)
    check_equal("OPTIONS after the lift", scanner.request("OPTIONS").wait().status, 200)


@scenario(seconds=20)
def flood_of_invites_does_not_hurt_a_call(bench):
    """1000 INVITE/s without a password from one address: the call loses no packet, memory stays."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    flooder = _Flooder(bench.network.address(), bench.exchange.address)
    flooder.run(1)  # what is made at first use is no growth
    before, since = _resident(bench), time.monotonic()
    flooder.run(FLOOD_SECONDS)
    until, after = time.monotonic(), _resident(bench)
    figures = [_losses(side.media.packets, since, until) for side in (call, incoming)]
    longest = max(_longest_gap(side.media.packets, since, until) for side in (call, incoming))
    print(f"flood: {flooder.sent} INVITEs in {until - since:.1f} s, packets and losses {figures}, "
          f"longest gap {longest * 1000:.0f} ms, resident {before >> 10} -> {after >> 10} KiB, "
          f"dropped {_metric(bench, 'strowger_sip_rate_dropped_total'):.0f}, "
          f"banned {_metric(bench, 'strowger_sip_banned_dropped_total'):.0f}")
    for packets, lost in figures:
        check(packets > (until - since) * 45, f"only {packets} packets in {until - since:.1f} s")
        check_equal("packets lost", lost, 0)
    check(after - before < MEMORY_GROWTH_MAX, f"memory grew by {(after - before) >> 10} KiB")
    check(_metric(bench, "strowger_sip_rate_dropped_total") > 0, "nothing was over the limit")
    wait_until("the ban of the flooder", lambda: any(
        row["banned"] and row["address"] == flooder.ip
        for row in bench.exchange.json("guard", "list")["guard"]))
    call.hang_up()
    incoming.wait_bye()


class _Flooder:
    """Sends INVITEs of a scanner that reads no answer."""

    def __init__(self, ip, exchange):
        self.ip, self.exchange, self.sent = ip, exchange, 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((ip, 0))

    def run(self, seconds):
        begin = time.monotonic()
        for number in range(int(seconds * FLOOD_RATE / BURST)):
            for _ in range(BURST):
                self._send()
            time.sleep(max(0.0, begin + (number + 1) * BURST / FLOOD_RATE - time.monotonic()))

    def _send(self):
        self.sent += 1
        ip, port = self._socket.getsockname()
        self._socket.sendto((
            f"INVITE sip:{self.sent}@{self.exchange[0]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {ip}:{port};branch=z9hG4bKflood{self.sent};rport\r\n"
            f"From: <sip:100@{ip}>;tag=f{self.sent}\r\nTo: <sip:{self.sent}@{ip}>\r\n"
            f"Call-ID: flood{self.sent}@{ip}\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:100@{ip}:{port}>\r\nContent-Length: 0\r\n\r\n").encode(), self.exchange)


def _metric(bench, name):
    return bench.exchange.metric(f'{name}{{profile="phones"}}') or 0.0


def _resident(bench):
    """Resident memory of the daemon, in bytes."""
    with open(f"/proc/{bench.exchange.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _during(packets, since, until):
    return [packet for packet in list(packets) if since <= packet.arrived < until]


def _losses(packets, since, until):
    """How many packets came, and how many sequence numbers between them did not."""
    seen = [packet.sequence for packet in _during(packets, since, until)]
    span = sum((b - a) & 0xFFFF for a, b in zip(seen, seen[1:]))
    return len(seen), span - (len(seen) - 1)


def _longest_gap(packets, since, until):
    arrived = [packet.arrived for packet in _during(packets, since, until)]
    return max(b - a for a, b in zip(arrived, arrived[1:]))
