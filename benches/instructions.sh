#!/bin/sh
# Counts the instructions of one decision, which are stable where seconds are not: instructions.sh [WORK]
# WORK is decide (prepared, the default), report, bytes or load. Two runs that differ in nothing but the number of
# decisions are told apart; needs valgrind.
set -eu
cd "$(dirname "$0")/.."
work=${1:-decide}
case $work in
load) few=1 many=3 ;;
*) few=100 many=1100 ;;
esac
cargo build --quiet --release -p taffrail-benches
program=target/release/taffrail-benches

count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" \
        --engine ours --rules "$1" --iterations "$2" --work "$work" 2>&1 |
        awk '/Collected/ { print $NF }'
}

echo "| rules | instructions of one $work |"
echo "| ---: | ---: |"
for rules in 10 100 1000 10000; do
    low=$(count "$rules" "$few")
    high=$(count "$rules" "$many")
    echo "| $rules | $(((high - low) / (many - few))) |"
done
