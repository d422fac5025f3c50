#!/usr/bin/env bash
# A Kubernetes cluster from Debian's packages, into the folder given: nothing of it is installed. What is already there stays.
set -euo pipefail
into=$(realpath -m "$1")
mkdir -p "$into"/{lists/partial,cache/archives/partial,debs,root,source,bin}
cd "$into"

# Debian's kubernetes has no server in its binary packages; its source has. From where this machine has its own packages.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | sort -u | head -n 1)
if [ -z "$mirror" ]; then
  echo 'no mirror of Debian 12 (bookworm) is known to apt here: give one in /etc/apt, and run apt-get update' >&2
  exit 1
fi
printf '%s %s bookworm main\n' deb "$mirror" deb-src "$mirror" >sources.list
apt=(-o "Dir::Etc::sourcelist=$into/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::lists=$into/lists" -o "Dir::Cache=$into/cache" -o "APT::Sandbox::User=$(id -un)")

if [ ! -e fetched ]; then
  apt-get "${apt[@]}" update
  (cd debs && apt-get "${apt[@]}" download golang-1.19-go golang-1.19-src etcd-server containerd runc \
    containernetworking-plugins busybox libc6 golang-github-modern-go-reflect2-dev)
  for deb in debs/*.deb; do dpkg -x "$deb" root; done
  (cd source && apt-get "${apt[@]}" source --download-only kubernetes)
  tree=gopath/src/k8s.io/kubernetes
  rm -rf "$tree" && mkdir -p gopath/src/k8s.io
  dpkg-source -x source/*.dsc "$tree"
  # The one it came with walks through maps as Go did before 1.18, and crashes.
  reflect2=github.com/modern-go/reflect2
  rm "$tree/vendor/$reflect2"/*.{go,s}
  cp root/usr/share/gocode/src/$reflect2/*.{go,s} "$tree/vendor/$reflect2/"
  touch fetched
fi

export GOROOT="$into/root/usr/lib/go-1.19" GOPATH="$into/gopath" GOCACHE="$into/gocache"
# Its go.mod does not agree with what Debian left of vendor/: built as it was meant to be then, without modules.
export GO111MODULE=off GOPROXY=off CGO_ENABLED=0
cd gopath/src/k8s.io/kubernetes
go() { nice -n 19 "$GOROOT/bin/go" "$@"; }

# The one file of its generated sources that is not kept with them.
if [ ! -e pkg/generated/openapi/zz_generated.openapi.go ]; then
  go build -o "$into/bin/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
  packages=$(grep -rl --include='*.go' '^// *+k8s:openapi-gen=true' pkg staging/src | xargs -n1 dirname | sort -u |
    grep -v -e code-generator -e sample-apiserver |
    sed 's,^staging/src/,k8s.io/kubernetes/vendor/,; s,^pkg,k8s.io/kubernetes/pkg,' | paste -sd,)
  "$into/bin/openapi-gen" --logtostderr -h hack/boilerplate/boilerplate.generatego.txt -i "$packages" \
    -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi -r "$into/openapi-report" \
    --output-base "$GOPATH/src"
fi

version='-X k8s.io/component-base/version.gitVersion=v1.20.2 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=20'
for program in kubelet kube-apiserver kube-scheduler kube-controller-manager; do
  [ -e "$into/bin/$program" ] && continue
  echo "builds $program"
  go build -trimpath -ldflags "-s -w $version" -o "$into/bin/$program.new" "k8s.io/kubernetes/cmd/$program"
  mv "$into/bin/$program.new" "$into/bin/$program"
done
