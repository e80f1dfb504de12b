#!/usr/bin/env bash
# Makes the prompts with espeak-ng: DIR/{ru,en}/{0..9,star,pound,plus,not_allowed}.wav.
# Usage: tools/make_prompts.sh DIR [--force]
# Files that exist are kept (they may be somebody's better recordings) unless --force is given.
# Without espeak-ng nothing is made: the exchange works all the same and plays tones instead.
set -euo pipefail

usage() { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }

dir="${1:-}"
force="${2:-}"
[[ -n $dir && ( -z $force || $force == --force ) ]] || usage
if ! command -v espeak-ng >/dev/null; then
  echo "make_prompts: espeak-ng is not installed; digits will be tones" >&2
  exit 0
fi

# espeak-ng writes 22050 Hz; the exchange resamples when it reads the file.
say() {  # language name text
  local file="$dir/$1/$2.wav" part
  [[ -e $file && -z $force ]] && return
  part="$file.part$$"
  espeak-ng -v "$1" -s 150 -g 2 -w "$part" -- "$3"
  mv -f "$part" "$file"
}

mkdir -p "$dir/ru" "$dir/en"
ru=(ноль один два три четыре пять шесть семь восемь девять)
en=(zero one two three four five six seven eight nine)
for i in {0..9}; do
  say ru "$i" "${ru[$i]}"
  say en "$i" "${en[$i]}"
done
say ru star звёздочка;  say en star star
say ru pound решётка;   say en pound pound
say ru plus плюс;       say en plus plus
say ru not_allowed "Этот звонок вам не разрешён."
say en not_allowed "This call is not permitted."
