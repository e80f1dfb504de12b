"""TCP, TLS and IPv6."""

import socket
import time

import audio
from certificates import self_made
from rtp import Tone
from harness import md5_alone
from scenario import scenario
from sdp import Description, describe
from scenarios.talk import both_hear, hear
from waiting import check, check_equal, check_in


def _certificate(bench):
    """A self-made certificate, and an address for TLS that shows it."""
    certificate, key = self_made(bench.directory, bench.network.exchange)
    bench.profile["listen"].append(f"tls:{bench.network.exchange}:5061")
    bench.profile["tls"] = {"certificate": certificate, "key": key}


def _ipv6(bench):
    bench.ipv6_port = bench.network.free_port("::1")
    bench.config["media"]["rtp_ports"] = bench.network.rtp_range()
    bench.config["server"].setdefault("limits", {})["calls_max"] = 20
    bench.profile["listen"] += [f"udp:[::1]:{bench.ipv6_port}", f"tcp:[::1]:{bench.ipv6_port}"]


@scenario(seconds=4)
def telephones_on_tcp_talk(bench):
    """Both signal by TCP: calls come back over the connection that registered."""
    caller, called = (bench.phone(user, transport="tcp") for user in (101, 102))
    check_equal("transport", bench.exchange.wait_registrations("102", 1)[0]["transport"], "tcp")
    call = caller.invite("102")
    incoming = called.incoming()
    check_in("Via", "SIP/2.0/TCP", incoming.invite.get("via"))
    incoming.ring()
    incoming.answer()
    call.answered()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    incoming.hang_up()
    call.wait_bye()


@scenario(seconds=4)
def tcp_and_udp_telephones_talk(bench):
    """The transport of one side is no matter of the other."""
    caller, called = bench.phone(101), bench.phone(102, transport="tcp")
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(md5_alone, _certificate, seconds=9)
def baresip_registers_and_calls_over_tls(bench):
    """TLS signalling of a real telephone, SRTP audio to a scripted one over UDP."""
    address = (bench.network.exchange, 5061)
    tls = bench.baresip(101, transport="tls", exchange=address)
    check_equal("transport", bench.exchange.wait_registrations("101", 1)[0]["transport"], "tls")
    called = bench.phone(102)
    tls.dial("102")
    incoming = called.incoming()
    incoming.ring()
    incoming.answer()
    incoming.media.tone = Tone(660)
    tls.established()
    hear("the called side", incoming.media, 440)
    time.sleep(0.5)
    tls.hang_up()
    incoming.wait_bye()
    tls.closed()
    samples, rate = tls.heard()
    audio.check_hears("the TLS telephone", samples, rate, 660, 0.4)


@scenario(_certificate, seconds=4)
def scripted_telephone_is_called_over_tls(bench):
    """The call goes back over the TLS connection that registered."""
    called = bench.phone(102, transport="tls", exchange=(bench.network.exchange, 5061))
    call = bench.phone(101).invite("102")
    incoming = called.incoming()
    check_in("Via", "SIP/2.0/TLS", incoming.invite.get("via"))
    incoming.answer()
    call.answered()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(_ipv6, seconds=5)
def telephones_on_ipv6_talk(bench):
    """Signalling and audio over ::1."""
    here = {"ip": "::1", "exchange": ("::1", bench.ipv6_port)}
    caller, called = bench.phone(101, **here), bench.phone(102, **here)
    call = caller.invite("102")
    incoming = called.incoming()
    check_in("description", "IN IP6 ::1", incoming.invite.body)
    incoming.answer()
    call.answered()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(_ipv6, seconds=5)
def ipv6_and_ipv4_telephones_talk(bench):
    """Each side is told an address of its own family."""
    caller = bench.phone(101, ip="::1", exchange=("::1", bench.ipv6_port))
    called = bench.phone(102)
    call = caller.invite("102")
    incoming = called.incoming()
    check_in("description for IPv4", "IN IP4 127.", incoming.invite.body)
    incoming.answer()
    check_in("description for IPv6", "IN IP6 ::1", call.answered().body)
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(md5_alone, _ipv6, seconds=7)
def baresip_calls_over_ipv6(bench):
    """A real telephone on ::1 calls the echo and hears itself."""
    phone = bench.baresip(101, ip="::1", exchange=("::1", bench.ipv6_port), frequency=520)
    phone.dial("*43")
    phone.established()
    phone.audio_flows()
    time.sleep(1.5)  # of echo
    phone.hang_up()
    phone.closed()
    samples, rate = phone.heard()
    audio.check_hears("the echo", samples, rate, 520, 0.7)
    check(bench.exchange.wait_cdr()["outcome"] == "answered", "the record")


@scenario(seconds=2)
def packets_carry_their_dscp(bench):
    """SIP goes out as cs3, audio as ef (RFC 2474), unless configured otherwise."""
    phone = bench.phone(101)
    with _socket_that_sees_dscp(phone.ip) as signalling:
        here = "%s:%d" % signalling.getsockname()
        signalling.sendto(
            (f"OPTIONS sip:101@{bench.network.exchange} SIP/2.0\r\nVia: SIP/2.0/UDP {here};"
             f"branch=z9hG4bKdscp\r\nFrom: <sip:a@{here}>;tag=1\r\nTo: <sip:101@b>\r\n"
             "Call-ID: dscp\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
             "Content-Length: 0\r\n\r\n").encode(), bench.exchange.address)
        check_equal("DSCP of SIP", _dscp_of_next(signalling), 24)
    with _socket_that_sees_dscp(phone.ip) as audio:
        call = phone.invite("*43", body=describe(phone.ip, audio.getsockname()[1], (0,)))
        there = Description(call.answered().body)
        for number in range(5):
            audio.sendto(bytes([0x80, 0, 0, number, 0, 0, number * 160 >> 8, number * 160 & 255,
                                0, 0, 0, 7]) + bytes([0xFF] * 160), (there.ip, there.port))
        check_equal("DSCP of audio", _dscp_of_next(audio), 46)
        call.hang_up()


def _socket_that_sees_dscp(ip):
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((ip, 0))
    opened.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    opened.settimeout(10)
    return opened


def _dscp_of_next(opened):
    _, ancillary, _, _ = opened.recvmsg(4096, socket.CMSG_SPACE(4))
    return ancillary[0][2][0] >> 2
