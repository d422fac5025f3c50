#!/usr/bin/env bash
# Builds a cluster, boots it apart from the machine, runs the tests against it and takes it away: npm run test:kubernetes.
# FORETOKEN_KUBERNETES_BUILD names a folder to keep what was built; without, it is built anew.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "$(id -u)" != 0 ]; then
  echo 'a node needs root: sudo npm run test:kubernetes' >&2
  exit 1
fi
for tool in apt-get dpkg-source ip openssl curl unshare; do
  if ! command -v "$tool" >/dev/null; then
    echo "$tool is missing: apt-get install dpkg-dev iproute2 openssl curl util-linux" >&2
    exit 1
  fi
done
build=${FORETOKEN_KUBERNETES_BUILD:-}
if [ -z "$build" ]; then
  build=$(mktemp -d "${TMPDIR:-/tmp}/foretoken-kubernetes-build-XXXXXX")
  trap 'rm -rf "$build"' EXIT
fi
test/kubernetes/build.sh "$build"
unshare --net --mount --pid --fork --kill-child --mount-proc \
  test/kubernetes/cluster.sh "$build" node --test --test-concurrency=1 "${@:-test/kubernetes/*.test.ts}"
