#!/usr/bin/env bash
# Stands in for every program that bootstrap.sh would reach the machines with. It writes down how it
# was called and what it was given, and remembers what that would have done, so that a later
# question gets a truthful answer.
set -u
me=${0##*/}
number=$(($(cat "$ROOM/number") + 1))
printf '%s' "$number" >"$ROOM/number"
printf '%s\x1f' "$me" "$@" >"$ROOM/calls/$(printf '%04d' "$number")"
cat >"$ROOM/stdin/$(printf '%04d' "$number")"
given=$ROOM/stdin/$(printf '%04d' "$number")
call="$me $*"

if [[ -n ${REFUSE:-} && $call == *"$REFUSE"* ]]; then
  printf '%s: refused\n' "$me" >&2
  exit 9
fi

# The value of an option: its name, then all arguments.
option() {
  local name=$1
  shift
  while (($# > 1)); do
    if [[ $1 == "$name" ]]; then
      printf '%s' "$2"
      return
    fi
    shift
  done
}

# The machine's line in a known_hosts file: its address, with the port unless it is 22, and its key.
host_key() {
  local name=$1
  if [[ $2 != 22 ]]; then name="[$1]:$2"; fi
  printf '%s %s\n' "$name" "$(cat "$ROOM/host_key.pub")"
}

case $me in
  ssh-keyscan) host_key "${!#}" "$(option -p "$@")" ;;
  ssh)
    for word; do
      case $word in
        UserKnownHostsFile=*) known_hosts=${word#*=} ;;
        *@*) address=${word#*@} && break ;;
      esac
    done
    command=${!#}
    grep -q -x -F "$(host_key "$address" "$(option -p "$@")")" "$known_hosts" || exit 255
    case $call in
      *'sudo -n true') exit 0 ;;
      *'dpkg -s nfs-'*) [[ -e $ROOM/state/$address.${call##* } ]] ;;
      *'install -q -y '*) touch "$ROOM/state/$address.${call##* }" ;;
      *'tee /etc/rancher/k3s/config.yaml'*) cp "$given" "$ROOM/state/$address.config" ;;
      *'k3s --version'*)
        # As k3s prints it: "k3s version v1.35.7+k3s1 (…)".
        [[ -e $ROOM/state/$address.k3s ]] || exit 1
        version=${command#*"' "}
        grep -q -F " ${version%% "'"*} " "$ROOM/state/$address.k3s" &&
          grep -q -x "service ${command##* }" "$ROOM/state/$address.k3s"
        ;;
    esac
    ;;
  k3sup)
    [[ $1 == version ]] && echo 'Version: 0.13.12' && exit 0
    address=$(option --ip "$@")
    [[ -s $ROOM/state/$address.config ]] || exit 3
    service=k3s
    if [[ $1 == join ]]; then
      [[ -e $ROOM/state/kube-vip ]] || exit 4
      [[ $call == *' --server '* ]] || service=k3s-agent
    else
      echo kubeconfig >"$(option --local-path "$@")"
    fi
    printf 'k3s version %s (0123abcd)\nservice %s\n' "$(option --k3s-version "$@")" "$service" \
      >"$ROOM/state/$address.k3s"
    ;;
  curl)
    [[ -e $ROOM/state/kube-vip ]] || exit 7
    # kube-vip takes a moment.
    mkdir "$ROOM/state/asked-once" 2>/dev/null && exit 7
    exit 0
    ;;
  kubectl)
    case $call in
      *' wait '*'node/'*)
        node=${call#*node/}
        # A new node takes a moment.
        mkdir "$ROOM/state/waited-for-${node%% *}" 2>/dev/null && exit 1
        exit 0
        ;;
      *'/kube-vip/manifests') touch "$ROOM/state/kube-vip" ;;
      *'get namespace '*) [[ -e $ROOM/state/namespace.${call##* } ]] ;;
      *'create namespace '*) touch "$ROOM/state/namespace.${call##* }" ;;
      *'get application root '*) [[ -e $ROOM/state/root ]] && printf 'Synced Healthy ' ;;
      *'get --filename '*'/apps/root.yaml') [[ -e $ROOM/state/root ]] ;;
      *'apply '*'/apps/root.yaml') touch "$ROOM/state/root" ;;
      *'rollout status '*) [[ -e $ROOM/state/argo-cd ]] ;;
      *'apply '*'--namespace argocd --filename '*) touch "$ROOM/state/argo-cd" ;;
    esac
    ;;
  helm) printf 'kind: List\n' ;;
esac
