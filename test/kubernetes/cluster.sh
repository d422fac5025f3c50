#!/usr/bin/env bash
# A cluster of one node, for as long as the command given runs: cluster.sh BUILD COMMAND…
# To be started in namespaces of its own for processes, mounts and network (run.sh does), which take all of it away again.
set -euo pipefail
build=$(realpath "$1")
shift
state=$(mktemp -d "${TMPDIR:-/tmp}/foretoken-kubernetes-XXXXXX")
group="foretoken-test-kubernetes-$(basename "$state")"
address=10.88.0.1
export PATH="$build/bin:$build/root/usr/bin:$build/root/usr/sbin:$build/root/bin:$PATH"

end() {
  local status=$?
  trap - EXIT
  [ $status -eq 0 ] || tail -n 15 "$state"/*.log >&2 || true
  # Of the processes of this namespace, which are all of the cluster: first those that would start others again.
  # Tests that start one of them anew say which it is then.
  cat "$state"/*.pid | while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  for processes in /sys/fs/cgroup/{.,*}/"$group"; do
    [ -d "$processes" ] || continue
    for try in $(seq 50); do
      find "$processes" -name cgroup.procs -exec cat {} + 2>/dev/null | while read -r pid; do
        [ "$pid" = 0 ] || kill -KILL "$pid" 2>/dev/null || true
      done
      find "$processes" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$processes" ] || break
      sleep 0.1
    done
  done
  grep -o " $state[^ ]*" /proc/self/mounts | tac | xargs -r -n1 umount -l 2>/dev/null || true
  if [ -n "${FORETOKEN_KUBERNETES_LOGS:-}" ]; then mkdir -p "$FORETOKEN_KUBERNETES_LOGS" && cp "$state"/*.log "$FORETOKEN_KUBERNETES_LOGS"; fi
  rm -rf "$state"
  exit $status
}
trap end EXIT
trap 'exit 130' INT TERM

starts() {
  local name=$1
  shift
  "$@" >"$state/$name.log" 2>&1 &
  echo $! >"$state/$name.pid"
}

until_true() {
  local what=$1
  shift
  for _ in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "$what did not get ready" >&2
  exit 1
}

# The network: a bridge that leads nowhere.
ip link set lo up
ip link add cluster0 type bridge
ip address add "$address/16" dev cluster0
ip link set cluster0 up

# The kubelet sets these for the whole machine; it finds them set as it wants them.
mkdir -p "$state/sysctl"
while read -r name value; do
  file="$state/sysctl/${name//\//-}"
  echo "$value" >"$file"
  mount --bind "$file" "/proc/sys/$name"
done <<'END'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END

# All pods are below a group of their own.
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
  [ -e "$hierarchy/cgroup.procs" ] || continue
  mkdir "$hierarchy/$group"
  for file in cpuset.cpus cpuset.mems; do
    if [ -e "$hierarchy/$group/$file" ]; then cat "$hierarchy/$file" >"$hierarchy/$group/$file"; fi
  done
done

# Images without a registry: a shell and its tools, which also is what holds the namespaces of a pod, and one that has nothing.
make_image() {
  local name=$1 folder=$2
  tar -C "$folder/root" -cf "$folder/layer.tar" .
  cat >"$folder/config.json" <<END
{"architecture":"$(dpkg --print-architecture)","os":"linux","config":{"Env":["PATH=/bin"],"Entrypoint":["/bin/sleep","2147483647"]},
"rootfs":{"type":"layers","diff_ids":["sha256:$(sha256sum "$folder/layer.tar" | cut -d' ' -f1)"]}}
END
  echo "[{\"Config\":\"config.json\",\"RepoTags\":[\"$name\"],\"Layers\":[\"layer.tar\"]}]" >"$folder/manifest.json"
  tar -C "$folder" -cf "$folder.tar" manifest.json config.json layer.tar
}
mkdir -p "$state"/{shell,empty}/root/{bin,etc,tmp,proc,sys,dev}
cp "$build/root/bin/busybox" "$state/shell/root/bin/busybox"
cp -a "$build"/root/lib{,64} "$state/shell/root/"
for tool in $("$build/root/bin/busybox" --list); do [ "$tool" = busybox ] || ln -s busybox "$state/shell/root/bin/$tool"; done
# What tasks are set up and checked by; nothing there is more than this shell can.
printf '#!/bin/sh\nexec /bin/sh "$@"\n' >"$state/shell/root/bin/bash"
chmod 755 "$state/shell/root/bin/bash"
make_image foretoken.test/shell:1 "$state/shell"
make_image foretoken.test/empty:1 "$state/empty"

mkdir -p "$state/cni"
cat >"$state/cni/10-bridge.conflist" <<END
{"cniVersion":"0.4.0","name":"cluster","plugins":[{"type":"bridge","bridge":"cluster0","isGateway":false,
"ipam":{"type":"host-local","dataDir":"$state/addresses","ranges":[[{"subnet":"10.88.0.0/16","rangeStart":"10.88.0.10"}]]}}]}
END

# Without CAP_SYS_RESOURCE, which some virtual machines and containers lack, no score can be lowered.
cat >"$state/runc" <<'END'
#!/usr/bin/env bash
set -euo pipefail
previous=
for word in "$@"; do
  if [ "$previous" = --bundle ]; then
    sed -i -E 's/"oomScoreAdj": ?-[0-9]+/"oomScoreAdj":0/' "$word/config.json"
  fi
  previous=$word
done
exec runc "$@"
END
chmod +x "$state/runc"

cat >"$state/containerd.toml" <<END
version = 2
root = "$state/containerd"
state = "$state/containerd-run"
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "$state/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "foretoken.test/shell:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "$state/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$build/root/usr/lib/cni"
    conf_dir = "$state/cni"
END
starts containerd containerd --config "$state/containerd.toml"
container() { ctr --address "$state/containerd.sock" --namespace k8s.io "$@"; }
until_true containerd container version
for image in shell empty; do container images import "$state/$image.tar" >/dev/null; done

starts etcd etcd --data-dir "$state/etcd" --unsafe-no-fsync \
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380

openssl genrsa -out "$state/accounts.key" 2048 2>/dev/null
cat >"$state/tokens" <<'END'
admin-token,admin,1,system:masters
stranger-token,stranger,2
runner-token,runner,3
END
cat >"$state/start-kube-apiserver" <<END
#!/bin/sh
exec kube-apiserver --etcd-servers http://127.0.0.1:2379 --cert-dir "$state/certificates" \
  --bind-address 127.0.0.1 --secure-port 6443 --advertise-address "$address" --service-cluster-ip-range 10.99.0.0/16 \
  --token-auth-file "$state/tokens" --authorization-mode RBAC --disable-admission-plugins ServiceAccount \
  --service-account-key-file "$state/accounts.key" --service-account-signing-key-file "$state/accounts.key" \
  --service-account-issuer https://cluster.test --kubelet-preferred-address-types InternalIP
END
chmod +x "$state/start-kube-apiserver"
starts kube-apiserver "$state/start-kube-apiserver"

kubeconfig() {
  cat >"$state/$1.kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: test, user: {token: $1-token}}]
contexts: [{name: test, context: {cluster: test, user: test, namespace: default}}]
END
}
for user in admin runner stranger; do kubeconfig "$user"; done
until_true 'the API server' curl --fail --silent --insecure --max-time 1 --header 'authorization: Bearer admin-token' \
  https://127.0.0.1:6443/readyz

# What a runner needs, and a stranger has not.
post() {
  curl --fail --silent --show-error --insecure --header 'authorization: Bearer admin-token' \
    --header 'content-type: application/yaml' --data-binary @- "https://127.0.0.1:6443/apis/rbac.authorization.k8s.io/v1/$1" >/dev/null
}
post clusterroles <data/kubernetes/role.yaml
post clusterrolebindings <<'END'
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: foretoken-runner},
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: foretoken-runner},
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: runner}]}
END

starts kube-controller-manager kube-controller-manager --kubeconfig "$state/admin.kubeconfig" \
  --bind-address 127.0.0.1 --port 0 --leader-elect=false --controllers '*,-serviceaccount-token' \
  --node-monitor-period 2s --node-monitor-grace-period 15s
starts kube-scheduler kube-scheduler --kubeconfig "$state/admin.kubeconfig" \
  --bind-address 127.0.0.1 --port 0 --leader-elect=false

cat >"$state/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: /$group
oomScoreAdj: 0
failSwapOn: false
makeIPTablesUtilChains: false
healthzPort: 0
nodeStatusUpdateFrequency: 2s
syncFrequency: 2s
evictionHard: {memory.available: 100Mi}
registryPullQPS: 0
END
cat >"$state/start-kubelet" <<END
#!/bin/sh
exec kubelet --config "$state/kubelet.yaml" --kubeconfig "$state/admin.kubeconfig" --root-dir "$state/kubelet" \
  --cert-dir "$state/certificates" --hostname-override node --node-ip "$address" --container-runtime remote \
  --container-runtime-endpoint "unix://$state/containerd.sock" --volume-plugin-dir "$state/plugins"
END
chmod +x "$state/start-kubelet"
starts kubelet "$state/start-kubelet"
node_ready() {
  curl --fail --silent --insecure --header 'authorization: Bearer admin-token' \
    https://127.0.0.1:6443/api/v1/nodes/node | tr -d ' \n' | grep -q '"status":"True"[^}]*"reason":"KubeletReady"'
}
until_true 'the node' node_ready
echo "a cluster of one node, ready in $SECONDS s" >&2

export FORETOKEN_KUBERNETES_STATE="$state" FORETOKEN_KUBERNETES_ADDRESS="$address"
"$@"
