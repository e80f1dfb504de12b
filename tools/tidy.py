#!/usr/bin/env python3
"""Checks that the tree keeps its architecture (docs/architecture.md, "Folders").

Run from anywhere: tools/tidy.py [--root DIR] [--build DIR] [--no-headers] [--jobs N]
It prints `file:line: what is wrong` for each violation and ends with 1 if there was one.
Size outliers are printed for information and never fail.

The tables below are the rules; a new folder, library or thread shell is added there.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

# ---------------------------------------------------------------- the rules

CORE = ["core/base", "core/config", "core/number", "core/route", "core/call"]
MIDDLE = CORE + ["acd", "ivr", "desk"]
# What each folder may include besides itself.  None: everything.
MAY_INCLUDE = {
    "core/base": [],
    "core/config": ["core/base"],
    "core/number": ["core/base", "core/config"],
    "core/route": ["core/base", "core/config", "core/number"],
    "core/call": ["core/base", "core/config", "core/number", "core/route"],
    "acd": CORE,
    "ivr": CORE,
    "desk": CORE,
    "sip": MIDDLE,
    "media": MIDDLE,
    "storage": MIDDLE,
    "speech": MIDDLE,
    "api": MIDDLE,
    "cluster": MIDDLE,
    "server": None,
    "tools": None,
    "tests": None,
}
# Single headers that a folder may include over its rule.
EXTRA_INCLUDES = [("api", r"storage/reader\w*\.h"), ("cluster", r"storage/reader\w*\.h")]

# One home per foreign header: pattern of the include, pattern of the files that may have it.
FOREIGN_HOMES = [
    (r"sofia-sip/", r"(tests/)?sip/"),
    (r"lmdb\.h", r"storage/lmdb\.(h|cc)"),
    (r"yaml-cpp/", r"core/config/yaml\.cc"),
    (r"boost/(beast|asio)", r"(api|tools|tests)/.*\.cc"),
    (r"spdlog/", r"core/base/log\.cc"),
    (r"prometheus/", r"core/base/metrics\.cc"),
    (r"srtp2/|opus/|gsm\.h|gsm/|spandsp|speex/|soxr", r"media/|tests/"),
    (r"(lua5\.4/)?(lua|lauxlib|lualib)\.h", r"ivr/"),
    (r"phonenumbers/|unicode/", r"core/number/phone_library\.cc"),
    (r"re2/", r"core/number/regex\.cc"),
    (r"date/", r"core/route/time_zone\.cc"),
    (r"systemd/", r"server/"),
    (r"doctest/", r"tests/"),
]
# At most so many files of a folder may have it, because each takes long to compile.
FOREIGN_MAX = [(r"boost/beast", "api/", 2), (r"boost/beast", "tools/", 2)]

# Folders whose files are sans-I/O, and the files in them that are thread shells all the same.
PURE_FOLDERS = ["core/base", "core/number", "core/route", "core/call", "acd", "ivr", "desk", "sip",
                "media"]
SHELLS = {
    "core/base": ["assert", "clock", "event_loop", "fd", "log", "mailbox", "metrics",
                  "random_device", "turn_pace", "wake_fd"],
    "sip": ["context", "dns_client", "dns_socket", "resolver", "sofia", "sofia_overrides",
            "sip_time", "stack", "transports"],
    "media": ["recording_recovery", "recording_store", "recording_thread", "socket_set",
              "sound_library", "worker"],
}
SHELL_HEADERS = [f"core/base/{name}.h"
                 for name in ("clock", "event_loop", "fd", "mailbox", "random_device", "wake_fd")]
PURE_BANS = [
    (r"\b(monotonic_now|wall_now|wall_anchor_now)\s*\(", "reads a clock; take `now` instead"),
    (r"\b(entropy_seed|secure_bytes)\s*\(", "draws from the kernel; take a core::Random or bytes"),
    (r"\bstd::(j?thread\b|this_thread|async\b|atomic_\w*fence)", "knows threads"),
    (r"\b(secure_)?getenv\s*\(", "reads the environment"),
    (r"#include <(thread|future|fstream|filesystem|iostream|sys/epoll\.h|netdb\.h|poll\.h)>",
     "includes what only thread shells need"),
]
# Everywhere but in tests and tools: where -> pattern -> message.
HOMES = [
    (r"core/base/clock\.cc",
     r"(system|steady|high_resolution)_clock::now\b|\b(clock_gettime|gettimeofday)\s*\("
     r"|(?<![\w.:>])(std::)?time\s*\(\s*(0|NULL|nullptr)\s*\)",
     "only core/base/clock.cc reads a clock"),
    (r"core/base/mailbox\.h",
     r"\bstd::(recursive_|shared_|timed_)*(mutex|lock_guard|(unique|scoped|shared)_lock)\b"
     r"|\bcondition_variable|\bpthread_(mutex|rwlock|spin)",
     "only core/base/mailbox.h has a mutex"),
    (r"core/base/random_device\.cc",
     r"\bstd::random_device\b|\b(getrandom|RAND_bytes|arc4random\w*|srand)\s*\("
     r"|(?<![\w.:>])rand\s*\(",
     "only core/base/random_device.cc asks the kernel for chance"),
]

# Units whose tests bear another name: pattern of the unit -> test file, which must exist.
TESTED_BY = [
    (r"core/call/(call|cdr|commands|incoming|switchboard)\.cc",
     "tests/unit/core/call/control_test.cc"),
    (r"core/call/plan_question\.cc", "tests/unit/core/call/outside_test.cc"),
    (r"core/call/recording_rule\.cc", "tests/unit/core/call/talking_test.cc"),
    (r"core/route/route_condition\.cc", "tests/unit/core/route/dial_plan_test.cc"),
    # The SIP procedures are tested in live stacks.
    (r"sip/(invite_server|invite_client|cancel|bye|wire|context|engine)\.cc",
     "tests/sip/basic_call_test.cc"),
    (r"sip/(offer_server|reinvite|update|prack)\.cc", "tests/sip/offer_test.cc"),
    (r"sip/(admission|authenticator|gatekeeper|options|refusals)\.cc",
     "tests/sip/refusal_test.cc"),
    (r"sip/session_refresh\.cc", "tests/sip/session_timer_test.cc"),
    (r"sip/trunk_(agent|call|identity|resolution|service)\.cc", "tests/sip/trunk_test.cc"),
    (r"sip/tls_handshake\.cc", "tests/sip/trunk_tls_test.cc"),
    (r"sip/(keepalive|connection_watch)\.cc", "tests/sip/reachability_test.cc"),
    (r"sip/(info|identity|message_service|register_service)\.cc", "tests/sip/message_test.cc"),
    (r"sip/(header_text|sofia_overrides)\.cc", "tests/unit/sip/sip_time_test.cc"),
    (r"media/(engine|engine_bridge|engine_options|rtcp_agent|session)\.cc",
     "tests/media/relay_test.cc"),
    (r"media/(engine_tick|music_feed|playback|sound_library|tick_receiver|tick_sender)\.cc",
     "tests/media/tick_test.cc"),
    (r"media/(socket_set|worker|worker_metrics)\.cc", "tests/media/worker_test.cc"),
    (r"media/(recording_recovery|recording_store)\.cc", "tests/unit/media/recorder_test.cc"),
    (r"media/recording_side\.cc", "tests/unit/media/recording_timeline_test.cc"),
    (r"media/recording_thread\.cc", "tests/media/recording_test.cc"),
    (r"media/recorder_tap\.cc", "tests/unit/media/record_ring_test.cc"),
]

LINE_MAX = 100
FUNCTION_LINES_SHOWN = 70
FILE_LINES_SHOWN = 600
CODE = {".h", ".cc"}
TEXT = CODE | {".py", ".sh", ".cmake"}
SKIPPED = {"build", "node_modules", "__pycache__", "golden", "corpus"}
ORDER_IS_FREE = "order is free"  # a comment with these words allows one unordered loop

# ---------------------------------------------------------------- reading


class Source:
    """One file: its lines, and the same lines without comments and without what strings hold."""

    def __init__(self, root, path):
        self.path = path  # relative, with '/'
        self.text = (root / path).read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.split("\n")
        self.suffix = Path(path).suffix
        self.is_code = self.suffix in CODE
        self.code = strip(self.text).split("\n") if self.is_code else []
        self.includes = []  # (line number, "x" or <x> without the marks)
        for number, line in enumerate(self.lines if self.is_code else [], 1):
            match = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
            if match:
                self.includes.append((number, match.group(1)))

    @property
    def folder(self):
        return folder_of(self.path)

    @property
    def stem(self):
        return self.path.rsplit(".", 1)[0]

    def is_pure(self):
        if self.folder not in PURE_FOLDERS:
            return False
        name = self.stem[len(self.folder) + 1:]
        return name not in SHELLS.get(self.folder, [])


def folder_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "core" else parts[0]


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\\ ]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)


def strip(text):
    """Blanks comments and the inside of literals; include lines and line numbers stay."""
    def blank(match):
        token = match.group(0)
        start = text.rfind("\n", 0, match.start()) + 1
        if token[0] == '"' and text[start:match.start()].lstrip().startswith("#"):
            return token
        return re.sub(r"[^\n]", " ", token) if token[0] == "/" else '""' + "\n" * token.count("\n")
    return TOKEN.sub(blank, text)


def read_tree(root):
    sources = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if n not in SKIPPED and not n.startswith("."))
        for name in sorted(files):
            if Path(name).suffix in TEXT or name == "CMakeLists.txt":
                sources.append(Source(root, (Path(folder) / name).relative_to(root).as_posix()))
    return sources


# ---------------------------------------------------------------- checks
# Each yields (path, line, what is wrong).


def check_include_direction(source, _sources):
    allowed = MAY_INCLUDE.get(source.folder, None)
    if not source.is_code or allowed is None:
        return
    for number, name in source.includes:
        target = folder_of(name)
        if "/" not in name or target not in MAY_INCLUDE or target in (source.folder, *allowed):
            continue
        if any(source.folder == f and re.fullmatch(p, name) for f, p in EXTRA_INCLUDES):
            continue
        yield source.path, number, f"{source.folder} must not include {name}"


def check_foreign_homes(source, _sources):
    for number, name in source.includes:
        for pattern, home in FOREIGN_HOMES:
            if re.match(pattern, name) and not re.match(home, source.path):
                yield source.path, number, f"<{name}> has its home in {home}"


def check_foreign_count(sources):
    for pattern, prefix, most in FOREIGN_MAX:
        users = [s for s in sources if s.path.startswith(prefix)
                 and any(re.match(pattern, name) for _, name in s.includes)]
        for source in users[most:]:
            yield source.path, 1, f"at most {most} files of {prefix} may include {pattern}"


def matches(source, pattern):
    for number, line in enumerate(source.code, 1):
        if re.search(pattern, line):
            yield number


def check_homes(source, _sources):
    if not source.is_code or source.folder in ("tests", "tools"):
        return
    for home, pattern, message in HOMES:
        if not re.fullmatch(home, source.path):
            for number in matches(source, pattern):
                yield source.path, number, message


def check_purity(source, _sources):
    if not source.is_code or not source.is_pure():
        return
    for pattern, message in PURE_BANS:
        for number in matches(source, pattern):
            yield source.path, number, "pure code " + message
    for number, name in source.includes:
        if name in SHELL_HEADERS:
            yield source.path, number, f"pure code must not include {name}"


def unordered_names(source):
    """The variables and members that a file declares as unordered containers."""
    code = "\n".join(source.code)
    for match in re.finditer(r"\bunordered_(?:multi)?(?:map|set)\s*<", code):
        depth, at = 1, match.end()
        while at < len(code) and depth > 0:
            depth += {"<": 1, ">": -1}.get(code[at], 0)
            at += 1
        name = re.match(r"\s*[&*]?\s*(\w+)\s*[;={(,)]", code[at:])
        if name:
            yield name.group(1)


def check_unordered_loops(source, sources):
    if not source.is_code or not source.is_pure():
        return
    twins = [s for s in sources if s.is_code and s.stem == source.stem]
    names = {name for twin in twins for name in unordered_names(twin)}
    for number, line in enumerate(source.code, 1):
        loop = re.search(r"\bfor\s*\(.*[^:]:(?!:)\s*(?:[\w.>-]*[.>])?(\w+)\)", line)
        begin = re.search(r"\b(\w+)\.c?begin\(\)", line)
        used = {m.group(1) for m in (loop, begin) if m} & names
        comment = "".join(source.lines[max(0, number - 3):number])
        if used and ORDER_IS_FREE not in comment:
            yield (source.path, number, f"walks the unordered container {used.pop()}: sort first, "
                   f'or say in a comment why the "{ORDER_IS_FREE}"')


def check_has_test(source, sources):
    if source.suffix != ".cc" or source.folder not in PURE_FOLDERS or (
            source.folder != "core/base" and not source.is_pure()):
        return
    other_tests = [test for unit, test in TESTED_BY if re.fullmatch(unit, source.path)]
    test = (other_tests or [f"tests/unit/{source.stem}_test.cc"])[0]
    if all(s.path != test for s in sources):
        yield source.path, 1, f"has no test {test}"


def check_form(source, _sources):
    if source.suffix == ".h" and "#pragma once" not in source.lines:
        yield source.path, 1, "#pragma once is missing"
    for number, line in enumerate(source.lines, 1):
        if len(line) > LINE_MAX and source.suffix in TEXT:
            yield source.path, number, f"line of {len(line)} columns, {LINE_MAX} are allowed"
        if re.search(r"\b(TODO|FIXME)\b(?!\(#\d+\))", line) and not source.path.startswith(
                "tools/tidy"):
            yield source.path, number, "a TODO needs the number of its issue: TODO(#12)"


CHECKS = [check_include_direction, check_foreign_homes, check_homes, check_purity,
          check_unordered_loops, check_has_test, check_form]

# ---------------------------------------------------------------- headers compile alone


def project_closure(source, by_path, seen):
    """The file and all project headers that it includes, directly or not."""
    if source.path not in seen:
        seen.add(source.path)
        for _, name in source.includes:
            if name in by_path:
                project_closure(by_path[name], by_path, seen)
    return seen


def find_build(root, wanted):
    if wanted:
        return Path(wanted)
    found = sorted(root.glob("build/*/compile_commands.json"), key=lambda p: p.stat().st_mtime)
    return found[-1].parent if found else None


def flags_by_folder(build, root):
    """Per folder the compiler and its -I, -isystem, -D and -std flags."""
    flags = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["file"])
        words = shlex.split(entry["command"])
        kept, take_next = [words[0]], False
        for word in words[1:]:
            if take_next or re.match(r"-(I|D|std=|isystem|pthread)", word):
                kept.append(word)
            take_next = not take_next and word in ("-I", "-isystem", "-D")
        try:
            folder = folder_of(path.relative_to(root).as_posix())
        except ValueError:
            continue
        if len(kept) > len(flags.get(folder, [])):
            flags[folder] = kept
    return flags


def compile_header(root, flags, path):
    run = subprocess.run(
        [*flags, f"-I{root}", "-fsyntax-only", "-w", "-x", "c++", "-"],
        input=f'#include "{path}"\n', capture_output=True, text=True, cwd=root, check=False)
    errors = [line for line in run.stderr.splitlines() if " error: " in line]
    return None if run.returncode == 0 else (errors or run.stderr.splitlines() or ["failed"])[0]


def header_jobs(root, flags, sources):
    """(header, flags, key): the key changes when anything the header's meaning rests on does."""
    by_path = {s.path: s for s in sources}
    fallback = flags.get("core/base") or next(iter(flags.values()))
    for source in sources:
        if source.suffix != ".h" or source.path == "cmake/pch.h":
            continue
        own = flags.get(source.folder, fallback)
        digest = hashlib.sha256(" ".join(own).encode())
        for path in sorted(project_closure(source, by_path, set())):
            digest.update(path.encode() + by_path[path].text.encode())
        yield source.path, own, digest.hexdigest()


def check_headers(root, build, sources, jobs):
    if build is None or not (build / "compile_commands.json").exists():
        yield "tools/tidy.py", 1, "no build/*/compile_commands.json: configure a build first"
        return
    cache_file = build / "tidy_headers.json"
    known = set(json.loads(cache_file.read_text())) if cache_file.exists() else set()
    todo = list(header_jobs(root, flags_by_folder(build, root), sources))
    stale = [job for job in todo if job[2] not in known]
    good = {key for _, _, key in todo if key in known}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = pool.map(lambda job: compile_header(root, job[1], job[0]), stale)
        for (path, _, key), error in zip(stale, results):
            if error is None:
                good.add(key)
            else:
                yield path, 1, f"does not compile alone: {error}"
    cache_file.write_text(json.dumps(sorted(good)))


# ---------------------------------------------------------------- sizes, for information

NOT_A_FUNCTION = re.compile(
    r"^\s*((namespace|class|struct|enum|union|extern|TEST_CASE|if|for|while|do|switch|case)\b"
    r"|[}#])|=")


def function_sizes(source):
    """(line, number of lines) of function bodies, by the indentation clang-format gives."""
    for last, line in enumerate(source.code):
        indent = len(line) - len(line.lstrip())
        if line.strip() != "}" or indent > 2:
            continue
        first = last - 1
        while first > 0 and re.match(rf"\s{{{indent + 1}}}|\s*$", source.code[first]):
            first -= 1
        start = source.code[first]
        if "(" in start and not NOT_A_FUNCTION.search(start):
            yield first + 1, last - first + 1


def print_sizes(sources):
    for source in sources:
        if not source.is_code:
            continue
        if len(source.lines) > FILE_LINES_SHOWN:
            print(f"{source.path}:1: info: file of {len(source.lines)} lines")
        for line, size in function_sizes(source):
            if size > FUNCTION_LINES_SHOWN:
                print(f"{source.path}:{line}: info: function of {size} lines")


# ---------------------------------------------------------------- main


def violations(root, sources):
    for source in sources:
        for check in CHECKS:
            yield from check(source, sources)
    yield from check_foreign_count(sources)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--build", help="folder with compile_commands.json; default: the newest")
    parser.add_argument("--no-headers", action="store_true", help="do not compile the headers")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    root = options.root.resolve()
    sources = read_tree(root)
    print_sizes(sources)
    found = list(violations(root, sources))
    if not options.no_headers:
        found += check_headers(root, find_build(root, options.build), sources, options.jobs)
    for path, line, text in sorted(found):
        print(f"{path}:{line}: {text}")
    kinds = collections.Counter(source.suffix or "other" for source in sources)
    print(f"tidy: {len(found)} violations in {kinds['.h']} headers and {kinds['.cc']} sources")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
