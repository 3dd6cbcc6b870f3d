#!/usr/bin/env bash
# The processor time of `ravine compare` with different allocators, in turns. Run at the root of the repository.
# jemalloc is preloaded where it is installed (Debian: libjemalloc2).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --release --quiet --no-default-features
cp target/release/ravine "$work/system"
cargo build --release --quiet
cp target/release/ravine "$work/mimalloc"
jemalloc=$(ldconfig -p | awk '/libjemalloc/ { print $NF; exit }')

measure() {
    local name=$1 preload=$2 binary=$3
    TIMEFORMAT="$name: %U s of processor time, %R s"
    time LD_PRELOAD=$preload "$binary" compare --quiet --out "$work/run" >/dev/null
    rm -rf "$work/run"
}

for _ in 1 2 3 4 5; do
    measure mimalloc "" "$work/mimalloc"
    measure system "" "$work/system"
    if [ -n "$jemalloc" ]; then measure jemalloc "$jemalloc" "$work/system"; fi
done
