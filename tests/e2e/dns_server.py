"""A name server on loopback that knows what a scenario tells it (RFC 1035, 2782, 3403)."""

import socket
import struct
import threading

A, SRV, NAPTR = 1, 33, 35
NAME_ERROR = 3


def _name(text):
    parts = [part for part in text.split(".") if part]
    return b"".join(bytes([len(part)]) + part.encode() for part in parts) + b"\0"


def _text(value):
    return bytes([len(value)]) + value.encode()


class DnsServer:
    """`records` maps (type, name) to a list of values: an address for A, (priority, weight, port,
    target) for SRV, (order, preference, flags, services, replacement) for NAPTR."""

    def __init__(self, ip, records):
        self.records, self.asked = records, []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((ip, 0))
        self._socket.settimeout(0.1)
        self.address = f"{ip}:{self._socket.getsockname()[1]}"
        self._over = False
        self._thread = threading.Thread(target=self._serve, daemon=True, name="dns")
        self._thread.start()

    def stop(self):
        self._over = True
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while not self._over:
            try:
                query, sender = self._socket.recvfrom(2048)
            except socket.timeout:
                continue
            self._socket.sendto(self._answer(query), sender)

    def _answer(self, query):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        name = ".".join(labels).lower()
        self.asked.append((kind, name))
        values = self.records.get((kind, name), [])
        is_known = any(known == name for _, known in self.records)
        head = struct.pack("!2sHHHHH", query[:2], 0x8180 | (0 if is_known else NAME_ERROR), 1,
                           len(values), 0, 0)
        body = query[12:at + 5]
        for value in values:
            data = self._data(kind, value)
            body += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
        return head + body

    @staticmethod
    def _data(kind, value):
        if kind == A:
            return socket.inet_aton(value)
        if kind == SRV:
            return struct.pack("!HHH", *value[:3]) + _name(value[3])
        order, preference, flags, services, replacement = value
        return (struct.pack("!HH", order, preference) + _text(flags) + _text(services) + _text("")
                + _name(replacement))
