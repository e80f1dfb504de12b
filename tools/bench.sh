#!/usr/bin/env bash
# Installs what is missing, builds the release, and measures the exchange: docs/bench.md.
#
#   tools/bench.sh                 every row, three times: three quarters of an hour
#   tools/bench.sh --quick         every row once and short: noisy figures, a few minutes
#   tools/bench.sh --only ROW ...  only these rows; --list names them
#
# It prints figures and never a verdict on them.  The exit status is 0 unless something could not be
# measured: the exchange did not start, or calls failed.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/packages.sh

# Two at once would measure one another, and take one another's ports.
exec 9>"${TMPDIR:-/tmp}/strowger-bench.lock"
flock -n 9 || { echo "tools/bench.sh: another bench runs on this machine" >&2; exit 2; }

install_missing "${build_packages[@]}" "${run_packages[@]}" python3
install_phonenumber_headers
cmake --preset release >/dev/null
cmake --build --preset release --target strowgerd strowger call_load bare_bench
exec python3 tools/bench/bench.py --bin build/release/bin "$@"
