"""Who may call what and when: rights, fraud watch, night mode, prompts of refusal."""

import math
import os
import struct
import time
import wave

from providers import call_from, one_provider
from scenario import scenario
from scenarios.talk import hear
from waiting import check_equal, check_in, wait_until


def _with_rights(bench):
    one_provider(bench)
    bench.config["rights"] = {"staff": {"destinations": ["internal", "national", "local"]}}
    bench.config["extensions"][101]["rights"] = "staff"


@scenario(_with_rights, seconds=4)
def call_beyond_the_rights_is_refused_and_counted(bench):
    """International is not among the rights: 403, a record, a figure; national passes."""
    caller = bench.phone(101)
    response = caller.invite("011493012345678").invite.wait(timeout=40)
    check_equal("status", response.status, 403)
    record = bench.exchange.wait_cdr()
    check_equal("outcome", record["outcome"], "refused")
    wait_until("the figure", lambda: bench.exchange.metric("strowger_call_rights_refused") == 1)
    allowed = caller.invite("2125558888")
    bench.provider.incoming().reply(486, "Busy Here")
    allowed.wait(486)


def _night_mode(bench):
    one_provider(bench)
    bench.config["schedules"] = {"office": {"zone": "UTC", "code": "*28", "week": {
        day: ["00:00-24:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday",
                                         "saturday", "sunday")}}}
    bench.config["plans"]["incoming"]["rules"] = [
        {"schedule": "office", "to": "extension 101"}, {"to": "extension 102"}]


@scenario(_night_mode, seconds=10)
def night_mode_turns_calls_and_outlives_a_restart(bench):
    """By feature code and by command; a killed daemon remembers it."""
    day, night = bench.phone(101), bench.phone(102)

    def rings():
        call = call_from(bench.provider, "2125550101", "2125557777")
        who = wait_until("a telephone to ring", lambda: next(
            (phone for phone in (day, night) if phone.requests
             and phone.requests[-1].method == "INVITE"
             and phone.requests[-1] not in seen), None))
        seen.append(who.requests[-1])
        call.cancel()
        return who

    seen = []
    check_equal("by day", rings().user, "101")
    service = day.invite("*28")
    service.answered()
    service.wait_bye()
    check_equal("by night", rings().user, "102")
    check_in("schedules", "closed", bench.exchange.text("schedules"))
    time.sleep(0.5)
    bench.exchange.restart_after_kill()
    for phone in (day, night):
        phone.register()
    check_equal("after the restart", rings().user, "102")
    bench.exchange.text("set-schedule", "office", "none")
    check_equal("by day again", rings().user, "101")


def _watched(bench):
    one_provider(bench)
    bench.config["fraud"] = {"international_per_hour": 1}


@scenario(_watched, seconds=6)
def calls_abroad_block_the_extension_until_it_is_lifted(bench):
    """The second call abroad within an hour blocks: 403, an error, a list; a killed daemon knows
    it when it is back; lift lets it call."""
    caller = bench.phone(101)
    for _ in range(2):
        call = caller.invite("011493012345678")
        bench.provider.incoming().reply(486, "Busy Here")
        call.wait(486)
    bench.exchange.wait_log("error", "fraud extension=101 blocked")
    check_equal("status", caller.invite("2125558888").invite.wait(timeout=40).status, 403)
    check_in("list", "international calls", bench.exchange.text("fraud", "list"))
    time.sleep(0.5)  # until the store has committed
    bench.exchange.restart_after_kill()
    check_in("list after the restart", "international calls", bench.exchange.text("fraud", "list"))
    bench.exchange.text("fraud", "lift", "101")
    call = caller.invite("2125558888")
    bench.provider.incoming().reply(486, "Busy Here")
    call.wait(486)


def write_prompt(bench, name, frequency=660, seconds=1.5, rate=8000):
    """A prompt of the house that is a tone."""
    directory = os.path.join(bench.directory, "data", "prompts", "en")
    os.makedirs(directory, exist_ok=True)
    samples = (int(9000 * math.sin(2 * math.pi * frequency * i / rate))
               for i in range(int(seconds * rate)))
    with wave.open(os.path.join(directory, f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


def _with_prompts(bench):
    _with_rights(bench)
    write_prompt(bench, "not_allowed")
    write_prompt(bench, "closed")
    bench.config["plans"]["incoming"]["rules"] = [{"to": "announcement closed"}]


@scenario(_with_prompts, seconds=6)
def refusal_is_announced_to_the_caller(bench):
    """The prompt is heard as early media, then comes the 403."""
    call = bench.phone(101).invite("011493012345678")
    call.wait(183)
    hear("the caller", call.media, 660)
    check_equal("status", call.invite.wait().status, 403)


@scenario(_with_prompts, seconds=6)
def announcement_of_a_plan_is_heard_and_ends_the_call(bench):
    """to: announcement: the call is answered, hears the file once, and is hung up."""
    call = call_from(bench.provider, "2125550101", "2125557777")
    call.answered()
    hear("the caller", call.media, 660)
    call.wait_bye()
