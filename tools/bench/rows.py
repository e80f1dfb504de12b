"""What is measured.  A row is a function that is given a Run and adds values to figures; it is
called once for each repetition."""

import os
import subprocess
import sys

from figures import Figure
from processes import BARE_RTP, BARE_SIP, Bare, Exchange, Failure, call_load, status_kb

ROWS = {}


def row(function):
    ROWS[function.__name__] = function
    return function


class Run:
    """Where the programs are, how long to measure, and what came of it.  `figures` live across
    repetitions."""

    def __init__(self, binaries, directory, quick):
        self.binaries, self.directory, self.quick = binaries, directory, quick
        self.figures = {}
        self.exchanges = 0

    def exchange(self, **options):
        self.exchanges += 1
        return Exchange(self.binaries, os.path.join(self.directory, f"{self.exchanges}"), **options)

    def load(self, *arguments, **options):
        return call_load(self.binaries, *arguments, **options)

    def figure(self, name, unit, aim, **details):
        return self.figures.setdefault(name, Figure(name, unit, aim, **details))

    def seconds(self, full, quick):
        return quick if self.quick else full


# --- signalling ---

WARMUP = 12  # seconds: ended transactions are remembered for 8
RATE = 400   # calls a second


def signalling_cpu(run, program, *arguments):
    seconds = run.seconds(25, 6) + WARMUP
    with program:
        report = run.load("--no-rtp", "--hold", 1, "--rate", RATE, "--calls", RATE * seconds,
                          "--warmup", WARMUP, *arguments, cpu_of=program.pid)
    return report["steady"]["ms_per_start"]


@row
def signalling(run):
    """CPU of a bridged call without RTP, from the first INVITE to the last 200 of BYE."""
    bare = signalling_cpu(run, Bare(run.binaries, "calls", BARE_SIP))
    run.figure("bare two-legged nta program, CPU per call", "ms", "",
               note=f"no 401, no rules, no records; {RATE} calls/s").add(bare)
    run.figure("bridged call, signalling only, CPU", "ms", "≤ 0.5 ms",
               note="401 and password for each INVITE").add(
                   signalling_cpu(run, run.exchange()), bare)
    run.figure("the same, login at once", "ms", "",
               note="INVITE comes with credentials: no 401").add(
                   signalling_cpu(run, run.exchange(), "--reuse-nonce"), bare)


SETUP_P99_MAX = 500  # ms: then telephones repeat their INVITE


def sustains(run, rate):
    seconds = run.seconds(20, 6)
    with run.exchange() as exchange:
        report = run.load("--no-rtp", "--hold", 1, "--rate", rate, "--calls", rate * seconds,
                          cpu_of=exchange.pid, must_succeed=False)
    calls = report["calls"]
    good = (calls["failed"] == 0 and calls["rate_achieved"] > 0.99 * rate and
            calls["setup_ms"]["p99"] < SETUP_P99_MAX)
    print(f"    {rate} calls/s: {'yes' if good else 'no'}, failures {calls['failures']}, setup p99 "
          f"{calls['setup_ms']['p99']:.0f} ms, CPU {report['steady']['cpu_percent']:.0f} %",
          file=sys.stderr, flush=True)
    return good


@row
def rate(run):
    """Calls per second on one profile without a failure, searched upwards."""
    step = run.seconds(200, 400)
    best = 0
    for wanted in range(1000, 6000, step):
        if not sustains(run, wanted):
            break
        best = wanted
    if best == 0:
        raise Failure("not even 1 000 calls a second")
    run.figure("calls per second sustained, 0 failures", "", "≥ 1200", digits=0,
               note=f"one profile, in steps of {step}, setup p99 < {SETUP_P99_MAX} ms").add(best)


@row
def registration(run):
    """CPU of a registration."""
    per_second, seconds = 2000, run.seconds(25, 6)
    for name, aim, arguments, note in [
            ("registration with digest, CPU", "≤ 0.10 ms", [],
             "two REGISTERs: 401, then password"),
            ("the same, refresh with a known nonce", "", ["--reuse-nonce"], "one REGISTER")]:
        with run.exchange() as exchange:
            report = run.load("--register-only", "--registrations", per_second * seconds,
                              "--register-rate", per_second, "--warmup", 2, *arguments,
                              cpu_of=exchange.pid)
        run.figure(name, "ms", aim, note=f"{note}; {per_second}/s").add(
            report["steady"]["ms_per_start"])


# --- media ---

def talk(run, count, *arguments, seconds=25, **options):
    """Calls that talk all at once.  The generator runs in real time, so that a delay it sees is
    not its own."""
    hold = run.seconds(seconds, 10)
    return run.load("--calls", count, "--rate", 100, "--hold", hold + count / 100, *arguments,
                    realtime=True, **options)


def lost(report):
    return report["rtp"]["lost"] + report["rtp"]["unheard"]


def bare_loop(run, count):
    """CPU per call-second of the same calls through the bare relay, ms."""
    with Bare(run.binaries, "relay", BARE_RTP, 2 * count) as process:
        report = talk(run, count, "--relay", BARE_RTP, server=False, cpu_of=process.pid)
    return report["steady"]["ms_per_call_second"]


@row
def relay(run):
    """G.711 relayed: CPU, delay and loss; the bare loop and loopback itself beside it."""
    count = 500
    before = bare_loop(run, count)
    with run.exchange() as exchange:
        report = talk(run, count, cpu_of=exchange.pid)
    with run.exchange(recording="all") as exchange:
        recorded = talk(run, count, cpu_of=exchange.pid)
    # Once more after what it is compared with: the machine may have changed meanwhile.
    bare = (before + bare_loop(run, count)) / 2
    direct = talk(run, count, server=False)
    note = f"{count} calls, 20 ms packets"
    run.figure("bare epoll, recv, sendto loop, CPU per call-second", "ms", "", note=note).add(bare)
    run.figure("G.711 call relayed both ways, CPU per call-second", "ms",
               "≤ 0.65 ms, ratio ≤ 1.25", note=note).add(
                   report["steady"]["ms_per_call_second"], bare)
    run.figure("the same, recorded in stereo", "ms", "≤ 1.0 ms", note="PCM16 WAV").add(
        recorded["steady"]["ms_per_call_second"], bare)
    delay, floor = report["rtp"]["delay_ms"], direct["rtp"]["delay_ms"]
    run.figure("delay added by relay, one way, p50 / p99", "ms", "≤ 0.3 / 2 ms",
               note=f"{note}; loopback alone taken off").add(
                   (delay["p50"] - floor["p50"], delay["p99"] - floor["p99"]))
    run.figure("delay of loopback alone, p50 / p99", "ms", "").add((floor["p50"], floor["p99"]))
    run.figure("packets lost at 500 calls, recorded ones too", "", "", digits=0,
               note=f"of {report['rtp']['sent'] + recorded['rtp']['sent']}").add(
                   lost(report) + lost(recorded))


@row
def transcode(run):
    """PCMU to G.722, beside the codec work alone and the bare loop."""
    count = 200
    codec = float(subprocess.run([os.path.join(run.binaries, "bare_bench"), "codec"],
                                 capture_output=True, text=True, check=True).stdout)
    bare = bare_loop(run, count)
    with run.exchange() as exchange:
        report = talk(run, count, "--codec", "pcmu", "--callee-codec", "g722", cpu_of=exchange.pid)
    run.figure("PCMU to G.722, codec work alone", "ms", "", note="both ways, at 8 kHz").add(codec)
    run.figure("PCMU to G.722 transcoded, CPU per call-second", "ms", "≤ 5.9 ms",
               note=f"{count} calls; ratio to codec work and bare loop together").add(
                   report["steady"]["ms_per_call_second"], codec + bare)


@row
def thousand(run):
    """1000 relayed calls beside the generator: loss and memory."""
    count = 1000
    with run.exchange() as exchange:
        # Long enough for nta to forget the transactions of the set-up.
        report = talk(run, count, seconds=45, cpu_of=exchange.pid)
    rtp, memory = report["rtp"], report["server_memory"]
    talking = (memory["rss_steady_kb"] - memory["rss_before_kb"]) / count
    cores = os.cpu_count()
    run.figure(f"1000 relayed calls on {cores} cores beside the generator: packets lost", "", "0",
               digits=0, note=f"of {rtp['sent']}").add(lost(report))
    run.figure("delay there, one way, p50 / p99", "ms", "").add(
        (rtp["delay_ms"]["p50"], rtp["delay_ms"]["p99"]))
    run.figure("memory per relayed call", "KB", "≤ 48 KB", digits=1,
               note=f"{count} calls: RSS at the end of their talk less RSS before").add(talking)
    run.figure("the same, at the peak", "KB", "", digits=1,
               note="set-up at 100 calls/s, with its transactions").add(memory["rss_kb_per_call"])


# --- memory ---

@row
def memory(run):
    """Memory after 50 000 short calls against that after a warm-up."""
    warm, many = run.seconds((20_000, 50_000), (16_000, 12_000))
    # The warm-up must outlast what is remembered: INVITEs of ours for 32 s, traces of 1 000 calls.
    flow = ["--no-rtp", "--hold", 0.5, "--rate", RATE]
    with run.exchange() as exchange:
        def after(calls):
            run.load(*flow, "--calls", calls)
            return status_kb(exchange.pid, "RssAnon", "RssFile")
        before = after(warm)
        end = after(many)
    growth = 100 * (end[0] - before[0]) / before[0]
    run.figure(f"memory after {many} short calls, growth", "%", "flat (± 5 %)", digits=1,
               note=f"anonymous RSS, against that after {warm}; {RATE} calls/s").add(growth)
    run.figure("anonymous RSS before / after", "MB", "", digits=1).add(
        (before[0] / 1024, end[0] / 1024))
    run.figure("file-backed RSS before / after", "MB", "", digits=1,
               note="program, and the database's pages in memory").add(
                   (before[1] / 1024, end[1] / 1024))
