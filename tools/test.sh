#!/usr/bin/env bash
# Installs what the tests need, builds everything and runs every test.
#
#   tools/test.sh            release build, all tests
#   tools/test.sh --quick    without the fuzz targets, which need a second build, by clang
#   tools/test.sh --asan     all tests under AddressSanitizer and UndefinedBehaviorSanitizer
#   tools/test.sh --tsan     all tests under ThreadSanitizer
#
# The last line is "N passed, N failed"; the exit status is 0 if nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/packages.sh

preset=release
fuzz=yes
fuzz_seconds=5
for argument in "$@"; do
  case "$argument" in
    --quick) fuzz=no ;;
    --asan) preset=asan fuzz=no ;;
    --tsan) preset=tsan fuzz=no ;;
    *) echo "tools/test.sh: unknown option $argument; see its first lines" >&2
       exit 2 ;;
  esac
done

install_missing "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
install_phonenumber_headers
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"

passed=0
failed=0
failures=()

# count NAME STATUS OUTPUT: adds up what a test program says of itself ("test cases: 5 | 5 passed |
# 0 failed"); a program that says nothing, or dies, is one test.
count() {
  local name=$1 status=$2 output=$3 line good=0 bad=0
  line=$(grep -aE 'test cases: *[0-9]+' "$output" | tail -n 1 || true)
  if [ -n "$line" ]; then
    good=$(sed -E 's/.*\| *([0-9]+) passed.*/\1/' <<<"$line")
    bad=$(sed -E 's/.*\| *([0-9]+) failed.*/\1/' <<<"$line")
  fi
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$status" -eq 0 ] && [ -z "$line" ]; then good=1; fi
  passed=$((passed + good))
  failed=$((failed + bad))
  [ "$bad" -eq 0 ] || failures+=("$name")
  printf '%-32s %4d passed %4d failed\n' "$name" "$good" "$bad"
}

# run NAME COMMAND...
run() {
  local name=$1 output status=0
  shift
  output=$(mktemp)
  timeout 900 "$@" >"$output" 2>&1 || status=$?
  count "$name" "$status" "$output"
  if [ "$status" -ne 0 ]; then tail -n 80 "$output"; fi
  rm -f "$output"
}

build=build/$preset
# What is freed comes back soon: scenarios measure that memory does not grow.
[ "$preset" != asan ] || export ASAN_OPTIONS="quarantine_size_mb=16"
[ "$preset" != tsan ] || export TSAN_OPTIONS="suppressions=$PWD/tools/tsan.supp"
run tidy python3 tools/tidy.py --build "$build"
run tidy_test python3 tools/tidy_test.py
run bench_test python3 tools/bench/figures_test.py
for program in "$build"/tests/unit_* "$build"/tests/sim_* "$build"/tests/sip_* \
               "$build"/tests/media_* "$build"/tests/server_*; do
  [ -f "$program" ] && [ -x "$program" ] && run "$(basename "$program")" "$program"
done
run e2e python3 tests/e2e/run.py --bin "$build/bin" --jobs 3
if [ "$fuzz" = yes ]; then
  cmake --preset fuzz >/dev/null
  cmake --build --preset fuzz --target fuzz_all
  for program in build/fuzz/fuzz/fuzz_*; do
    [ -f "$program" ] && [ -x "$program" ] || continue
    name=$(basename "$program")
    corpus=tests/fuzz/corpus/${name#fuzz_}
    work=$(mktemp -d)
    seeds=()
    [ -d "$corpus" ] && seeds=("$corpus")
    run "$name" "$program" -max_total_time=$fuzz_seconds -timeout=5 -rss_limit_mb=2048 \
      -artifact_prefix="$work/" "$work" "${seeds[@]}"
    rm -rf "$work"
  done
fi

if [ "${#failures[@]}" -gt 0 ]; then echo "Failed: ${failures[*]}"; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
