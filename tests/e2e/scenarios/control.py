"""The command `strowger`, reload, drain, metrics: what an operator does."""

import csv
import io
import json
import os
import socket
import time

from scenario import scenario
from scenarios.talk import both_hear, talk
from waiting import check, check_equal, check_in, wait_until


@scenario(seconds=6)
def command_shows_a_call_in_progress_and_afterwards(bench):
    """status, calls, call, registrations, trace, hangup; cdr in all formats; text and JSON."""
    exchange = bench.exchange
    check_in("status", "calls", exchange.text("status"))
    check_in("calls", "no calls", exchange.text("calls"))
    call, incoming = talk(bench)
    both_hear(call, incoming)
    status = exchange.json("status")
    check_equal("status", (status["calls"], status["legs"], status["registrations"],
                           status["draining"]), (1, 2, 2, False))
    row, = exchange.calls()
    check_equal("call", (row["state"], row["caller"]["number"], row["called"]["number"],
                         row["recorded"]), ("talking", "101", "102", True))
    check_in("calls", "talking", exchange.text("calls"))
    detail = exchange.json("call", row["id"])
    check_equal("legs with media", len(detail["media"]), 2)
    check(all(leg["report"]["received"]["packets"] > 0 for leg in detail["media"]), "no packets")
    check_in("call", "PCMU", exchange.text("call", row["id"]))
    check_in("registrations", call.phone.ip, exchange.text("registrations"))
    check_equal("registrations of one", len(exchange.json(
        "registrations", "--extension", "101")["registrations"]), 1)
    _check_trace(exchange, row["id"], True)
    check_in("hangup", "hung up", exchange.text("hangup", row["id"]))
    call.wait_bye()
    incoming.wait_bye()
    record = exchange.wait_cdr()
    check_equal("cause", (record["ended_by"], record["cause"]["q850"]), ("exchange", 31))
    check_in("call that is over", "answered", exchange.text("call", row["id"]))
    _check_trace(exchange, row["id"], False)
    _check_records(exchange, record)


def _check_trace(exchange, call, is_live):
    trace = exchange.json("trace", call)
    check_equal("live", trace["live"], is_live)
    texts = [message["text"] for message in trace["messages"]]
    for start in ("INVITE sip:102@", "SIP/2.0 200", "ACK sip:"):
        check(any(text.startswith(start) for text in texts), f"no {start} in the trace")
    check(all('response="*' in text or "response=" not in text for text in texts),
          "the trace shows a digest answer")
    check_in("trace", "INVITE sip:102@", exchange.text("trace", call))


def _check_records(exchange, record):
    check_in("table", record["id"], exchange.text("cdr"))
    rows = list(csv.DictReader(io.StringIO(exchange.text("cdr", "--format", "csv"))))
    check_equal("csv", [(row["id"], row["caller"], row["outcome"]) for row in rows],
                [(record["id"], "101", "answered")])
    lines = exchange.text("cdr", "--format", "jsonl").splitlines()
    check_equal("jsonl", [json.loads(line)["id"] for line in lines], [record["id"]])
    check_equal("json", [row["id"] for row in json.loads(
        exchange.text("cdr", "--format", "json"))["cdr"]], [record["id"]])
    for arguments, count in ((("--number", "101"), 1), (("--number", "105"), 0),
                             (("--outcome", "answered"), 1), (("--outcome", "busy"), 0),
                             (("--from", "2100-01-01T00:00:00Z"), 0),
                             (("--to", "2100-01-01T00:00:00Z"), 1)):
        check_equal(f"cdr {arguments}", len(exchange.cdrs(*arguments)), count)
    exchange.wait_recording(record["id"])
    check_in("recordings", record["recordings"][0], exchange.text("recordings"))
    check_in("recording", "/r/", exchange.text("recording", record["recordings"][0]))


@scenario(seconds=3)
def command_shows_health_metrics_and_log_levels(bench):
    """health, metrics, log level; mistakes of usage say what is allowed."""
    exchange = bench.exchange
    check(exchange.json("health")["ok"], "not healthy")
    call = bench.phone(101).invite("*43")
    call.answered()
    metrics = exchange.text("metrics")
    for line in metrics.splitlines():
        check(line.startswith("#") or len(line.rsplit(" ", 1)) == 2, f"metric line {line!r}")
    names = {line.split("{")[0].split(" ")[0] for line in metrics.splitlines()
             if line and not line.startswith("#")}
    check(len(names) > 20, f"only {len(names)} metrics")
    check(all(name.startswith(("strowger_", "process_")) for name in names),
          f"names: {sorted(names)}")
    call.hang_up()
    exchange.text("log", "level", "sip", "trace")
    levels = {row["component"]: row["level"] for row in exchange.json("log", "level")["levels"]}
    check_equal("level", levels.get("sip"), "trace")
    wrong = exchange.run("log", "level", "sip", "loud")
    check(wrong.returncode != 0 and "trace" in wrong.stdout + wrong.stderr,
          f"a wrong level: {wrong.stdout}{wrong.stderr}")
    check(exchange.run("call", "zzz").returncode != 0, "a call id that is none")
    check(exchange.run("call", "abc123").returncode != 0, "a call that never was")
    check(exchange.run("nonsense").returncode != 0, "a command that is none")
    check_in("openapi", b"/api/v1/calls", exchange.get("/api/v1/openapi.json")[2])
    check_equal("unknown path", exchange.get("/api/v1/nothing")[0], 404)


def _generated(bench):
    bench.config["extensions"] = {101: {"password": "generate"}, 102: {"password": "generate"}}


@scenario(_generated, seconds=4)
def generated_passwords_work_and_stay(bench):
    """`strowger accounts` tells them, telephones register with them, a restart keeps them."""
    passwords = {row["number"]: row["password"]
                 for row in bench.exchange.json("accounts")["accounts"]}
    check(passwords["101"] != passwords["102"] and len(passwords["101"]) >= 12,
          f"passwords: {passwords}")
    bench.phone(101, passwords["101"])
    check(passwords["101"] not in bench.exchange.log_text(), "the log has a password")
    bench.exchange.stop()
    bench.exchange.start(has_config=True)
    again = {row["number"]: row["password"]
             for row in bench.exchange.json("accounts")["accounts"]}
    check_equal("passwords after a restart", again, passwords)


def _add_extension(bench, number):
    bench.config["extensions"][number] = {"password": f"e2e-{number}-password"}
    bench.exchange.write_config()


@scenario(seconds=6)
def reload_adds_an_extension_and_the_talk_goes_on(bench):
    """By command and by SIGHUP: the new account registers, the audio of the call has no gap."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    begin = time.monotonic()
    bench.phone(110, is_registered=False).register(status=401)
    _add_extension(bench, 110)
    check_in("reload", "110", bench.exchange.text("reload"))
    bench.phone(110)
    _add_extension(bench, 111)
    bench.exchange.hang_up_signal()
    late = bench.phone(111, is_registered=False)

    def registers():
        response = late.request("REGISTER", "111", [("Contact", f"<{late.contact}>")],
                                uri=late.uri("")).wait()
        return response.status == 200
    wait_until("the new extension to register", registers, pause=0.2)
    end = time.monotonic()
    arrived = [p.arrived for p in incoming.media.packets if begin <= p.arrived < end]
    longest = max(b - a for a, b in zip(arrived, arrived[1:]))
    check(longest < 0.4, f"no packet for {longest * 1000:.0f} ms during the reload")
    both_hear(call, incoming, since=end)
    call.hang_up()
    incoming.wait_bye()


@scenario(seconds=4)
def reload_removes_an_extension(bench):
    """A removed account is no longer registered and cannot call."""
    phone = bench.phone(105)
    del bench.config["extensions"][105]
    bench.exchange.write_config()
    bench.exchange.text("reload")
    wait_until("the registration to go", lambda: not bench.exchange.registrations("105"))
    phone.register(status=401)
    bench.phone(101).invite("105").wait(404)


@scenario(seconds=5)
def broken_configuration_is_refused_and_the_talk_goes_on(bench):
    """reload and check name every mistake with file:line:column; nothing changes."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    with open(bench.exchange.config_path, encoding="utf-8") as file:
        good = file.read()
    lines = good.splitlines()
    line = lines.index("media:") + 1
    lines.insert(line, "  codex: [pcmu]")
    lines.append("nonsense: 1")
    bench.exchange.write_config("\n".join(lines) + "\n")
    for arguments in (("reload",), ("check", bench.exchange.config_path)):
        refused = bench.exchange.run(*arguments)
        said = refused.stdout + refused.stderr
        check(refused.returncode != 0, f"{arguments[0]} took a broken configuration")
        check_in(arguments[0], f"strowger.yaml:{line + 1}:3: ", said)
        check_in(arguments[0], "codex", said)
        check_in(arguments[0], f"strowger.yaml:{len(lines)}:1: ", said)
    bench.exchange.hang_up_signal()
    bench.exchange.wait_log("strowger.yaml", "codex")
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()
    bench.exchange.write_config(good)
    bench.exchange.text("reload")
    check_in("check", "good", bench.exchange.text("check", bench.exchange.config_path))


@scenario(seconds=4)
def daemon_does_not_start_with_a_broken_configuration(bench):
    """It says where and ends, instead of running with half of it."""
    import subprocess
    path = os.path.join(bench.directory, "broken.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("profiles:\n  phones:\n    listen: [udp:127.0.0.1:99999]\n")
    done = subprocess.run([os.path.join(bench.exchange.binaries, "strowgerd"), "--conf", path],
                          capture_output=True, text=True, check=False, timeout=20)
    check(done.returncode != 0, "it started")
    check_in("message", "broken.yaml:3:", done.stdout + done.stderr)


@scenario(seconds=6)
def drain_refuses_new_calls_and_keeps_the_talk(bench):
    """After `strowger drain`: 503 with Retry-After for new calls, audio for the old one."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    bench.exchange.text("drain")
    check(bench.exchange.json("status")["draining"], "status does not say draining")
    refused = bench.phone(103).invite("*43").wait(503)
    check(refused.get("retry-after") is not None, "no Retry-After")
    both_hear(call, incoming, since=time.monotonic())
    call.hang_up()
    incoming.wait_bye()
    check_equal("records", len(bench.exchange.wait_cdrs(1)), 1)


@scenario(seconds=6)
def orderly_stop_ends_calls_with_a_record(bench):
    """SIGTERM: after drain_timeout BYE to both; the record is there at the next start."""
    call, incoming = talk(bench)
    both_hear(call, incoming)
    bench.exchange.stop()
    call.wait_bye()
    incoming.wait_bye()
    bench.exchange.start(has_config=True)
    record = bench.exchange.wait_cdr()
    check_equal("outcome", (record["outcome"], record["ended_by"]), ("answered", "exchange"))
    check(bench.exchange.wait_recording(record["id"])["complete"], "the recording is incomplete")


@scenario(is_started=False, seconds=5)
def service_manager_is_told(bench):
    """sd_notify: READY=1 when calls are taken, WATCHDOG=1 while it lives, STOPPING=1 at the end."""
    path = os.path.join(bench.exchange.directory, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(10)
        bench.exchange.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "4000000"}
        bench.exchange.start()
        said = [manager.recv(4096) for _ in range(3)]
        check_equal("first word", said[0], b"READY=1")
        check_equal("signs of life", said[1:], [b"WATCHDOG=1"] * 2)
        bench.exchange.stop()
        while said[-1] == b"WATCHDOG=1":
            said.append(manager.recv(4096))
        check_equal("last word", said[-1], b"STOPPING=1")


@scenario(seconds=2)
def second_daemon_on_the_same_data_refuses_to_start(bench):
    """Two daemons must not share a database: the second says why it ends, the first goes on."""
    import subprocess
    done = subprocess.run([os.path.join(bench.exchange.binaries, "strowgerd"), "--conf",
                           bench.exchange.config_path], capture_output=True, text=True,
                          check=False, timeout=20)
    check(done.returncode != 0, "a second daemon started on the same data")
    check(done.stdout + done.stderr != "", "it does not say why")
    check(bench.exchange.json("health")["ok"], "the first is not healthy any more")
    call = bench.phone(101).invite("*43")
    call.answered()
    call.hang_up()


@scenario(lambda bench: bench.config["server"].update(mask_numbers=True), seconds=4)
def numbers_are_masked_in_the_log_when_told(bench):
    """server.mask_numbers: the log has the call and not its numbers; records have them."""
    bench.config["server"]["log"]["level"] = "info"
    bench.exchange.write_config()
    bench.exchange.text("reload")
    before = len(bench.exchange.log_text())
    phone = bench.phone(101)
    phone.invite("0049301234567").wait(404)
    record = bench.exchange.wait_cdr()
    bench.exchange.wait_log(f"call={record['id']}", "ended")
    check("0049301234567" not in bench.exchange.log_text()[before:], "the log has the number")
    check_equal("record", record["dialed"], "0049301234567")


@scenario(seconds=4)
def log_tells_the_life_of_a_call_in_few_lines(bench):
    """At level info at most twelve lines a call, each with its id; no password, no digest."""
    bench.config["server"]["log"]["level"] = "info"
    bench.exchange.write_config()
    bench.exchange.text("reload")
    call, incoming = talk(bench)
    both_hear(call, incoming, 0.2)
    call.hang_up()
    incoming.wait_bye()
    record = bench.exchange.wait_cdr()
    bench.exchange.wait_recording(record["id"])
    log = bench.exchange.log_text()
    lines = [line for line in log.splitlines() if f"call={record['id']}" in line]
    check(3 <= len(lines) <= 12, "\n".join(lines))
    check("e2e-101-password" not in log, "the log has a password")


@scenario(seconds=3)
def api_listens_on_loopback_too_when_told(bench):
    """api.listen: the same answers over TCP, without generated passwords."""
    import http.client
    port = bench.network.free_port(bench.network.exchange)
    bench.exchange.stop()
    bench.config["api"]["listen"] = f"{bench.network.exchange}:{port}"
    bench.config["extensions"][101] = {"password": "generate"}
    bench.exchange.start()
    connection = http.client.HTTPConnection(bench.network.exchange, port, timeout=10)
    connection.request("GET", "/api/v1/status")
    check_equal("status", json.loads(connection.getresponse().read())["calls"], 0)
    connection.request("GET", "/api/v1/accounts")
    accounts = json.loads(connection.getresponse().read())["accounts"]
    check(all("password" not in row for row in accounts), "passwords over TCP")
    connection.close()
