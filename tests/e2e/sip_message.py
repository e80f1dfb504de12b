"""SIP messages as text: read, write, header fields in order (RFC 3261 7); digest answers."""

import hashlib
import re
import secrets

COMPACT = {"i": "call-id", "m": "contact", "e": "content-encoding", "l": "content-length",
           "c": "content-type", "f": "from", "s": "subject", "k": "supported", "t": "to",
           "v": "via", "x": "session-expires", "o": "event", "r": "refer-to"}
HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


class Message:
    def __init__(self, first_line, headers=(), body=""):
        self.first_line, self.headers, self.body = first_line, list(headers), body

    @classmethod
    def parse(cls, raw):
        head, _, body = raw.decode("utf-8", "replace").partition("\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
        return cls(lines[0], headers, body)

    def render(self):
        lines = [self.first_line] + [f"{name}: {value}" for name, value in self.headers
                                     if name.lower() not in ("content-length", "l")]
        body = self.body.encode()
        return "\r\n".join(lines + [f"Content-Length: {len(body)}", "", ""]).encode() + body

    def all(self, name):
        """The values of a header field; a list of values in one line is taken apart."""
        found = []
        for key, value in self.headers:
            key = key.lower()
            if COMPACT.get(key, key) == name.lower():
                found += _split(value) if name.lower() in LISTS else [value]
        return found

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    @property
    def is_request(self):
        return not self.first_line.startswith("SIP/2.0")

    @property
    def method(self):
        return self.first_line.split(" ")[0] if self.is_request else self.cseq[1]

    @property
    def uri(self):
        return self.first_line.split(" ")[1]

    @property
    def status(self):
        return 0 if self.is_request else int(self.first_line.split(" ")[1])

    @property
    def cseq(self):
        number, method = self.get("cseq").split()
        return int(number), method

    @property
    def branch(self):
        return parameter(self.get("via"), "branch")

    def __str__(self):
        return self.render().decode()


LISTS = {"via", "contact", "route", "record-route", "supported", "require", "unsupported", "allow",
         "accept"}


def _split(value):
    """At commas outside of quotes and angle brackets."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, char in enumerate(value):
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "<>":
            depth += 1 if char == "<" else -1
        elif char == "," and not quoted and depth == 0:
            parts.append(value[start:at].strip())
            start = at + 1
    return parts + [value[start:].strip()]


def parameter(value, name):
    """A parameter of a header field, behind the angle brackets if there are any."""
    tail = value[value.rindex(">") + 1:] if ">" in value else value
    found = re.search(rf';\s*{re.escape(name)}\s*=\s*("[^"]*"|[^;,\s]+)', tail, re.IGNORECASE)
    return found.group(1).strip('"') if found else None


def uri_of(value):
    """The URI of a name-addr or addr-spec."""
    found = re.search(r"<([^>]*)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def user_of(value):
    return uri_of(value).partition(":")[2].partition("@")[0]


def challenge_of(text):
    """{"realm": ..., "nonce": ..., ...} of a WWW- or Proxy-Authenticate."""
    return {name.lower(): value.strip('"')
            for name, value in re.findall(r'(\w[\w-]*)\s*=\s*("[^"]*"|[^,\s]+)', text)}


class Digest:
    """Answers challenges (RFC 7616), counting the uses of each nonce."""

    def __init__(self, user, password, algorithm=None):
        self.user, self.password, self.algorithm = user, password, algorithm
        self._counts = {}

    def choose(self, challenges):
        """The first challenge we can answer, or the one of the algorithm we insist on."""
        for challenge in challenges:
            name = challenge.get("algorithm", "MD5").upper()
            if name in HASHES and self.algorithm in (None, name):
                return challenge
        return None

    def answer(self, challenge, method, uri, count=None):
        """The value of Authorization.  `count` forces a nonce count, as a replay would."""
        name = challenge.get("algorithm", "MD5").upper()
        nonce, realm = challenge["nonce"], challenge["realm"]
        if count is None:
            count = self._counts[nonce] = self._counts.get(nonce, 0) + 1
        client_nonce = secrets.token_hex(8)

        def digest(text):
            return HASHES[name](text.encode()).hexdigest()

        first = digest(f"{self.user}:{realm}:{self.password}")
        second = digest(f"{method}:{uri}")
        fields = [f'username="{self.user}"', f'realm="{realm}"', f'nonce="{nonce}"',
                  f'uri="{uri}"', f"algorithm={name}"]
        if "qop" in challenge:
            middle = f"{nonce}:{count:08x}:{client_nonce}:auth"
            fields += ["qop=auth", f"nc={count:08x}", f'cnonce="{client_nonce}"']
        else:
            middle = nonce
        fields.append(f'response="{digest(f"{first}:{middle}:{second}")}"')
        if "opaque" in challenge:
            fields.append(f'opaque="{challenge["opaque"]}"')
        return "Digest " + ", ".join(fields)


class Credentials:
    """What an Authorization says; values that were quoted are as they stood between the quotes."""

    def __init__(self, value):
        self._fields = {name: quoted or plain for name, quoted, plain in re.findall(
            r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))', value)}

    def get(self, name):
        return self._fields.get(name)

    def is_answer(self, password, method, nonce):
        """Whether the response is right by MD5 and qop auth (RFC 7616 3.4); what is quoted counts
        without its backslashes."""
        def digest(*parts):
            plain = ":".join(re.sub(r"\\(.)", r"\1", part) for part in parts)
            return hashlib.md5(plain.encode()).hexdigest()
        fields = self._fields
        return self._fields["response"] == digest(
            digest(fields["username"], fields["realm"], password), nonce, fields["nc"],
            fields["cnonce"], fields["qop"], digest(method, fields["uri"]))
