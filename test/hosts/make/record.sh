#!/bin/bash
# Records the outputs of the real tools (ethtool, iproute2, procps) in network namespaces of its own, as host states for tests.
# Needs root, node, ethtool, iproute2. Usage: record.sh OUTPUT-DIR. Removes what it made, also when it fails.
set -u
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
a=wths$$a b=wths$$b f=wths$$f
pids=()
cleanup() {
  for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done
  for n in $a $b $f; do ip netns del $n 2>/dev/null; done
}
trap cleanup EXIT INT TERM

# A name that says nothing about the machine, a kernel release without its local suffix.
clean() { sed -E "s/^(Linux )[^ ]+ ([0-9]+\.[0-9]+\.[0-9]+)[^ ]*/\1lab \2/; s/ #[0-9]+ .*@0/ #1 SMP PREEMPT_DYNAMIC/"; }
collect() { # namespace directory
  local ns=$1 dir=$out/$2; shift 2
  mkdir -p "$dir"
  local run="ip netns exec $ns"
  uname -a | clean > "$dir/uname_-a"
  $run ip -s -d link > "$dir/ip_-s_-d_link"
  $run tc -s qdisc show > "$dir/tc_-s_qdisc_show"
  $run ss -tinmop > "$dir/ss_-tinmop"
  sed -i -E 's/,pid=[0-9]+/,pid=1000/; s/ino:[0-9]+/ino:1/; s/sk:[0-9a-f]+/sk:1/; s/cgroup:[^ ]*/cgroup:\//' "$dir/ss_-tinmop"
  case $dir in
    *loopback*) $run cat /proc/net/netstat > "$dir/proc_net_netstat"; $run cat /proc/net/snmp > "$dir/proc_net_snmp" ;;
    *) $run nstat -az > "$dir/nstat_-az" ;;
  esac
  $run sysctl -a 2>/dev/null | grep -E '^net\.(ipv4\.(tcp_|ip_forward|conf\.all\.forwarding)|ipv6\.conf\.all\.forwarding|core\.)' | grep -vE 'fastopen_key|rss_key|dev_weight' > "$dir/sysctl_-a"
  for dev in "$@"; do
    $run ethtool -k $dev > "$dir/ethtool_-k_$dev"
    $run ethtool --json -k $dev > "$dir/ethtool_--json_-k_$dev"
    $run ethtool -i $dev > "$dir/ethtool_-i_$dev" 2>&1
    $run ethtool -S $dev > "$dir/ethtool_-S_$dev" 2>&1
  done
}
pair() { # fresh namespaces with a veth pair
  for n in $a $b $f; do ip netns del $n 2>/dev/null; done
  ip netns add $a; ip netns add $b
  ip -n $a link add eth0 type veth peer name eth0 netns $b
  for n in $a $b; do
    ip -n $n link set lo up; ip -n $n link set eth0 up
  done
  ip -n $a addr add 10.9.0.1/24 dev eth0; ip -n $b addr add 10.9.0.2/24 dev eth0
  ip -n $a addr add fd09::1/64 dev eth0 nodad; ip -n $b addr add fd09::2/64 dev eth0 nodad
}
server() { ip netns exec $1 node "$here/traffic.mjs" server "$2" "$3" > /dev/null & pids+=($!); sleep 0.5; }
client() { ip netns exec $1 node "$here/traffic.mjs" client "$2" "$3" "$4" "$5" & pids+=($!); }

# 1, 2: a slow reader at one end, TSO on, GRO off (the default of a veth pair).
pair; server $b 7001 slow; client $a 10.9.0.2 7001 bulk 3; sleep 2
collect $a veth-sender-receive-window eth0 lo; collect $b veth-receiver-slow-reader eth0
sleep 2
# 3, 4: TSO off at the sender, GRO on at the receiver, and a send buffer too small for the path.
pair
ip netns exec $a ethtool -K eth0 tso off; ip netns exec $b ethtool -K eth0 gro on
ip netns exec $a sysctl -qw net.ipv4.tcp_wmem='4096 16384 16384'
ip netns exec $a tc qdisc add dev eth0 root tbf rate 200mbit burst 10k latency 50ms
server $b 7002 drain; client $a fd09::2 7002 bulk 3; sleep 2
collect $a veth-sender-send-buffer-tbf eth0; collect $b veth-receiver-gro eth0
sleep 2
# 5: scatter-gather off: the group line says on, the members say off [requested on].
pair; ip netns exec $a ethtool -K eth0 sg off
server $b 7003 drain; client $a 10.9.0.2 7003 small 3; sleep 2
collect $a veth-sg-off eth0
sleep 2
# 6: loopback, a reader that reads nothing: window 0, persist timer, ss leaves snd_wnd out.
pair; server $a 7004 stall; client $a 127.0.0.1 7004 bulk 5; sleep 3.5
collect $a loopback-stalled-reader lo
sleep 2
# 7: a forwarder: bridge with a veth port and a tap without offloads, vxlan above, forwarding on.
pair; ip netns add $f
ip -n $f link add br0 type bridge
ip -n $f link add eth0 type veth peer name peer0 netns $b
ip -n $f tuntap add dev tap0 mode tap
for d in eth0 tap0; do ip -n $f link set $d master br0; ip -n $f link set $d up; done
ip -n $b link set peer0 up
ip -n $f link set br0 up; ip -n $f link set lo up
ip -n $f addr add 10.9.1.1/24 dev br0
ip -n $f link add vxlan42 type vxlan id 42 dev br0 remote 10.9.1.2 dstport 4789 && ip -n $f link set vxlan42 up
ip -n $f link set dev eth0 gso_max_size 16000
ip netns exec $f sysctl -qw net.ipv4.ip_forward=1
collect $f forwarder-bridge-tap-vxlan br0 eth0 tap0 vxlan42
