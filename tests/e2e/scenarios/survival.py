"""What is left after kill -9, and what a restart must not lose."""

import os
import time

import audio
from rtp import Tone
from scenario import scenario
from scenarios.talk import both_hear, talk
from waiting import check, check_equal, wait_until


@scenario(seconds=9)
def killed_exchange_keeps_records_bindings_and_recordings(bench):
    """kill -9 in a call: one record "interrupted", bindings ring again, the file plays."""
    first = bench.phone(103).invite("*43")
    first.answered()
    first.hang_up()
    earlier = bench.exchange.wait_cdr()
    call, incoming = talk(bench)
    both_hear(call, incoming, 3)
    live, = bench.exchange.calls()
    bench.exchange.restart_after_kill()

    rows = bench.exchange.wait_cdrs(2)
    ours = [row for row in rows if row["id"] == live["id"]]
    check_equal("records of the call", len(ours), 1)
    record = ours[0]
    check_equal("outcome", (record["outcome"], record["cause"]["q850"]), ("interrupted", 41))
    check_equal("numbers", (record["caller"]["number"], record["called"]["number"]),
                ("101", "102"))
    check(record.get("answered"), "the record does not say that it was answered")
    check_equal("the earlier record", [row["outcome"] for row in rows
                                       if row["id"] == earlier["id"]], ["answered"])
    _check_file(bench, record)
    _check_bindings(bench, call.phone, incoming.phone)

    bench.exchange.restart_after_kill()
    rows = bench.exchange.cdrs()
    check_equal("records after another kill", len(rows), len({row["id"] for row in rows}))
    check_equal("interrupted records",
                [row["id"] for row in rows if row["outcome"] == "interrupted"], [live["id"]])


def _check_file(bench, record):
    """The recording of the killed call is catalogued and plays, header or not."""
    row = wait_until("the catalogue row", lambda: bench.exchange.json(
        "recordings", "--call", record["id"])["recordings"])[0]
    check_equal("complete", row["complete"], False)
    check(row.get("path"), f"the row of the killed call names no file: {row}")
    sound = audio.read_wav(bench.exchange.recording_file(row))
    audio.check_hears("left channel", sound.cut(0), sound.rate, 440, 1.2, never=[660])
    audio.check_hears("right channel", sound.cut(1), sound.rate, 660, 1.2, never=[440])


def _check_bindings(bench, caller, called):
    """A call rings without a new REGISTER."""
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    call.media.tone, incoming.media.tone = Tone(440), Tone(660)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    bench.exchange.wait_cdrs(3)


@scenario(seconds=4)
def call_ringing_at_the_kill_is_interrupted_too(bench):
    """A call without an answer yet has its record at the next start."""
    caller, called = bench.phone(101), bench.phone(102)
    call = caller.invite("102")
    called.incoming().ring()
    call.wait(180)
    live, = bench.exchange.calls()
    time.sleep(0.2)  # the store gathers for 20 ms before it writes
    bench.exchange.restart_after_kill()
    record = bench.exchange.wait_cdr()
    check_equal("record", (record["id"], record["outcome"], record.get("answered")),
                (live["id"], "interrupted", None))


@scenario(seconds=4)
def orderly_restart_keeps_bindings(bench):
    """SIGTERM and a new start: the telephones need not register again."""
    caller, called = bench.phone(101), bench.phone(102)
    bench.exchange.stop()
    bench.exchange.start(has_config=True)
    check_equal("bindings", sorted(row["extension"] for row in bench.exchange.registrations()),
                ["101", "102"])
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=13)
def binding_that_ran_out_while_the_exchange_was_away_is_gone(bench):
    """Expiry counts wall time, the restart included."""
    phone = bench.phone(102, is_registered=False)
    phone.register(expires=10)
    end = time.monotonic() + 10.5
    bench.exchange.stop()
    wait_until("the ten seconds to pass", lambda: time.monotonic() > end, pause=0.2)
    bench.exchange.start(has_config=True)
    check_equal("bindings", bench.exchange.registrations("102"), [])
    bench.phone(101).invite("102").wait(480)


@scenario(seconds=4)
def unwritable_recording_directory_does_not_hurt_calls(bench):
    """The directory is lost: the call goes on, its recording says why it is incomplete."""
    path = os.path.join(bench.directory, "data", "recordings")
    os.rename(path, path + ".away")
    with open(path, "w", encoding="utf-8") as file:
        file.write("not a directory\n")
    call, incoming = talk(bench)
    both_hear(call, incoming)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    check_equal("outcome", record["outcome"], "answered")
    row = wait_until("the row with its problem", lambda: [
        r for r in bench.exchange.json("recordings", "--call", record["id"])["recordings"]
        if r.get("problem")])[0]
    check_equal("complete", row["complete"], False)


@scenario(seconds=4)
def bindings_stay_with_their_profile_when_another_is_added(bench):
    """A new profile that sorts before the old one: telephones stay where they registered."""
    caller, called = bench.phone(101), bench.phone(102)
    bench.exchange.stop()
    port = bench.network.free_port(bench.network.exchange)
    bench.config["profiles"]["early"] = {"listen": [f"udp:{bench.network.exchange}:{port}"]}
    bench.exchange.start()
    check_equal("profiles", [row["profile"] for row in bench.exchange.registrations()],
                ["phones", "phones"])
    call = caller.invite("102")
    incoming = called.incoming()
    incoming.answer()
    call.answered()
    call.hang_up()
    incoming.wait_bye()
