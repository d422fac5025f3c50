#!/usr/bin/env bash
# Builds a cluster, boots it apart from the machine, runs the tests against it and takes it away: npm run test:kubernetes.
# FORETOKEN_KUBERNETES_BUILD names a folder to keep what was built; without, it is built anew.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "$(id -u)" != 0 ]; then
  echo 'a node needs root: sudo npm run test:kubernetes' >&2
  exit 1
fi
build=${FORETOKEN_KUBERNETES_BUILD:-}
if [ -z "$build" ]; then
  build=$(mktemp -d "${TMPDIR:-/tmp}/foretoken-kubernetes-build-XXXXXX")
  trap 'rm -rf "$build"' EXIT
fi
test/kubernetes/build.sh "$build"
# The last one leaves no node.
tests=(test/kubernetes/{outcomes,cluster,lost-node}.test.ts)
unshare --net --mount --pid --fork --kill-child --mount-proc \
  test/kubernetes/cluster.sh "$build" node --test --test-concurrency=1 "${@:-${tests[@]}}"
