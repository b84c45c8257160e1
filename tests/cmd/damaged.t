#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Damaged files: what is whole is shown, with exit status 0 or 1, never a crash; the same damage each time.
. "${top_srcdir:?}/tests/lib/tap.sh"

busy='for ((i = 0; i < 4000; i++)); do :; done; /bin/true'
made=()
make_file() { # NAME OPTIONS...
	local name=$1; shift
	if "$PTK" record -q -e cpu-clock:u -F 2000 "$@" -o "$name" bash -c "$busy" >/dev/null 2>&1; then made+=("$name"); fi
}
make_file flat -g
make_file stacks --call-graph dwarf,1024
make_file packed -z -d
make_file traced -e sched:sched_process_exec,sched:sched_process_exit
if "$PTK" record -q -e cpu-clock:u -F 2000 -g -o - bash -c "$busy" >piped 2>/dev/null; then made+=(piped); fi
[ ${#made[@]} -gt 0 ] || { skip 6 "nothing can be recorded here"; done_testing; }

put() { printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }	# FILE AT BYTES
damage() { # FILE: one of three kinds, by RANDOM
	local size at i
	size=$(stat -c %s "$1")
	case $((RANDOM % 3)) in
	0) truncate -s $(((RANDOM << 15 | RANDOM) % size)) "$1";;
	1) for ((i = 0; i < 5; i++)); do put "$1" $(((RANDOM << 15 | RANDOM) % size)) '\xff'; done;;
	2) at=$((RANDOM % (size < 1500 ? size : 1500))); put "$1" $at "\\x$(printf %x $((RANDOM % 256)))\\xff\\xff\\x7f";;
	esac
}
wrong=() silent=()
try() { # STATUS-0-OR-1 COMMAND...
	local status
	timeout 60 "$PTK" "$@" >out 2>err </dev/null; status=$?
	if [ $status -gt 1 ] || grep -aqE 'runtime error|Sanitizer' err; then wrong+=("$made_from, damage $round: ptk $*: $status" "$(head -n 20 err)"); fi
	if [ $status = 1 ] && ! [ -s err ]; then silent+=("$made_from, damage $round: ptk $*"); fi
}
RANDOM=2718
for made_from in "${made[@]}"; do
	for ((round = 0; round < 6; round++)); do
		cp "$made_from" bad
		damage bad
		try report -i bad
		try script -i bad
		case $((round % 3)) in
		0) try report -i bad --header-only;;
		1) try script -D -i bad;;
		2) try report -i bad -g caller --sort comm,dso,sym,srcline --stats;;
		esac
	done
done
if [ ${#wrong[@]} = 0 ]; then pass "damaged files crash nothing"; else fail "damaged files crash nothing" "${wrong[@]}"; fi
if [ ${#silent[@]} = 0 ]; then pass "what cannot be read is said"; else fail "what cannot be read is said" "${silent[@]}"; fi

whole=$("$PTK" script -i flat 2>/dev/null | grep -c cpu-clock)
size=$(stat -c %s flat)
head -c $((size * 9 / 10)) flat >cut
part=$("$PTK" script -i cut 2>err | grep -c cpu-clock); status=$?
check "nine tenths of a file show samples ($part of $whole)" test "$part" -gt 0
has "what is missing is said" 'cut|missing|damaged' "$(cat err)"
for bytes in 5 17 100 400; do
	head -c $bytes flat >cut
	"$PTK" script -i cut >/dev/null 2>err; status=$?
	[ $status = 1 ] && [ -s err ] || break
done
is "a file cut in its header: exit status 1, with a message" "1 400" "$status $bytes"
printf 'PERFILE2' >cut
"$PTK" report -i cut >/dev/null 2>err; status=$?
is "a file of eight bytes, too" 1 $status

# -D says which field of a record is broken, and where in the file
"$(realpath "$top_builddir")"/tests/cmd/made damaged parts
dump=$("$PTK" script -i parts -D 2>err)
at() { sed -n "s/.* \(0x[0-9a-f]*\) \[.*PERF_RECORD_$1: damaged at \(0x[0-9a-f]*\): $2\$/\1 \2/p" <<<"$dump" | { read -r from to && echo $((to - from)); }; }
while IFS='|' read -r type offset what; do
	is "$type: $what" "$offset" "$(at "$type" "$what")"
done <<-'PARTS'
	COMM|16|comm has no end in the 8 bytes that the record has left
	MMAP2|40|build_id, or maj, min and ino needs more than the 8 bytes that the record has left
	FORK|16|tid needs more than the 0 bytes that the record has left
	NAMESPACES|24|link_info needs more than the 16 bytes that the record has left
	SWITCH_CPU_WIDE|8|next_prev_pid needs more than the 0 bytes that the record has left
	CGROUP|16|path has no end in the 16 bytes that the record has left
	LOST|8|sample_id needs more than the 8 bytes that the record has left
	SAMPLE|56|callchain needs more than the 16 bytes that the record has left
	SAMPLE|32|time needs more than the 0 bytes that the record has left
PARTS
is "what is whole is shown" 1 "$(grep -c 'PERF_RECORD_SAMPLE(IP, 0x2): 100/100: 0x10000000' <<<"$dump")"
has "and how much is damaged is summed up" 'damaged records: 9, the first at 0x[0-9a-f]+' "$(cat err)"
done_testing
