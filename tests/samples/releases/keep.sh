#!/usr/bin/env bash
# Keeps a small data folder of the commit that is checked out, for the tests that start it under a later version.
# Usage, in a checkout of that commit with its environment (make setup): tests/samples/releases/keep.sh OUT.tar.xz
# The folder holds twelve mines, the four days of the demonstration's story and half a minute of live feeds.
set -euo pipefail
out=$(realpath "$1")
place=$(mktemp -d /srv/kuangan-release.XXXXXX)
chmod 755 "$place" # the embedded server's account must be able to walk to it
export KUANGAN_DATA=$place/var
.venv/bin/kuangan migrate
.venv/bin/kuangan demo seed --without-past --mines 12
timeout --signal INT 60 .venv/bin/kuangan up --port 0 --ingest-port 0 || true
rm -rf "$KUANGAN_DATA/numba" "$KUANGAN_DATA/run"/*
tar --numeric-owner --sort=name -C "$place" -cJf "$out" var
sha256sum "$out"
rm -rf "$place"
