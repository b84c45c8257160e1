#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Probes of the kernel and of a program on arm64 (tests/vm/arm64). The program's definitions are made on this machine,
# from its DWARF: what they are is the program's matter, not that of the machine that ptk runs on.
. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/vm/kprobe.sh"

vm=$top_srcdir/tests/vm/arm64 build=$top_builddir/vm-aarch64
missing=${GUEST_SKIP:-$("$vm" --ready)} || :
[ -z "$missing" ] || { skip 1 "$missing"; done_testing; }
out=$("$vm" --build "$top_srcdir" "$build" 2>&1) || { fail "ptk is built for arm64" "$out"; done_testing; }

cp -r "$build/root" .
aarch64-linux-gnu-gcc -static -O1 -o root/calls "$top_srcdir/tests/vm/calls.c" &&
	aarch64-linux-gnu-gcc -static -g -O1 -o root/arguments "$top_srcdir/tests/probe/arguments.c" || fail "the programs are built"
mapfile -t arguments < <("$PTK" probe -x root/arguments -D 'sizes $params'
	"$PTK" probe -x root/arguments -D 'member w->x w->y w->z a=w->parts[1].a low=w->parts[1].low high=w->parts[1].high w->name next=w->next->x nname=w->next->name text:string counter'
	"$PTK" probe -x root/arguments -D 'gives%return $retval:string'
	"$PTK" probe -x root/arguments -D 'back=pointer%return x=$retval->x p=$retval'
	"$PTK" probe -x root/arguments -D 'byte after'
	"$PTK" probe -x root/arguments -D 'whole_struct small.a small.b mixed.n large.last after')
is "definitions for another machine" 6 ${#arguments[@]}
{
	echo /calls up
	while read -r line; do echo "/ptk probe -q $line"; done < <(definitions)
	for line in "${arguments[@]}"; do echo "/calls write /sys/kernel/tracing/uprobe_events ${line//"$TMP/root"}"; done
	cat <<'JOBS'
/ptk probe -l
/calls write /sys/kernel/tracing/events/probe/enable 1
/calls write /sys/kernel/tracing/events/probe_arguments/enable 1
/calls
/arguments
/calls write /sys/kernel/tracing/events/probe/enable 0
/calls write /sys/kernel/tracing/events/probe_arguments/enable 0
/calls show /sys/kernel/tracing/trace
/ptk record -q -o /tmp/d -e probe:tcp_sendmsg -a -- /calls
/ptk report -i /tmp/d --stdio -n --sort size,proto
/ptk probe -d probe*:*
/ptk stat -x, -e kprobe:tcp_sendmsg,kretprobe:tcp_sendmsg -a -- /calls
/ptk probe --watch tcp_sendmsg -- /calls
/calls show /sys/kernel/tracing/dynamic_events
JOBS
} >root/jobs
all=$(GUEST_TIMEOUT=${GUEST_TIMEOUT:-150} "$vm" root 2>&1); status=$?
case $status in 124|125) skip 1 "the guest did not come to its end: $(tail -n 1 <<<"$all")"; done_testing;; esac
is "the guest ran" 0 $status
# what the first job printed whose line fits
job() { local n; n=$(grep -nm 1 -- "$1" root/jobs | cut -d: -f1); sed -n "/^@@ $n\$/,/^@@ $n [0-9]/p" <<<"$all"; }

has "probes are listed" 'probe:tcp_sendmsg +\(on tcp_sendmsg with size state' "$(job '^/ptk probe -l')"
trace=$(job 'show /sys/kernel/tracing/trace')
check_values "$trace"
has "numbers of each size and sign" 'sizes: .* a=-1 b=0xc8 c=-300 d=0xea60 e=-70000 f=0xee6b2800 g=-5000000000 h=0x123456789abcdef0' "$trace"
has "members and bit-fields" 'member: .* x=-393211 y=5 z=-6 a=-1234 low=5 high=30 name="first" next=-7 nname="second" text="some text" counter=4711' "$trace"
has "a string that is returned" 'gives__return: .*="hello"' "$trace"
has "what a pointer that is returned points to" 'back: .* x=-7 p=0x' "$trace"
has "an argument behind a floating-point one" 'byte: .* after=77' "$trace"
has "structs by value, in registers and behind a pointer" 'whole_struct: .* a=-2 b=3 n=-4 last=-5 after=6' "$trace"
has "fields in a report" ' 5 +1234 +TCP' "$(job '^/ptk report')"
is "probes are removed" $(($(definitions | wc -l) + 6)) "$(job '^/ptk probe -d' | grep -c '^Removed')"
is "probes that go away by themselves count" 2 "$(job '^/ptk stat' | grep -Ec '^5,,k(ret)?probe:tcp_sendmsg')"
is "--watch shows each hit" 5 "$(job '^/ptk probe --watch' | grep -c 'tcp_sendmsg: (')"
is "nothing is left behind" 2 "$(job 'show /sys/kernel/tracing/dynamic_events' | wc -l)"
done_testing
