"""Fax by T.38 within a talk: both sides leave audio together, or fax goes on as audio."""

import re
import socket

from providers import both_talk, call_from, one_provider
from scenario import scenario
from waiting import Failure, check, check_equal, check_in, wait_until

FAX_LINES = ("a=T38FaxVersion:0", "a=T38MaxBitRate:14400", "a=T38FaxUdpEC:t38UDPRedundancy")
RTP_VERSION_2 = 0x80
UDPTL = bytes.fromhex("000006d0800200")


class Machine:
    """A socket for UDPTL and what stands of it in SDP."""

    def __init__(self, bench, ip):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.socket.settimeout(3)
        self.ip, self.port, self.remote = ip, self.socket.getsockname()[1], None
        bench.stops(self)

    def stop(self):
        self.socket.close()

    def describe(self, version=2):
        lines = ["v=0", f"o=- 4711 {version} IN IP4 {self.ip}", "s=-", f"c=IN IP4 {self.ip}",
                 "t=0 0", f"m=image {self.port} udptl t38", *FAX_LINES]
        return "\r\n".join(lines) + "\r\n"

    def take(self, text):
        port = re.search(r"^m=image (\d+) udptl t38", text, re.MULTILINE)
        address = re.search(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
        if not port or not address:
            raise Failure(f"no T.38 in {text!r}")
        self.remote = (address.group(1), int(port.group(1)))

    def send(self, data):
        self.socket.sendto(data, self.remote)

    def expect(self, data):
        """The next datagram; audio that was still on its way is passed over."""
        got = self.socket.recv(2048)
        while got[0] == RTP_VERSION_2:
            got = self.socket.recv(2048)
        check_equal("what the other machine got", got, data)


def offer_to(dialog, seen):
    """The re-INVITE that the exchange has sent within `dialog` since there were `seen` requests."""
    return wait_until(f"{dialog.phone.user}: a new offer", lambda: next(
        (request for request in dialog.requests[seen:] if request.method == "INVITE"), None))


def answered_call(bench):
    """The provider calls 101: the telephone, and both sides of the talk."""
    phone = bench.phone(101)
    call = call_from(bench.provider, "2125550101", "2125557777")
    incoming = phone.incoming()
    incoming.answer()
    call.answered()
    return phone, call, incoming


@scenario(one_provider, seconds=6)
def fax_leaves_audio_for_t38_and_comes_back(bench):
    """The provider offers T.38, the telephone takes it; datagrams pass unread both ways; the record
    says so; a re-INVITE to audio brings the talk back."""
    phone, call, incoming = answered_call(bench)
    both_talk(call, incoming)

    call.media.is_muted = incoming.media.is_muted = True
    near, far = Machine(bench, phone.ip), Machine(bench, bench.provider.ip)
    phone.is_answering_offers = False
    seen = len(incoming.requests)
    offer = call.request("INVITE", far.describe())
    asked = offer_to(incoming, seen)
    for line in FAX_LINES:
        check_in("the offer passed on", line, asked.body)
    near.take(asked.body)
    phone.reply(asked, 200, body=near.describe(), dialog=incoming)
    answer = offer.wait(200)
    call.send_ack(answer)
    far.take(answer.body)
    for number in range(20):
        datagram = bytes([0, number]) + UDPTL
        far.send(datagram)
        near.expect(datagram)
        near.send(datagram)
        far.expect(datagram)

    phone.is_answering_offers = True
    call.media.is_muted = incoming.media.is_muted = False
    call.reinvite()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check("the record tells of the fax", any(segment.get("detail") == "fax"
                                             for segment in record["segments"]))


@scenario(one_provider, seconds=5)
def fax_that_the_other_side_refuses_goes_on_as_audio(bench):
    """A telephone that answers 488 to T.38: the provider is told 488, the talk goes on."""
    phone, call, incoming = answered_call(bench)
    phone.is_answering_offers = False
    seen = len(incoming.requests)
    offer = call.request("INVITE", Machine(bench, bench.provider.ip).describe())
    phone.reply(offer_to(incoming, seen), 488, dialog=incoming)
    check_equal("status", offer.wait().status, 488)
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()


def _unwilling(bench):
    one_provider(bench)
    bench.config["trunks"]["provider"]["t38"] = False


@scenario(_unwilling, seconds=5)
def unwilling_trunk_stays_with_audio(bench):
    """t38: false on the trunk: its offer is refused at once, nobody else is asked."""
    phone, call, incoming = answered_call(bench)
    seen = len(incoming.requests)
    offer = call.request("INVITE", Machine(bench, bench.provider.ip).describe())
    check_equal("status", offer.wait().status, 488)
    both_talk(call, incoming)
    check_equal("new requests", len(incoming.requests), seen)
    call.hang_up()
    incoming.wait_bye()
