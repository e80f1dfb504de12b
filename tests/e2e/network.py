"""Addresses and ports of one scenario.

Each scenario has 127.A.B.0/24 to itself: the exchange is .1 and every telephone another address,
so ports may be the usual ones, scenarios do not meet, and a ban hits one telephone alone.
IPv6 has one loopback address only; there, ports are chosen that are free.
"""

import os
import random
import socket

EXCHANGE_HOST = 1
PHONES_FROM = 10


class Network:
    def __init__(self):
        # Runs side by side differ by process id, the scenarios of one run by their own process.
        number = os.getpid()
        self.prefix = f"127.{1 + number // 250 % 250}.{1 + number % 250}"
        self._next = PHONES_FROM
        self._random = random.Random()

    @property
    def exchange(self):
        return f"{self.prefix}.{EXCHANGE_HOST}"

    def address(self):
        """A new address for a telephone."""
        self._next += 1
        return f"{self.prefix}.{self._next}"

    def free_port(self, ip):
        """A port that neither UDP nor TCP uses at the moment."""
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        while True:
            port = self._random.randrange(17000, 20000)
            try:
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    with socket.socket(family, kind) as probe:
                        probe.bind((ip, port))
                return port
            except OSError:
                continue

    def rtp_range(self):
        """Audio ports of the exchange where it shares its address with other scenarios."""
        first = 20000 + os.getpid() % 98 * 100
        return f"{first}-{first + 99}"

    def baresip_ports(self, ip):
        """Baresip listens for audio on all addresses: its range is apart from the exchange's."""
        is_shared = ":" in ip
        return {"sip": self.free_port(ip) if is_shared else 5060, "control_ip": self.address(),
                "control": 4444, "rtp": self._random.randrange(30000, 32000, 2)}
