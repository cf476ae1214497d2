#!/bin/sh
# Runs one fuzz target from all the seeds that the project holds: run.sh parse|format|compile|decide|goal|crds|command|manifest|stored|tool_call|hook|replay|tests [SECONDS]
# Whatever else stands on the command line goes to libFuzzer.
set -eu
cd "$(dirname "$0")"
target=${1:?run.sh parse|format|compile|decide|goal|crds|command|manifest|stored|tool_call|hook|replay|tests [SECONDS] [libFuzzer options]}
shift
seconds=600
case ${1:-} in [0-9]*) seconds=$1; shift ;; esac

seeds=target/seeds/$target
dictionary=guard
mkdir -p "$seeds" "corpus/$target"
case $target in
parse | format | compile | tests)
    cp seeds/compile/* "$seeds"
    find ../policies ../crates/*/tests -name '*.guard' | while read -r file; do
        cp "$file" "$seeds/$(echo "$file" | tr / _)"
    done
    # The guard blocks of a chapter are one policy.
    for chapter in ../tests/cases/language/*.md; do
        awk 'BEGIN { print "policy example" } /^```guard/ { on = 1; next } /^```/ { on = 0 } on' "$chapter" \
            >"$seeds/$(basename "$chapter").guard"
    done
    ;;
decide | goal)
    cp seeds/decide/* "$seeds"
    [ "$target" = decide ] || cp seeds/goal/* "$seeds"
    find ../policies -path '*examples*' -type f | while read -r file; do
        cp "$file" "$seeds/$(echo "$file" | tr / _)"
    done
    for chapter in ../tests/cases/language/*.md; do
        awk -v to="$seeds/$(basename "$chapter")" \
            '/^```request/ { on = 1; n++; next } /^```/ { on = 0 } on { print > (to "." n ".yaml") }' "$chapter"
    done
    ;;
command)
    awk -F '\t' -v to="$seeds" '!/^# / { print $2 > (to "/" NR) }' ../tests/actions/hostile.tsv
    dictionary=command
    ;;
manifest) find ../crates/taffrail-actions/tests ../policies -name '*.yaml' -exec cp {} "$seeds" \; ;;
stored) cp seeds/stored/* "$seeds" ;;
replay) cp seeds/replay/* "$seeds" ;;
tool_call) cp seeds/tool_call/* "$seeds" ;;
hook)
    cp seeds/hook/* "$seeds"
    dictionary=command
    ;;
crds) cp ../crates/taffrail-schema/tests/crds/*.yaml "$seeds" ;;
esac

# Our crates hold no unsafe code, so there is nothing for a sanitizer to find; without one it is several times faster.
[ "${SEEDS_ONLY:-}" ] || exec cargo +nightly fuzz run --sanitizer none "$target" "corpus/$target" "$seeds" -- \
    -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=20 -max_len=16384 -dict="dictionaries/$dictionary.dict" "$@"
