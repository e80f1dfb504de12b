"""Session descriptions of the scripted telephones: one audio stream, as they offer and answer."""

import re

NAMES = {0: "PCMU/8000", 3: "GSM/8000", 8: "PCMA/8000", 9: "G722/8000", 18: "G729/8000",
         101: "telephone-event/8000", 111: "opus/48000/2"}


def describe(ip, port, payload_types=(0, 101), direction="sendrecv", extra=(), version=1,
             profile="RTP/AVP"):
    family = "IP6" if ":" in ip else "IP4"
    lines = ["v=0", f"o=- 4711 {version} IN {family} {ip}", "s=-", f"c=IN {family} {ip}", "t=0 0",
             f"m=audio {port} {profile} " + " ".join(str(number) for number in payload_types)]
    for number in payload_types:
        lines.append(f"a=rtpmap:{number} {NAMES[number]}")
        if number == 101:
            lines.append("a=fmtp:101 0-16")
    lines += ["a=ptime:20", f"a={direction}", *extra]
    return "\r\n".join(lines) + "\r\n"


class Description:
    """What the other side described; missing parts are None or empty."""

    def __init__(self, text):
        self.text = text
        stream = re.search(r"^m=audio (\d+) (\S+) ([\d ]+)", text, re.MULTILINE)
        address = re.findall(r"^c=IN IP[46] (\S+)", text, re.MULTILINE)
        self.ip = address[-1] if address else None
        self.port = int(stream.group(1)) if stream else None
        self.profile = stream.group(2) if stream else None
        self.payload_types = [int(part) for part in stream.group(3).split()] if stream else []
        found = re.findall(r"^a=(sendrecv|sendonly|recvonly|inactive)\r?$", text, re.MULTILINE)
        self.direction = found[-1] if found else "sendrecv"
        self.names = {int(number): name.upper() for number, name in
                      re.findall(r"^a=rtpmap:(\d+) ([^/\r\n]+)", text, re.MULTILINE)}

    @property
    def event_type(self):
        return next((n for n, name in self.names.items() if name == "TELEPHONE-EVENT"), None)
