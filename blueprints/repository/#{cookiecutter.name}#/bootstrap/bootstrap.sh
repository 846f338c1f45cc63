#!/usr/bin/env bash
#
# From bare machines to a synced Argo CD: k3s on every machine,#% if 'kube-vip' in cookiecutter._components %# kube-vip,#% endif %# Argo CD, this repository.
#
# Stands alone: it needs bash 4, ssh, kubectl, helm and k3sup, and no gitopsgen. Each step looks
# first whether its work is done, so the script is safe to run again after any failure.
#
#   bootstrap/bootstrap.sh --print-secrets-template   what goes into the secrets file
#   bootstrap/bootstrap.sh --dry-run                  print every command and run none
#   bootstrap/bootstrap.sh                            do it
set -Eeuo pipefail

# renovate: datasource=github-releases depName=alexellis/k3sup
K3SUP_VERSION="0.13.12"

readonly CLUSTER='#{ cookiecutter.name }#'
readonly SSH_USER='#{ cookiecutter._cluster.ssh.user }#'
readonly SSH_PORT='#{ cookiecutter._cluster.ssh.port }#'
readonly INTERFACE='#{ cookiecutter._cluster.network.interface }#'
readonly API_ADDRESS='#{ cookiecutter._cluster.network.api_address }#'
readonly SUBNET='#{ cookiecutter._cluster.network.subnet }#'
readonly POD_CIDR='#{ cookiecutter._cluster.network.pod_cidr }#'
readonly SERVICE_CIDR='#{ cookiecutter._cluster.network.service_cidr }#'
readonly GIT_URL='#{ cookiecutter._cluster.repository.url }#'

# The machines: name and address, in the order in which they join.
readonly SERVERS=(
#% for node in cookiecutter._servers %#
  '#{ node.name }# #{ node.address }#'
#% endfor %#
)
readonly WORKERS=(
#% for node in cookiecutter._workers %#
  '#{ node.name }# #{ node.address }#'
#% endfor %#
)

# A node that also serves the NFS export: its address and the folder. Empty: no node does.
#% set storage = cookiecutter._components[cookiecutter._roles.storage].options if 'storage' in cookiecutter._roles else {} %#
#% set addresses = cookiecutter._cluster.nodes | map(attribute='address') | list %#
#% if storage.server is defined and storage.server in addresses %#
readonly NFS_NODE='#{ storage.server }#'
readonly NFS_PATH='#{ storage.path }#'
#% else %#
readonly NFS_NODE=''
readonly NFS_PATH=''
#% endif %#

# Secrets that components read: namespace, name and key of each value.
readonly SECRETS=(
#% for component in cookiecutter._components.values() %#
#% for secret in component.secrets %#
#% for key in secret['keys'] %#
  '#{ secret.namespace }# #{ secret.name }# #{ key }#'
#% endfor %#
#% endfor %#
#% endfor %#
)

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
readonly STATE="${XDG_CONFIG_HOME:-$HOME/.config}/gitopsgen/$CLUSTER"
SECRETS_FILE="$STATE/secrets.env"
readonly KUBECONFIG_FILE="$STATE/kubeconfig"
readonly KNOWN_HOSTS="$STATE/known_hosts"
readonly API_URL="https://$API_ADDRESS:6443"
readonly FIRST_SERVER="${SERVERS[0]}"

DRY_RUN=false
ACCEPT_HOST_KEYS=false
STEP='reading the arguments'

usage() {
  cat <<EOF
usage: bootstrap.sh [--dry-run] [--secrets FILE] [--accept-host-keys]
       bootstrap.sh --print-secrets-template

  --dry-run                  print every command and run none of them
  --secrets FILE             the secrets file (default: $SECRETS_FILE)
  --accept-host-keys         trust the machines' SSH host keys without asking
  --print-secrets-template   print an empty secrets file
EOF
}

# --- saying and running ---------------------------------------------------------------------------

step() {
  STEP=$1
  printf '\n== %s\n' "$STEP"
}

fail() {
  printf 'error: %s: %s\n' "$STEP" "$1" >&2
  trap - ERR
  exit 1
}

on_error() {
  local status=$? line=$1
  # A failure within a pipe or $(…) is reported once, by the shell that started it.
  if [[ $BASHPID != "$$" ]]; then exit "$status"; fi
  printf 'error: %s: a command failed with status %s (line %s)\n' "$STEP" "$status" "$line" >&2
  printf '  Mend the cause, then run the script again: what is done stays done.\n' >&2
  exit 1
}

# Print a command so that it can be copied, then run it, unless this is a dry run.
run() {
  printf '+'
  printf ' %q' "$@"
  printf '\n'
  if [[ $DRY_RUN == false ]]; then "$@"; fi
}

# Look at the world without changing it; a dry run looks at nothing and takes it for not done.
probe() {
  [[ $DRY_RUN == false ]] && "$@" >/dev/null 2>&1
}

# Wait until a probe succeeds: seconds, what for, command.
wait_for() {
  local seconds=$1 what=$2 end
  shift 2
  printf '+ # wait up to %s s: %s\n' "$seconds" "$what"
  if [[ $DRY_RUN == true ]]; then return; fi
  end=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= end)); then fail "gave up after $seconds s: $what"; fi
    sleep "${BOOTSTRAP_POLL_SECONDS:-5}"
  done
}

name_of() { printf '%s' "${1% *}"; }
address_of() { printf '%s' "${1#* }"; }

ssh_options() {
  printf '%s\n' -p "$SSH_PORT" -o BatchMode=yes -o ConnectTimeout=10 \
    -o StrictHostKeyChecking=yes -o "UserKnownHostsFile=$KNOWN_HOSTS"
}

# Run a shell command on a node; standard input goes along.
on_node() {
  local address=$1 options
  shift
  mapfile -t options < <(ssh_options)
  run ssh "${options[@]}" "$SSH_USER@$address" "$@"
}

probe_node() {
  local address=$1 options
  shift
  mapfile -t options < <(ssh_options)
  probe ssh -n "${options[@]}" "$SSH_USER@$address" "$@"
}

kube() { kubectl --kubeconfig "$KUBECONFIG_FILE" "$@"; }

# --- versions: each is written in one place, and read from there ----------------------------------

K3S_VERSION=''
CHART_REPOSITORY=''
CHART_VERSION=''

read_versions() {
  K3S_VERSION=$(sed -n "s/^kubernetes: *[\"']\{0,1\}\(v[0-9.]*+k3s[0-9]*\).*/\1/p" "$ROOT/cluster.yaml")
  [[ -n $K3S_VERSION ]] || fail "cluster.yaml has no line 'kubernetes: v1.35.7+k3s1'"
  read -r CHART_REPOSITORY CHART_VERSION < <(
    awk '/repoURL:/ {url = $NF} /chart: *argo-cd/ {found = 1}
      found && /targetRevision:/ {gsub(/["\047]/, "", $NF); print url, $NF; exit}' \
      "$ROOT/apps/argocd.yaml"
  ) || fail 'apps/argocd.yaml names no version of the chart argo-cd'
}

# --- secrets: read from one file outside of the repository, handed on by standard input ------------

declare -A VALUES=()

variable_of() {
  local name="${2}_${3}"
  name=${name^^}
  printf '%s' "${name//[^A-Z0-9]/_}"
}

# The deploy key that `gitopsgen push` has made for an ssh URL, if it has.
deploy_key_file() {
  local place=${GIT_URL#ssh://} base=${XDG_CONFIG_HOME:-} host path
  if [[ $place == *://* ]]; then return; fi
  place=${place#*@}
  host=${place%%[:/]*}
  path=${place#"$host"}
  if [[ $path =~ ^:[0-9]+/(.*) ]]; then path=${BASH_REMATCH[1]}; fi
  path=${path#[:/]}
  path=${path%/}
  if [[ $base != /* ]]; then base=$HOME/.config; fi
  base+="/gitopsgen/$host/${path%.git}/argocd_deploy_key"
  if [[ -r $base ]]; then printf '%s' "$base"; fi
}

print_secrets_template() {
  printf '# Secrets of the cluster %s. Keep this file outside of git, readable by you alone:\n' "$CLUSTER"
  printf '#   chmod 600 %s\n\n' "$SECRETS_FILE"
  printf '# How Argo CD reads %s; leave both empty for a public repository.\n' "$GIT_URL"
  printf 'GIT_USERNAME=\nGIT_TOKEN=\n'
  printf '# Or, for an ssh URL, the file of a read-only deploy key.\n'
  printf 'GIT_SSH_PRIVATE_KEY_FILE=%s\n' "$(deploy_key_file)"
  local entry namespace name key
  for entry in "${SECRETS[@]}"; do
    read -r namespace name key <<<"$entry"
    printf '\n# %s of the Secret %s in the namespace %s\n' "$key" "$name" "$namespace"
    printf '%s=\n' "$(variable_of "$namespace" "$name" "$key")"
  done
}

read_secrets() {
  local line key
  [[ -e $SECRETS_FILE ]] || fail "$SECRETS_FILE is missing: make it with --print-secrets-template"
  # A link does not keep git from committing what it leads to.
  local file=$SECRETS_FILE link
  while [[ -L $file ]]; do
    link=$(readlink "$file")
    if [[ $link != /* ]]; then link="$(dirname "$file")/$link"; fi
    file=$link
  done
  case "$(cd "$(dirname "$file")" && pwd -P)/" in
    "$(cd "$ROOT" && pwd -P)"/*) fail "$SECRETS_FILE is inside the repository: move it out" ;;
  esac
  # shellcheck disable=SC2012 # what the group and others may do, on Linux and macOS alike
  if [[ $(ls -ldL "$SECRETS_FILE" | cut -c5-10) != '------' ]]; then
    fail "$SECRETS_FILE can be read by others: chmod 600 $SECRETS_FILE"
  fi
  # Read as text, never run: a value may hold any character.
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*($|#) ]] && continue
    key=${line%%=*}
    [[ $line == *=* && $key =~ ^[A-Z_][A-Z0-9_]*$ ]] || fail "$SECRETS_FILE: a line is not KEY=VALUE"
    VALUES[$key]=${line#*=}
  done <"$SECRETS_FILE"
  local missing=() entry namespace name
  for entry in "${SECRETS[@]}"; do
    read -r namespace name key <<<"$entry"
    key=$(variable_of "$namespace" "$name" "$key")
    [[ -n ${VALUES[$key]:-} ]] || missing+=("$key")
  done
  if ((${#missing[@]} > 0)); then fail "$SECRETS_FILE has no value for: ${missing[*]}"; fi
}

# One value of a Secret's `data`: base64 keeps it free of YAML's rules.
data_line() { printf '  %s: %s\n' "$1" "$(printf '%s' "$2" | base64 | tr -d '\n')"; }

# Apply a manifest from standard input; only its kind and name are shown.
apply_secret() {
  local namespace=$1 name=$2
  printf '+ kubectl apply --filename - # Secret %s/%s\n' "$namespace" "$name"
  if [[ $DRY_RUN == true ]]; then
    cat >/dev/null
  else
    kube apply --server-side --force-conflicts --filename - >/dev/null
  fi
}

secret_header() {
  printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\n' "$2" "$1"
}

# --- phases ---------------------------------------------------------------------------------------

preflight() {
  step 'looking for programs and secrets on this machine'
  local missing=() tool
  for tool in ssh ssh-keyscan ssh-keygen kubectl helm k3sup curl base64 awk sed; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  if ((${#missing[@]} > 0)); then
    [[ $DRY_RUN == true ]] || fail "missing here: ${missing[*]} (k3sup: version $K3SUP_VERSION)"
    printf 'warning: missing here: %s\n' "${missing[*]}" >&2
  fi
  read_versions
  if [[ $DRY_RUN == true ]]; then
    local entry namespace name key
    for entry in "${SECRETS[@]}"; do
      read -r namespace name key <<<"$entry"
      VALUES[$(variable_of "$namespace" "$name" "$key")]='(from the secrets file)'
    done
  else
    read_secrets
    mkdir -p "$STATE"
    chmod 700 "$STATE"
    if ! k3sup version | grep -q -F "$K3SUP_VERSION"; then
      printf 'warning: this script was written for k3sup %s\n' "$K3SUP_VERSION" >&2
    fi
  fi
  printf 'k3s %s, chart argo-cd %s from %s\n' "$K3S_VERSION" "$CHART_VERSION" "$CHART_REPOSITORY"
}

# k3sup never checks a host key. So every key is pinned here, once, and a login that checks it comes
# right before each k3sup.
pin_host_keys() {
  step 'pinning the SSH host keys'
  local node address keys answer
  for node in "${SERVERS[@]}" "${WORKERS[@]}"; do
    address=$(address_of "$node")
    if [[ $DRY_RUN == true ]]; then
      run ssh-keyscan -p "$SSH_PORT" -T 10 "$address"
      continue
    fi
    if ssh-keygen -F "$(host_key_name "$address")" -f "$KNOWN_HOSTS" >/dev/null 2>&1; then continue; fi
    keys=$(ssh-keyscan -p "$SSH_PORT" -T 10 "$address" 2>/dev/null) || true
    [[ -n $keys ]] || fail "$(name_of "$node") ($address) does not answer on SSH port $SSH_PORT"
    printf '%s (%s):\n' "$(name_of "$node")" "$address"
    ssh-keygen -l -f - <<<"$keys"
    if [[ $ACCEPT_HOST_KEYS == false ]]; then
      read -r -p 'Is that its key? Compare with the console of the machine. [y/N] ' answer </dev/tty ||
        fail 'nobody to ask: compare the keys yourself, then pass --accept-host-keys'
      [[ $answer == [yY]* ]] || fail "the host key of $(name_of "$node") was not confirmed"
    fi
    printf '%s\n' "$keys" >>"$KNOWN_HOSTS"
  done
}

host_key_name() {
  if [[ $SSH_PORT == 22 ]]; then printf '%s' "$1"; else printf '[%s]:%s' "$1" "$SSH_PORT"; fi
}

check_login() {
  local node=$1 address
  address=$(address_of "$node")
  on_node "$address" sudo -n true </dev/null ||
    fail "cannot log in to $(name_of "$node") ($address) with its pinned host key and run sudo: if the machine was reinstalled, remove its line from $KNOWN_HOSTS"
}

prepare_nodes() {
  local node address
  for node in "${SERVERS[@]}" "${WORKERS[@]}"; do
    step "preparing $(name_of "$node")"
    address=$(address_of "$node")
    check_login "$node"
    # Many pods watch files: Ubuntu's limits are too low for a cluster.
    on_node "$address" 'printf "fs.inotify.max_user_instances = 8192\nfs.inotify.max_user_watches = 524288\n" | sudo tee /etc/sysctl.d/90-kubernetes.conf >/dev/null && sudo sysctl --quiet --system' </dev/null
    if ! probe_node "$address" dpkg -s nfs-common; then
      on_node "$address" 'sudo apt-get update -q && sudo DEBIAN_FRONTEND=noninteractive apt-get install -q -y nfs-common' </dev/null
    fi
  done
}

serve_nfs() {
  [[ -n $NFS_NODE ]] || return 0
  step "exporting $NFS_PATH from $NFS_NODE"
  if ! probe_node "$NFS_NODE" dpkg -s nfs-kernel-server; then
    on_node "$NFS_NODE" 'sudo DEBIAN_FRONTEND=noninteractive apt-get install -q -y nfs-kernel-server' </dev/null
  fi
  on_node "$NFS_NODE" "sudo mkdir -p '$NFS_PATH' && echo '$NFS_PATH $SUBNET(rw,sync,no_subtree_check,no_root_squash)' | sudo tee /etc/exports.d/kubernetes.exports >/dev/null && sudo exportfs -ra" </dev/null
}

# The same settings on every server, before k3sup runs: servers that disagree do not form a cluster.
server_config() {
  cat <<EOF
cluster-cidr: $POD_CIDR
service-cidr: $SERVICE_CIDR
node-ip: $1
flannel-iface: $INTERFACE
tls-san:
  - $API_ADDRESS
disable:
  - traefik
  - servicelb
  - local-storage
EOF
}

worker_config() {
  printf 'node-ip: %s\nflannel-iface: %s\n' "$1" "$INTERFACE"
}

write_config() {
  local address=$1
  on_node "$address" 'sudo mkdir -p /etc/rancher/k3s && sudo tee /etc/rancher/k3s/config.yaml >/dev/null'
  if [[ $DRY_RUN == true ]]; then sed 's/^/  | /'; fi
}

# The right version runs there already.
runs_k3s() { probe_node "$1" "k3s --version | grep -q -F ' $K3S_VERSION ' && systemctl is-active --quiet $2"; }

k3sup_ssh() { printf '%s\n' --user "$SSH_USER" --ssh-port "$SSH_PORT" --k3s-version "$K3S_VERSION"; }

first_server() {
  local address options
  address=$(address_of "$FIRST_SERVER")
  step "installing k3s on the first server, $(name_of "$FIRST_SERVER")"
  mapfile -t options < <(k3sup_ssh)
  if runs_k3s "$address" k3s && [[ -s $KUBECONFIG_FILE ]]; then
    printf 'already there\n'
    return
  fi
  check_login "$FIRST_SERVER"
  server_config "$address" | write_config "$address"
  run k3sup install --ip "$address" "${options[@]}" --cluster --no-extras \
    --context "$CLUSTER" --local-path "$KUBECONFIG_FILE"
  wait_for 300 "k3s $K3S_VERSION runs on $(name_of "$FIRST_SERVER")" runs_k3s "$address" k3s
}

#% if 'kube-vip' in cookiecutter._components %#
# Before anything uses the address of the API, kube-vip has to hold it.
#% else %#
# Before anything uses the address of the API, the load balancer in front of the servers has to
# lead there: it is not part of this cluster.
#% endif %#
api_address() {
  step "bringing up the API address $API_ADDRESS"
#% if 'kube-vip' in cookiecutter._components %#
  local address
  address=$(address_of "$FIRST_SERVER")
#% endif %#
  if ! probe api_answers; then
#% if 'kube-vip' in cookiecutter._components %#
    run kubectl --kubeconfig "$KUBECONFIG_FILE" --server "https://$address:6443" apply \
      --server-side --force-conflicts --field-manager argocd-controller \
      --filename "$ROOT/components/kube-vip/manifests"
#% endif %#
    wait_for 180 "$API_URL answers" api_answers
  fi
  run kubectl --kubeconfig "$KUBECONFIG_FILE" config set-cluster "$CLUSTER" --server "$API_URL"
}

api_answers() { curl --silent --insecure --max-time 5 --output /dev/null "$API_URL/livez"; }

node_is_ready() {
  kube wait --for=condition=Ready "node/$1" --timeout=5s
}

join() {
  local node=$1 role=$2 service=$3 name address options
  name=$(name_of "$node")
  address=$(address_of "$node")
  step "joining the $role $name"
  mapfile -t options < <(k3sup_ssh)
  if runs_k3s "$address" "$service"; then
    printf 'already there\n'
  else
    check_login "$node"
    "${role}_config" "$address" | write_config "$address"
    if [[ $role == server ]]; then options+=(--server --no-extras); fi
    # Through the API address: the first server may be the one that is down some day.
    run k3sup join --ip "$address" "${options[@]}" --server-user "$SSH_USER" \
      --server-ssh-port "$SSH_PORT" --server-ip "$(address_of "$FIRST_SERVER")" \
      --server-url "$API_URL"
  fi
  wait_for 300 "$name is Ready" node_is_ready "$name"
}

join_others() {
  local node
  # One at a time: etcd takes in one new member, then the next.
  for node in "${SERVERS[@]:1}"; do join "$node" server k3s; done
  for node in "${WORKERS[@]}"; do join "$node" worker k3s-agent; done
}

ensure_namespace() {
  if ! probe kube get namespace "$1"; then
    run kubectl --kubeconfig "$KUBECONFIG_FILE" create namespace "$1"
  fi
}

hand_over_secrets() {
  step 'handing over the secrets'
  local entry namespace name key done_secrets=' '
  ensure_namespace argocd
  git_credential
  for entry in "${SECRETS[@]}"; do
    read -r namespace name key <<<"$entry"
    if [[ $done_secrets == *" $namespace/$name "* ]]; then continue; fi
    done_secrets+="$namespace/$name "
    ensure_namespace "$namespace"
    { secret_header "$namespace" "$name" && printf 'data:\n' && secret_data "$namespace" "$name"; } |
      apply_secret "$namespace" "$name"
  done
}

secret_data() {
  local entry namespace name key
  for entry in "${SECRETS[@]}"; do
    read -r namespace name key <<<"$entry"
    if [[ $namespace == "$1" && $name == "$2" ]]; then
      data_line "$key" "${VALUES[$(variable_of "$namespace" "$name" "$key")]}"
    fi
  done
}

# Argo CD finds a credential by the exact URL of its Applications.
git_credential() {
  local key_file=${VALUES[GIT_SSH_PRIVATE_KEY_FILE]:-}
  if [[ -z ${VALUES[GIT_TOKEN]:-} && -z $key_file ]]; then
    printf 'no credential for %s: it has to be public\n' "$GIT_URL"
    return
  fi
  if [[ -n $key_file && ! -r $key_file ]]; then fail "cannot read GIT_SSH_PRIVATE_KEY_FILE $key_file"; fi
  {
    secret_header argocd git-repository
    printf '  labels:\n    argocd.argoproj.io/secret-type: repository\ndata:\n'
    data_line type git
    data_line url "$GIT_URL"
    if [[ -n $key_file ]]; then
      data_line sshPrivateKey "$(cat "$key_file")"$'\n'
    else
      data_line username "${VALUES[GIT_USERNAME]:-git}"
      data_line password "${VALUES[GIT_TOKEN]}"
    fi
  } | apply_secret argocd git-repository
}

argo_cd_runs() {
  kube --namespace argocd rollout status deployment/argocd-repo-server --timeout=5s &&
    kube --namespace argocd rollout status statefulset/argocd-application-controller --timeout=5s
}

# The chart and release that apps/argocd.yaml names, so that Argo CD takes over what it finds.
argo_cd() {
  step "installing Argo CD (chart argo-cd $CHART_VERSION)"
  if probe kube get --filename "$ROOT/apps/root.yaml" && probe argo_cd_runs; then
    printf 'already there, and managing itself\n'
    return
  fi
  printf '+ helm template argocd argo-cd --repo %q --version %q … | kubectl apply --server-side …\n' \
    "$CHART_REPOSITORY" "$CHART_VERSION"
  if [[ $DRY_RUN == true ]]; then return; fi
  local manifests
  manifests=$(mktemp)
  # With hooks: one of them makes the password of redis.
  helm template argocd argo-cd --repo "$CHART_REPOSITORY" --version "$CHART_VERSION" \
    --namespace argocd --include-crds --kube-version "${K3S_VERSION%%+*}" \
    --values "$ROOT/components/argocd/values.yaml" >"$manifests"
  kube apply --server-side --force-conflicts --field-manager argocd-controller \
    --namespace argocd --filename "$manifests"
  rm -f "$manifests"
  wait_for 600 'Argo CD runs' argo_cd_runs
}

root_application() {
  step 'applying the root Application'
  run kubectl --kubeconfig "$KUBECONFIG_FILE" apply --server-side --force-conflicts \
    --field-manager argocd-controller --filename "$ROOT/projects" --filename "$ROOT/apps/root.yaml"
}

# Synced, Healthy and without an error: a source that cannot be loaded leaves health at Healthy.
root_is_synced() {
  local state
  state=$(kube --namespace argocd get application root \
    --output 'jsonpath={.status.sync.status} {.status.health.status} {.status.conditions[*].type}')
  [[ $state == 'Synced Healthy '* && $state != *Error* ]]
}

wait_for_sync() {
  step 'waiting for the root Application'
  wait_for "${BOOTSTRAP_SYNC_SECONDS:-1800}" 'root is Synced and Healthy (see: kubectl -n argocd get applications)' root_is_synced
  printf '\nDone. To use the cluster:\n  export KUBECONFIG=%q\n' "$KUBECONFIG_FILE"
#% if 'wildcard-certificate' in cookiecutter._roles %#
  printf 'The certificate may take 45 minutes more: kubectl get certificate,order,challenge -A\n'
#% endif %#
}

main() {
  while (($# > 0)); do
    case $1 in
      --dry-run) DRY_RUN=true ;;
      --accept-host-keys) ACCEPT_HOST_KEYS=true ;;
      --secrets)
        (($# > 1)) || fail '--secrets needs a file'
        SECRETS_FILE=$2
        shift
        ;;
      --print-secrets-template)
        print_secrets_template
        exit 0
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        usage >&2
        exit 2
        ;;
    esac
    shift
  done
  trap 'on_error $LINENO' ERR
  preflight
  pin_host_keys
  prepare_nodes
  serve_nfs
  first_server
  api_address
  join_others
  hand_over_secrets
  argo_cd
  root_application
  wait_for_sync
}

main "$@"
