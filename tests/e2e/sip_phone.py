"""A scripted SIP telephone for what sipp and baresip cannot do: any message at any moment, digest
by MD5 or SHA-256, audio whose frequency, loss and digits the scenario decides.

What a telephone does by itself (answer a BYE, acknowledge an answer, repeat on UDP, answer a
challenge once) happens on its receiving thread; the rest the scenario says, and waits for events.
"""

import secrets
import select
import socket
import ssl
import threading
import time

import sdp
from sip_message import Digest, Message, challenge_of, parameter, uri_of
from waiting import PATIENCE, Failure, wait_until

T1 = 0.5  # seconds to the first repetition, RFC 3261 17.1.1.2; doubled at each
REPEATS_MAX = 6
FINAL = range(200, 700)
CHALLENGES = {401: ("www-authenticate", "Authorization"),
              407: ("proxy-authenticate", "Proxy-Authorization")}


class Transaction:
    """A request of ours and its responses, those to a repetition with credentials included."""

    def __init__(self, phone, request, dialog=None, is_answering_challenges=True):
        self.phone, self.request, self.dialog = phone, request, dialog
        self.is_answering_challenges = is_answering_challenges
        self.responses, self.earlier = [], []  # earlier: requests that a challenge made us repeat
        self._sent_at, self._repeats = time.monotonic(), 0

    def wait(self, status=None, timeout=PATIENCE):
        """The response with `status`; without it the final response.  A final response of another
        status ends the wait at once."""
        what = f"{self.phone.user}: {status or 'a final response'} to {self.request.method}"
        response = wait_until(what, lambda: self._look(status), timeout)
        if status is not None and response.status != status:
            raise Failure(f"{what}: got {response.first_line!r}\n{response}")
        return response

    def statuses(self):
        return [response.status for response in self.responses]

    def _look(self, status):
        self._repeat_if_due()
        for response in list(self.responses):
            if not self._is_retried(response) and response.status in (status, *FINAL):
                return response
        return None

    def _is_retried(self, response):
        return response.cseq[0] != self.request.cseq[0]

    def _repeat_if_due(self):
        due = self._sent_at + T1 * (2 ** (self._repeats + 1) - 1)
        if self.phone.transport == "udp" and not self.responses and self._repeats < REPEATS_MAX:
            if time.monotonic() >= due:
                self._repeats += 1
                self.phone.send(self.request)


class Dialog:
    """One side of a call.  Made by SipPhone.invite() or SipPhone.incoming()."""

    def __init__(self, phone, call_id, local, remote, target):
        self.phone, self.call_id = phone, call_id
        self.local, self.remote, self.target = local, remote, target
        self.routes, self.cseq = [], 0
        self.invite = None  # the Transaction (calling) or the Message (called)
        self.ack = None  # the ACK that ended our INVITE or that came for our 200
        self.media, self.remote_sdp = None, None
        self.direction, self._version = "sendrecv", 0
        self.requests = []  # what the other side asked within the dialog
        self.bye = None  # its BYE
        self.reliable = 0

    # --- media ---

    def describe(self, direction=None, **options):
        """Our description; the audio socket is opened at the first one."""
        if self.media is None:
            self.media = self.phone.loop.open(self.phone.ip)
        self.direction = direction or self.direction
        self._version += 1
        options.setdefault("payload_types", self.phone.payload_types)
        return sdp.describe(self.phone.ip, self.media.port, direction=self.direction,
                            version=self._version, **options)

    def take(self, text):
        """Takes their description: where to send, and what."""
        if not text:
            return
        self.remote_sdp = sdp.Description(text)
        if self.media is not None and self.remote_sdp.port:
            self.media.remote = (self.remote_sdp.ip, self.remote_sdp.port)
            ours = [number for number in self.remote_sdp.payload_types
                    if number in (0, 8) and number in self.phone.payload_types]
            if ours:
                self.media.payload_type = ours[0]
            if self.remote_sdp.event_type:
                self.media.event_type = self.remote_sdp.event_type

    # --- the calling side ---

    def wait(self, status=None, timeout=PATIENCE):
        response = self.invite.wait(status, timeout)
        if response.body:
            self.take(response.body)
        return response

    def answered(self, body="", timeout=PATIENCE):
        """Waits for the 200 and acknowledges it, with `body` after a delayed offer."""
        response = self.wait(200, timeout)
        self.establish(response)
        self.send_ack(response, body)
        return response

    def establish(self, response):
        self.remote = response.get("to")
        self.target = uri_of(response.get("contact"))
        self.routes = list(reversed(response.all("record-route")))

    def send_ack(self, response, body=""):
        self.ack = self._request("ACK", body=body, cseq=response.cseq[0])
        self.phone.send(self.ack)

    def cancel(self, headers=()):
        request = self.invite.request
        cancel = Message(f"CANCEL {request.uri} SIP/2.0",
                         [(name, value) for name, value in request.headers
                          if name in ("Via", "Max-Forwards", "From", "To", "Call-ID")])
        cancel.headers += [("CSeq", f"{request.cseq[0]} CANCEL"), *headers]
        return self.phone.start(cancel)

    def prack(self, response):
        self.establish(response)
        return self.request("PRACK", headers=[
            ("RAck", f"{response.get('rseq')} {response.get('cseq')}")])

    # --- the called side ---

    def reply(self, status, reason="", body="", headers=()):
        if body and self.media is not None:
            self.media.is_muted = False
        return self.phone.reply(self.invite, status, reason, body, headers, self)

    def ring(self, status=180, body="", headers=()):
        return self.reply(status, body=body, headers=headers)

    def answer(self, body=None, headers=(), timeout=PATIENCE):
        """200 with our description, and waits for the ACK."""
        self.reply(200, body=self.describe() if body is None else body, headers=headers)
        self.take(self.wait_ack(timeout).body)

    def wait_ack(self, timeout=PATIENCE):
        return wait_until(f"{self.phone.user}: the ACK", lambda: self.ack, timeout)

    # --- both ---

    def request(self, method, body="", headers=(), is_waiting=False):
        message = self._request(method, body, headers)
        transaction = self.phone.start(message, self)
        if is_waiting:
            transaction.wait(200)
        return transaction

    def reinvite(self, direction="sendrecv", body=None, headers=()):
        """A new offer; returns the 200, acknowledged."""
        body = self.describe(direction) if body is None else body
        transaction = self.request("INVITE", body, headers)
        response = transaction.wait(200)
        self.send_ack(response)
        self.take(response.body)
        return response

    def hang_up(self, headers=()):
        self.request("BYE", headers=headers).wait(200)
        self.close()

    def wait_bye(self, timeout=PATIENCE):
        """The other side's BYE, answered already."""
        bye = wait_until(f"{self.phone.user}: a BYE", lambda: self.bye, timeout)
        self.close()
        return bye

    def close(self):
        if self.media is not None:
            self.media.close()

    def _request(self, method, body="", headers=(), cseq=None):
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        fields = [("Via", self.phone.via()), ("Max-Forwards", "70"), ("From", self.local),
                  ("To", self.remote), ("Call-ID", self.call_id), ("CSeq", f"{cseq} {method}"),
                  ("Contact", f"<{self.phone.contact}>")]
        fields += [("Route", route) for route in self.routes] + list(headers)
        if body and not any(name.lower() == "content-type" for name, _ in fields):
            fields.append(("Content-Type", "application/sdp"))
        return Message(f"{method} {self.target} SIP/2.0", fields, body)


class SipPhone:
    """`exchange` is (ip, port).  `loop` is a MediaLoop; `log` a file that takes every message.
    `domain` is the host of its address and of those it calls; None: the exchange."""

    def __init__(self, ip, exchange, user, password="", loop=None, log=None, transport="udp",
                 port=0, algorithm=None, payload_types=(0, 101), domain=None):
        self.ip, self.exchange, self.user = ip, exchange, user
        self.transport, self.loop, self._log = transport, loop, log
        self.domain = domain
        self.payload_types = payload_types
        self.digest = Digest(user, password, algorithm)
        self.requests = []  # everything others asked, in order; calls take theirs from here
        self.is_answering_byes = self.is_answering_offers = True
        self.is_deaf = False  # True: whatever comes is not heard
        self.dialogs = {}
        self._transactions, self._replies, self._taken = {}, {}, set()
        self._cseq, self._lock = 0, threading.RLock()
        self._wire = threading.Lock()  # OpenSSL takes one thread at a time
        self._over = False
        self._socket = self._connect(port)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._receive, daemon=True, name=f"sip {user}")
        self._thread.start()

    def stop(self):
        self._over = True
        self._thread.join()
        self._socket.close()

    # --- names ---

    @property
    def host(self):
        return f"[{self.ip}]" if ":" in self.ip else self.ip

    @property
    def contact(self):
        suffix = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"sip:{self.user}@{self.host}:{self.port}{suffix}"

    def uri(self, user):
        if self.domain:
            return f"sip:{user}@{self.domain}" if user else f"sip:{self.domain}"
        host = f"[{self.exchange[0]}]" if ":" in self.exchange[0] else self.exchange[0]
        return f"sip:{user}@{host}:{self.exchange[1]}" if user else f"sip:{host}:{self.exchange[1]}"

    def via(self):
        return (f"SIP/2.0/{self.transport.upper()} {self.host}:{self.port}"
                f";branch=z9hG4bK{secrets.token_hex(8)};rport")

    # --- requests outside of a dialog ---

    def message_to(self, method, to, uri=None, body="", headers=(), call_id=None, cseq=None):
        """A request that is not sent yet; `to` is a number."""
        self._cseq += 1
        address = f"<{self.uri(self.user)}>;tag={secrets.token_hex(4)}"
        fields = [("Via", self.via()), ("Max-Forwards", "70"), ("From", address),
                  ("To", f"<{self.uri(to)}>"),
                  ("Call-ID", call_id or f"{secrets.token_hex(8)}@{self.ip}"),
                  ("CSeq", f"{cseq or self._cseq} {method}"), ("User-Agent", "scripted phone")]
        return Message(f"{method} {uri or self.uri(to)} SIP/2.0", fields + list(headers), body)

    def request(self, method, to="", headers=(), **options):
        """Sends a request; the Transaction tells what comes back."""
        is_answering = options.pop("is_answering_challenges", True)
        return self.start(self.message_to(method, to, headers=headers, **options),
                          is_answering_challenges=is_answering)

    def start(self, message, dialog=None, is_answering_challenges=True):
        transaction = Transaction(self, message, dialog, is_answering_challenges)
        with self._lock:
            self._transactions[message.branch, message.method] = transaction
        self.send(message)
        return transaction

    def register(self, expires=300, contact=None, headers=(), status=200, **options):
        """REGISTER; returns the response, whose status must be `status`."""
        contact = f"<{self.contact}>" if contact is None else contact
        fields = [("Contact", contact)] if contact else []
        if expires is not None:
            fields.append(("Expires", str(expires)))
        transaction = self.request("REGISTER", self.user, fields + list(headers),
                                   uri=self.uri(""), **options)
        return transaction.wait(status)

    def invite(self, number, body=None, headers=(), uri=None, **description):
        """Calls `number`, with an offer unless `body` is "".  Returns the Dialog at once."""
        request = self.message_to("INVITE", number, uri=uri)
        call = Dialog(self, request.get("call-id"), request.get("from"), request.get("to"),
                      request.uri)
        call.cseq = request.cseq[0]
        request.body = call.describe(**description) if body is None else body
        request.headers += [("Contact", f"<{self.contact}>"), *headers]
        if request.body and not any(name.lower() == "content-type" for name, _ in headers):
            request.headers.append(("Content-Type", "application/sdp"))
        with self._lock:
            self.dialogs[call.call_id] = call
        call.invite = self.start(request, call)
        return call

    # --- requests of others ---

    def expect(self, method, timeout=PATIENCE, where=lambda message: True):
        """The next request with this method that was not expected before."""
        def look():
            with self._lock:
                for message in self.requests:
                    if (message.method == method and id(message) not in self._taken
                            and where(message)):
                        self._taken.add(id(message))
                        return message
            return None
        return wait_until(f"{self.user}: a {method}", look, timeout)

    def incoming(self, timeout=PATIENCE):
        """The next call to this telephone."""
        invite = self.expect("INVITE", timeout,
                             lambda message: parameter(message.get("to"), "tag") is None)
        return self.dialogs[invite.get("call-id")]

    def reply(self, request, status, reason="", body="", headers=(), dialog=None):
        copied = [(name, value) for name, value in request.headers
                  if name.lower() in ("via", "v", "from", "f", "call-id", "i", "cseq",
                                      "record-route")]
        to = request.get("to")
        if dialog is not None and status > 100:
            to = dialog.local
        elif parameter(to, "tag") is None:
            to += f";tag={secrets.token_hex(4)}"
        fields = copied + [("To", to), *((name, value) for name, value in headers
                                         if value is not None)]  # None: left out
        if not any(name.lower() == "contact" for name, _ in headers):
            fields.append(("Contact", f"<{self.contact}>"))
        if body and not any(name.lower() == "content-type" for name, _ in headers):
            fields.append(("Content-Type", "application/sdp"))
        response = Message(f"SIP/2.0 {status} {reason or 'Said By The Test'}", fields, body)
        with self._lock:
            self._replies[request.branch, request.cseq] = response
        self.send(response)
        return response

    # --- wire ---

    def send(self, message):
        self._note("sent", message)
        raw = message.render() if isinstance(message, Message) else message
        try:
            if self.transport == "udp":
                self._socket.sendto(raw, self.exchange)
            else:
                with self._wire:
                    self._socket.sendall(raw)
        except OSError as error:
            self._note(f"not sent ({error})", message)

    def _connect(self, port):
        family = socket.AF_INET6 if ":" in self.ip else socket.AF_INET
        if self.transport == "udp":
            made = socket.socket(family, socket.SOCK_DGRAM)
            made.bind((self.ip, port))
        else:
            made = socket.create_connection(self.exchange, PATIENCE, (self.ip, port))
            if self.transport == "tls":
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                made = context.wrap_socket(made)
        made.settimeout(0.05)
        return made

    def _receive(self):
        pending = b""
        while not self._over:
            try:
                if not self._has_more():
                    continue
                with self._wire:
                    raw = self._socket.recv(65536)
            except (TimeoutError, ssl.SSLWantReadError):
                continue
            except OSError:
                if self.transport == "udp":  # port unreachable: the exchange is away for a moment
                    continue
                return
            if self.transport == "udp":
                self._take_in(raw)
            elif not raw:
                return
            else:
                pending = self._take_in_stream(pending + raw)

    def _has_more(self):
        is_buffered = self.transport == "tls" and self._socket.pending() > 0
        return is_buffered or select.select([self._socket], [], [], 0.05)[0]

    def _take_in_stream(self, pending):
        """Takes whole messages off the front (RFC 3261 18.3) and returns the rest."""
        while True:
            pending = pending.lstrip(b"\r\n")
            head, found, rest = pending.partition(b"\r\n\r\n")
            if not found:
                return pending
            length = int(Message.parse(head + found).get("content-length") or 0)
            if len(rest) < length:
                return pending
            self._take_in(head + found + rest[:length])
            pending = rest[length:]

    def _take_in(self, raw):
        if self.is_deaf or not raw.strip():
            return  # nothing but a keep-alive
        message = Message.parse(raw)
        self._note("received", message)
        with self._lock:
            if message.is_request:
                self._on_request(message)
            else:
                self._on_response(message)

    def _note(self, what, message):
        if self._log:
            self._log.write(f"--- {time.strftime('%H:%M:%S')} {self.user} {what}\n{message}\n")
            self._log.flush()

    # --- what a telephone does by itself ---

    def _on_response(self, response):
        transaction = self._transactions.get((response.branch, response.method))
        if transaction is None:
            return
        is_invite = response.method == "INVITE"
        known = [r.status for r in transaction.responses if r.cseq == response.cseq]
        if is_invite and response.status >= 300:
            self._acknowledge_refusal(transaction, response)
        if is_invite and response.status == 200 and 200 in known:
            if transaction.dialog.ack is not None:
                self.send(transaction.dialog.ack)
            return
        if response.status >= 200 and response.status in known:
            return
        if response.status in CHALLENGES and self._answer_challenge(transaction, response):
            return
        transaction.responses.append(response)

    def _acknowledge_refusal(self, transaction, response):
        request = next(r for r in (transaction.request, *transaction.earlier)
                       if r.branch == response.branch)
        ack = Message(f"ACK {request.uri} SIP/2.0",
                      [(name, value) for name, value in request.headers
                       if name in ("Via", "Max-Forwards", "From", "Call-ID", "Route")])
        ack.headers += [("To", response.get("to")), ("CSeq", f"{response.cseq[0]} ACK")]
        self.send(ack)

    def _answer_challenge(self, transaction, response):
        header, answer_header = CHALLENGES[response.status]
        request = transaction.request
        challenges = [challenge_of(text) for text in response.all(header)]
        chosen = self.digest.choose(challenges)
        is_tried = request.get(answer_header) is not None
        is_stale = bool(chosen) and chosen.get("stale", "").lower() == "true"
        if not transaction.is_answering_challenges or chosen is None or is_tried and not is_stale:
            return False
        number = request.cseq[0] + 1
        if transaction.dialog is not None:
            number = transaction.dialog.cseq = transaction.dialog.cseq + 1
        fields = [(name, value) for name, value in request.headers
                  if name not in ("Via", "CSeq", answer_header)]
        again = Message(request.first_line,
                        [("Via", self.via()), *fields, ("CSeq", f"{number} {request.method}"),
                         (answer_header, self.digest.answer(chosen, request.method, request.uri))],
                        request.body)
        transaction.earlier.append(request)
        transaction.request = again  # before the response is seen: it is then known as answered
        transaction.responses.append(response)
        self._transactions[again.branch, again.method] = transaction
        self.send(again)
        return True

    def _on_request(self, request):
        known = self._replies.get((request.branch, request.cseq))
        if known is not None:
            self.send(known)
            return
        if any(r.branch == request.branch and r.cseq == request.cseq for r in self.requests):
            return  # repeated before the scenario answered it
        self.requests.append(request)
        call = self.dialogs.get(request.get("call-id"))
        if request.method == "INVITE" and parameter(request.get("to"), "tag") is None:
            self._begin_incoming(request)
        elif request.method == "CANCEL":
            self._on_cancel(request)
        elif request.method == "OPTIONS":
            self.reply(request, 200)
        elif call is not None:
            self._on_dialog_request(call, request)
        elif request.method == "BYE":
            self.reply(request, 481)

    def _begin_incoming(self, request):
        local = f"{request.get('to')};tag={secrets.token_hex(4)}"
        call = Dialog(self, request.get("call-id"), local, request.get("from"),
                      uri_of(request.get("contact")))
        call.routes = request.all("record-route")
        call.invite = request
        self.dialogs[call.call_id] = call
        if request.body:
            call.describe()  # opens the audio socket
            call.media.is_muted = True  # until it has answered, or sends early media
            call.take(request.body)
        self.reply(request, 100)
        del self._replies[request.branch, request.cseq]

    def _on_cancel(self, request):
        self.reply(request, 200)
        call = self.dialogs.get(request.get("call-id"))
        if call is not None and (call.invite.branch, call.invite.cseq) not in self._final_replies():
            call.reply(487, "Request Terminated")
            call.requests.append(request)

    def _final_replies(self):
        return [key for key, response in self._replies.items() if response.status >= 200]

    def _on_dialog_request(self, call, request):
        if request.method == "ACK":
            call.ack = request
            return
        call.requests.append(request)
        if request.method == "BYE" and self.is_answering_byes:
            self.reply(request, 200)
            call.bye = request
        elif request.method in ("INVITE", "UPDATE") and self.is_answering_offers:
            self._answer_offer(call, request)
        elif request.method in ("INFO", "PRACK", "NOTIFY"):
            self.reply(request, 200)

    def _answer_offer(self, call, request):
        headers = []
        if request.get("session-expires"):
            headers = [("Session-Expires", request.get("session-expires")),
                       ("Require", "timer")]
        if not request.body and request.method == "UPDATE":
            self.reply(request, 200, headers=headers)
            return
        if request.body:
            call.take(request.body)
        mirrored = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
        direction = mirrored.get(call.remote_sdp.direction, "sendrecv") if request.body else None
        self.reply(request, 200, body=call.describe(direction), headers=headers)

