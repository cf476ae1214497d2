#!/usr/bin/env bash
# Makes the table of Kubernetes types anew: `schemas/generate.sh` writes it, `schemas/generate.sh --check` compares.
# Takes some minutes, since the bindings are compiled once for each version.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

source_of() {
    cargo metadata --format-version 1 --locked |
        grep -o "\"manifest_path\":\"[^\"]*k8s-openapi-$1/Cargo.toml\"" | head -1 | cut -d'"' -f4 | xargs dirname
}

dump() { # VERSION OF THE BINDINGS, MINOR
    K8S_OPENAPI_SOURCE="$(source_of "$1")/src/v1_$2" cargo run --quiet --locked --features "v1_$2" -- dump >"$work/dump-$2.json"
}

for minor in 30 31 32; do dump 0.26.0 "$minor"; done
for minor in 33 34 35 36 37; do dump 0.29.0 "$minor"; done

cargo run --quiet --locked -- table enums.txt list-keys.txt "$work"/dump-*.json >"$work/kubernetes.txt"
cargo run --quiet --locked -- docs "$work"/dump-*.json >"$work/kubernetes-docs.txt"

data=../crates/taffrail-schema/data
if [ "${1:-}" = --check ]; then
    diff -u "$data/kubernetes.txt" "$work/kubernetes.txt"
    diff -u "$data/kubernetes-docs.txt" "$work/kubernetes-docs.txt"
    echo "the table is up to date"
else
    cp "$work/kubernetes.txt" "$work/kubernetes-docs.txt" "$data/"
fi
