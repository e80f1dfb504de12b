"""Registration: digest, bindings and their life, the guard against guessing."""

import time

from scenario import scenario
from sip_message import challenge_of, parameter
from waiting import check, check_equal, check_in, wait_until


def contacts(response):
    return [contact for contact in response.all("contact")]


@scenario(seconds=2)
def both_digest_algorithms_are_accepted(bench):
    """A telephone that insists on SHA-256 and one that insists on MD5 register and call."""
    for user, algorithm in ((101, "MD5"), (102, "SHA-256")):
        phone = bench.phone(user, algorithm=algorithm)
        call = phone.invite("*43")
        call.answered()
        check_in("algorithm", f"algorithm={algorithm}",
                 call.invite.request.get("authorization") or "")
        call.hang_up()


def _sha_first(bench):
    bench.profile["digest"] = {"algorithms": ["sha-256", "md5"]}


@scenario(_sha_first, seconds=2)
def order_of_algorithms_is_configurable(bench):
    """digest.algorithms: the challenge names them in that order."""
    stranger = bench.phone(101, is_registered=False)
    response = stranger.register(is_answering_challenges=False, status=401)
    names = [challenge_of(text)["algorithm"] for text in response.all("www-authenticate")]
    check_equal("algorithms", names, ["SHA-256", "MD5"])
    stranger.register()


def _short_nonces(bench):
    bench.profile["digest"] = {"nonce_life": "10s"}


@scenario(_short_nonces, seconds=13)
def old_nonce_is_stale_and_a_replayed_count_is_refused(bench):
    """The nonce ends after nonce_life with stale=true; the same nonce count twice is refused."""
    phone = bench.phone(101, is_registered=False)
    first = phone.register(is_answering_challenges=False, status=401)
    challenge = phone.digest.choose([challenge_of(t) for t in first.all("www-authenticate")])
    uri = phone.uri("")

    def attempt(count):
        answer = phone.digest.answer(challenge, "REGISTER", uri, count)
        return phone.request("REGISTER", "101", [("Contact", f"<{phone.contact}>"),
                                                 ("Authorization", answer)], uri=uri,
                             is_answering_challenges=False).wait()
    check_equal("first use", attempt(1).status, 200)
    check_equal("second use", attempt(2).status, 200)
    check_equal("replay of the second", attempt(2).status, 401)

    def is_stale():
        response = attempt(phone.digest._counts.get("n", 2) + 1)
        phone.digest._counts["n"] = phone.digest._counts.get("n", 2) + 1
        return response.status == 401 and "stale=true" in " ".join(
            response.all("www-authenticate")).lower()
    wait_until("the nonce to be stale", is_stale, timeout=25, pause=1)
    phone.register()


def _guard(bench):
    bench.profile["guard"] = {"failures_max": 4, "ban_time": "60s", "answer_delay": "0"}


@scenario(_guard, seconds=6)
def guessing_bans_the_source_until_it_is_lifted(bench):
    """Wrong passwords: refused, then silence; `strowger guard` shows and lifts it; others go on."""
    guesser = bench.phone(101, "wrong-password", is_registered=False)
    for _ in range(4):
        guesser.register(status=401)
    bench.phone(101)  # from another address: not touched
    silent = guesser.request("OPTIONS")
    rows = wait_until("the ban in the list", lambda: [
        row for row in bench.exchange.json("guard", "list")["guard"] if row["banned"]])
    check_equal("banned", [(row["address"], row["profile"]) for row in rows],
                [(guesser.ip, "phones")])
    check_in("table", guesser.ip, bench.exchange.text("guard", "list"))
    check_equal("answers to the banned address", silent.statuses(), [])
    check_in("lift", "lifted", bench.exchange.text("guard", "lift", guesser.ip))
    check_equal("OPTIONS after the lift", guesser.request("OPTIONS").wait().status, 200)
    check(bench.exchange.run("guard", "lift", "127.255.0.9").returncode != 0,
          "lifting an address that is not banned succeeds")


def _short_ban(bench):
    bench.profile["guard"] = {"failures_max": 3, "ban_time": "6s", "answer_delay": "1s"}


@scenario(_short_ban, seconds=13)
def ban_ends_by_itself_and_wrong_answers_are_slow(bench):
    """answer_delay slows guessing; after ban_time the address is answered again."""
    guesser = bench.phone(101, "wrong-password", is_registered=False)
    begin = time.monotonic()
    guesser.register(status=401)
    check(time.monotonic() - begin >= 0.9, "a wrong password was answered at once")
    for _ in range(2):
        guesser.register(status=401)
    wait_until("the ban", lambda: any(
        row["banned"] for row in bench.exchange.json("guard", "list")["guard"]))
    check_equal("OPTIONS after the ban", guesser.request("OPTIONS").wait(timeout=20).status, 200)


@scenario(seconds=2)
def unknown_account_is_refused_like_a_wrong_password(bench):
    """Whether a number exists cannot be learned by registering."""
    stranger = bench.phone(999, is_registered=False)
    wrong = bench.phone(101, "wrong-password", is_registered=False)
    check_equal("answers", (stranger.register(status=401).status,
                            wrong.register(status=401).status), (401, 401))


@scenario(seconds=2)
def account_cannot_register_another_number(bench):
    """The password of 101 does not register 102."""
    phone = bench.phone(101, is_registered=False)
    request = phone.message_to("REGISTER", "102", phone.uri(""),
                               headers=[("Contact", f"<{phone.contact}>")])
    check_equal("status", phone.start(request).wait().status, 403)
    check_equal("registrations", bench.exchange.registrations("102"), [])


@scenario(seconds=2)
def short_registration_gets_423(bench):
    """Below expires_min: 423 with Min-Expires; a long wish is cut."""
    bench.exchange.json("status")
    phone = bench.phone(101, is_registered=False)
    response = phone.register(expires=5, status=423)
    check_equal("Min-Expires", response.get("min-expires"), "10")
    granted = phone.register(expires=1_000_000)
    check_equal("granted", parameter(contacts(granted)[0], "expires"), "3600")


@scenario(seconds=14)
def registration_expires(bench):
    """Ten seconds without a refresh: the binding is gone, a call gets 480."""
    caller = bench.phone(101)
    phone = bench.phone(102, is_registered=False)
    phone.register(expires=10)
    bench.exchange.wait_registrations("102", 1)
    wait_until("the binding to expire", lambda: not bench.exchange.registrations("102"),
               timeout=25)
    caller.invite("102").wait(480)


@scenario(seconds=2)
def registration_is_refreshed_and_removed(bench):
    """The same contact again is one binding; Expires 0 removes it; an empty query lists."""
    phone = bench.phone(101)
    phone.register(expires=200)
    rows = bench.exchange.wait_registrations("101", 1)
    check(150 < rows[0]["expires_s"] <= 200, f"expires in {rows[0]['expires_s']} s")
    check_equal("user agent", rows[0]["user_agent"], "scripted phone")
    check_equal("query", len(contacts(phone.register(expires=None, contact=""))), 1)
    check_equal("after removal", contacts(phone.register(expires=0)), [])
    bench.exchange.wait_registrations("101", 0)


@scenario(seconds=2)
def star_removes_all_contacts(bench):
    """Contact: * with Expires 0 removes, with another value it is refused with 400."""
    first, second = bench.phone(101), bench.phone(101)
    bench.exchange.wait_registrations("101", 2)
    first.register(contact="*", expires=60, status=400)
    check_equal("bindings", len(bench.exchange.registrations("101")), 2)
    second.register(contact="*", expires=0)
    bench.exchange.wait_registrations("101", 0)


def _two_contacts(bench):
    bench.config["extensions"][101]["contacts_max"] = 2


@scenario(_two_contacts, seconds=2)
def too_many_contacts_get_403(bench):
    """contacts_max of an extension, from different addresses."""
    bench.phone(101), bench.phone(101)
    bench.phone(101, is_registered=False).register(status=403)
    check_equal("bindings", len(bench.exchange.registrations("101")), 2)


@scenario(seconds=4)
def contacts_ring_by_their_q(bench):
    """q values are kept and shown."""
    phone = bench.phone(101, is_registered=False)
    phone.register(contact=f"<{phone.contact}>;q=0.5")
    check_equal("q", bench.exchange.wait_registrations("101", 1)[0]["q"], 0.5)


@scenario(seconds=3)
def telephone_behind_address_translation_is_reached(bench):
    """The Contact names an address that does not exist: calls go where the REGISTER came from."""
    caller = bench.phone(101)
    phone = bench.phone(102, is_registered=False)
    response = phone.register(contact="<sip:102@192.0.2.77:5099>")
    check_equal("rport", parameter(response.get("via"), "rport"), str(phone.port))
    check_equal("received", bench.exchange.wait_registrations("102", 1)[0]["received"],
                f"{phone.ip}:{phone.port}")
    call = caller.invite("102")
    incoming = phone.incoming()
    check_in("request URI", "102@192.0.2.77:5099", incoming.invite.uri)
    incoming.answer()
    call.answered()
    call.hang_up()
    incoming.wait_bye()


@scenario(lambda bench: bench.profile.update(nat={"keepalive": "5s"}), seconds=9)
def telephone_behind_address_translation_is_kept_reachable(bench):
    """Keep-alive packets go to a telephone whose Contact is not where it sends from."""
    phone = bench.phone(102, is_registered=False)
    phone.register(contact="<sip:102@192.0.2.77:5099>")
    phone.expect("OPTIONS", timeout=20)


@scenario(seconds=2)
def keepalive_of_a_telephone_is_answered(bench):
    """CRLF CRLF over TCP is answered with CRLF (RFC 5626 4.4.1)."""
    import socket
    with socket.create_connection(bench.exchange.address, 5) as connection:
        connection.settimeout(10)
        connection.sendall(b"\r\n\r\n")
        check_equal("answer", connection.recv(16), b"\r\n")
