#!/usr/bin/env bash
# Installs what is missing, builds the release, starts the exchange, and says how to use it.
#
#   tools/start.sh [--foreground] [--conf FILE|DIR]
#
# Default configuration: conf/minimal.yaml.  Passwords are made at the first start and kept in the
# data directory; `strowger accounts` shows them.  Where the configuration names none, that is
# /var/lib/strowger, or var/ here for a user who may not write there.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/packages.sh

conf=conf/minimal.yaml
foreground=no
while [ $# -gt 0 ]; do
  case "$1" in
    --foreground) foreground=yes ;;
    --conf)
      [ $# -ge 2 ] || { echo "tools/start.sh: --conf needs a file or a directory" >&2; exit 2; }
      conf=$2
      shift ;;
    *) echo "tools/start.sh: unknown option $1; allowed are --foreground and --conf FILE|DIR" >&2
       exit 2 ;;
  esac
  shift
done

install_missing "${build_packages[@]}" "${run_packages[@]}"
install_phonenumber_headers
cmake --preset release >/dev/null
cmake --build --preset release --target strowgerd strowger
bin=build/release/bin

"$bin/strowger" check "$conf"
start=("$bin/strowgerd" --conf "$conf")
mkdir -p /var/lib/strowger 2>/dev/null || true
[ -w /var/lib/strowger ] || start+=(--data-dir "$PWD/var")
socket=$("${start[@]}" --print socket)
data_dir=$("${start[@]}" --print data_dir)
if "$bin/strowger" --socket "$socket" health >/dev/null 2>&1; then
  echo "An exchange is running already at $socket."
  exit 1
fi
mkdir -p "$data_dir"
tools/make_prompts.sh "$data_dir/prompts"

if [ "$foreground" = yes ]; then
  exec "${start[@]}"
fi

setsid "${start[@]}" >>"$data_dir/strowger.log" 2>&1 </dev/null &
pid=$!
for _ in $(seq 100); do
  "$bin/strowger" --socket "$socket" health >/dev/null 2>&1 && break
  if ! kill -0 "$pid" 2>/dev/null; then
    echo "The exchange did not start.  The last lines of $data_dir/strowger.log:" >&2
    tail -n 5 "$data_dir/strowger.log" >&2
    exit 1
  fi
  sleep 0.1
done

cat <<TEXT

The exchange is running (process $pid).  Accounts:

$("$bin/strowger" --socket "$socket" accounts)

Register two telephones with these, then dial:
  100-109   another extension       *43   echo: hear yourself       *65   hear your own number
See what happens:
  $bin/strowger --socket $socket status        calls, cdr, recordings, --help for the rest
Log: $data_dir/strowger.log      Stop: kill $pid
TEXT
