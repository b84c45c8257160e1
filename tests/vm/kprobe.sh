# SPDX-License-Identifier: GPL-2.0-or-later
# Kernel probes in a guest: what tests/vm/calls.c hands to the kernel is what they show, arguments by BTF.
# Shared by kprobe-*.t: the definitions, and what has to come out of them.

# Numbers of each size and sign, members through pointers and of anonymous structs, bit-fields, elements, text,
# structs by value, memory of the user, what functions return.
definitions() {
	cat <<'DEFINITIONS'
tcp_sendmsg size state=sk->__sk_common.skc_state reuse=sk->__sk_common.skc_reuse only6=sk->__sk_common.skc_ipv6only dport=sk->__sk_common.skc_dport daddr=sk->__sk_common.skc_daddr proto=sk->__sk_common.skc_prot->name
tcp_sendmsg%return $retval
tcp_recvmsg num=sk->__sk_common.skc_num
inet_stream_connect low=uaddr->sa_data[1] high=uaddr->sa_data[0] uaddr->sa_family addr_len
sock_setsockopt level optname optlen inkernel=optval.is_kernel
sock_alloc_file%return flags=$retval->f_flags
vfs_writev second=vec[1].iov_len@user vlen
shmem_file_llseek offset whence name=file->f_path.dentry->d_name.name:string
shmem_file_llseek%return $retval
do_mkdirat dfd name->name:string mode
from_kuid_munged kuid.val
from_kuid_munged%return $retval
DEFINITIONS
}

# check_values SCRIPT: the output of ptk script -F event,trace
check_values() {
	local low='low=(0x81|-127) high=(0x12|18)'	# char is unsigned since Linux 6.2, as it always was on Arm
	is "numbers, members, a bit-field, text behind three pointers: of each hit" 5 \
		"$(grep -Ec 'tcp_sendmsg: .* size=0x4d2 state=0x1 reuse=1 only6=0 dport=0x8112 daddr=0x100007f proto="TCP"' <<<"$1")"
	is "a signed number that is returned" 5 "$(grep -Ec 'tcp_sendmsg__return: .* arg1=1234$' <<<"$1")"
	has "an unsigned one of 16 bits" 'tcp_recvmsg: .* num=0x1281' "$1"
	has "elements of an array in an anonymous union" "inet_stream_connect: .* $low sa_family=0x2 addr_len=16" "$1"
	has "what comes behind a struct that is passed in two registers, and its second half" 'sock_setsockopt: .* level=1 optname=2 optlen=0x4 inkernel=0' "$1"
	has "a member behind a pointer that is returned" 'sock_alloc_file__return: .* flags=0x2$' "$1"
	has "an element in the user's memory" 'vfs_writev: .* second=0x12c vlen=0x2' "$1"
	has "a negative number of 64 bits, and a member through four pointers" 'shmem_file_llseek: .* offset=-5 whence=1 name="ptk-file"' "$1"
	has "what it returns" 'shmem_file_llseek__return: .* arg1=395$' "$1"
	has "a negative number of 32 bits, text, an unsigned number of 16 bits" 'do_mkdirat: .* dfd=-100 name="/tmp/ptk-folder" mode=0x1e9' "$1"
	has "the member of a struct in a register" 'from_kuid_munged: .* val=0x4d2' "$1"
	has "an unsigned number that is returned" 'from_kuid_munged__return: .* arg1=0x4d2' "$1"
}

# The test of an x86_64 guest.
test_mirror() {	# KERNEL
	local guest=$top_srcdir/tests/vm/mirror ready all status
	ready=$("$guest" --list) || { skip 1 "$ready"; done_testing; }
	[[ " $ready" = *" $1 "* ]] || { skip 1 "there is no guest with $1: tests/vm/mirror --setup fetches it"; done_testing; }
	$CC -o calls "$top_srcdir/tests/vm/calls.c" 2>log || { skip 1 "no compiler"; done_testing; }
	definitions >definitions
	write_job >job
	[ "$("$guest" --debug-kernel)" ] && [[ "$ready" = "$1 "* ]] && write_debug_job "$("$guest" --debug-kernel)" >>job
	all=$(GUEST_TIMEOUT=150 GUEST_MEMORY=3072 "$guest" -k "$1" bash "$TMP/job" 2>&1); status=$?
	# An emulated machine beside other tests may starve, or be too small for a build with sanitizers: that says nothing of ptk.
	case $status in 124|125) skip 1 "the guest did not come to its end: $(tail -n 1 <<<"$all")"; done_testing;; esac
	is "the guest ran" 0 $status
	check_job "$all"
	done_testing
}

part() { sed -n "/^== $1\$/,/^status /p" <<<"$all"; }

write_job() {
	cat <<JOB
cd /tmp; P=$PTK T=$TMP
say() { echo "== \$1"; shift; timeout 60 "\$@" 2>&1; echo "status \$?"; }
all=(); while read -r line; do all+=(--add "\$line"); done <\$T/definitions
say add \$P probe "\${all[@]}"
say again \$P probe -n tcp_sendmsg
say list \$P probe -l
\$P record -q -o d -e 'probe:*' -a -- \$T/calls
say script \$P script -i d -F event,trace
\$P record -q -o e -e probe:tcp_sendmsg --filter 'size > 0 && state != 1' -a -- \$T/calls
say filtered \$P script -i e
say del \$P probe -d 'probe:*'
JOB
	cat <<'JOB'
# its second instruction: behind the ENDBR, or behind the place that a tracer may patch
off=$(case $(uname -r) in 6.1.*) echo 5;; *) echo 4;; esac)
case $(uname -r) in 6.1.*) kept=;; *) kept=1;; esac
say gone $P probe 'tcp_sendmsg%return size state=sk->__sk_common.skc_state $retval'
[ $kept ] && $P record -q -o k -e probe:tcp_sendmsg__return -a -- $T/calls && say kept $P script -i k -F event,trace && $P probe -q -d 'probe:*'
say module $P probe -D 'p9_client_read fid offset'
say blacklist $P probe irqentry_enter
say notrace $P probe ring_buffer_write
say ambiguous $P probe t_show
say count $P stat -x, -e kprobe:tcp_sendmsg,kretprobe:tcp_sendmsg,kprobe:tcp_sendmsg+$off -a -- $T/calls
say nosuch $P stat -e kprobe:nosuch true
say watch $P probe --watch 'tcp_sendmsg size' -- $T/calls
say left sh -c 'cat /sys/kernel/tracing/dynamic_events; ls /sys/kernel/tracing/instances'
say user setpriv --reuid 65534 --clear-groups $P probe tcp_sendmsg
mount -o remount,ro /sys/kernel/tracing
say readonly $P probe tcp_sendmsg
mount -o remount,rw /sys/kernel/tracing
JOB
}

check_job() {
	local all=$1
	has "probes with arguments by name" 'Added new events' "$(part add)"
	has "names that clash get a number" 'probe:tcp_sendmsg_1' "$(part again)"
	has "-l lists them" 'probe:tcp_sendmsg +\(on tcp_sendmsg with size state' "$(part list)"
	check_values "$(part script)"
	lacks "a filter over arguments holds back what does not fit" 'size=' "$(part filtered)"
	is "-d removes them" "$(definitions | wc -l)" "$(part del | grep -c '^Removed event')"
	if [[ $all = *"== kept"* ]]; then
		is "arguments at a return, where the kernel keeps them" 5 "$(part kept | grep -Ec 'size=0x4d2 state=0x1 arg3=1234$')"
	else
		has "arguments are refused at a return" 'not known any more' "$(part gone)"
	fi
	has "a module's function, by its own BTF" 'fid=%di:x64 offset=%si:' "$(part module)"
	has "one that must not be probed" 'must not be probed' "$(part blacklist)"
	has "one that is not to be traced" 'ring_buffer_write is marked as not to be traced' "$(part notrace)"
	has "one of several of a name" 'functions are called t_show' "$(part ambiguous)"
	is "probes that go away by themselves count" 3 "$(part count | grep -Ec '^5,,k(ret)?probe:tcp_sendmsg')"
	has "a function that there is not" 'no function nosuch' "$(part nosuch)"
	is "--watch shows each hit" 5 "$(part watch | grep -c 'size=0x4d2')"
	is "nothing is left behind" "$(printf '== left\nstatus 0')" "$(part left)"
	has "who may not is told" 'probes are for root: run ptk with sudo' "$(part user)"
	has "a read-only tracefs is told" 'read-only' "$(part readonly)"
	[[ $all = *"== debug"* ]] && check_debug_job "$all"
}

# With the kernel's DWARF: lines, what is seen there, and the same hits.
write_debug_job() {	# VMLINUX
	echo "V=$(readlink -f "$1")"
	cat <<'JOB'
all=(); while read -r line; do all+=(--add "$line"); done <$T/definitions
say debug $P probe -k $V "${all[@]}"
say debugline $P probe -k $V 'tcp_sendmsg:5 size'
$P record -q -o d -e 'probe:*' -a -- $T/calls
say debugscript $P script -i d -F event,trace
$P probe -q -d 'probe:*'
JOB
}

check_debug_job() {
	has "with DWARF: arguments by name" 'Added new events' "$(part debug)"
	check_values "$(part debugscript)"
	is "with DWARF: an argument at a line" 5 "$(part debugscript | grep -Ec 'tcp_sendmsg_L5: .* size=0x4d2')"
}
