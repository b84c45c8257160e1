#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Stacks of --call-graph dwarf, by our unwinder, while recording and from
# stack bytes in the file: programs of an exact depth, without frame pointers;
# and perf's own unwinding of the same file.
. "${top_srcdir:?}/tests/lib/tap.sh"

chains=$top_builddir/tests/session/chains_of
n=29
command -v perf >/dev/null || { skip $n "no perf here"; done_testing; }
# gcc folds equal functions into one; clang does not, and does not know the word.
folds=-fno-ipa-icf
${CC:-cc} $folds -x c -c -o /dev/null /dev/null 2>/dev/null || folds=
${CC:-cc} -O2 -fomit-frame-pointer -fno-optimize-sibling-calls -fno-inline $folds -g0 -pthread \
	-o deep "$top_srcdir/tests/session/deep.c" 2>cc.log || { skip $n "no C compiler here: $(head -n 1 cc.log)"; done_testing; }
# BYTES[,raw] FILE ARGUMENTS
record() { "$PTK" record -e cpu-clock:u -F 4999 --call-graph "dwarf,$1" -o "$2" ./deep "${@:3}" >/dev/null 2>&1; }
# perf 6.1 now and then leaves one CPU's records out of its file; then once more.
perf_record() {
	local try
	for try in 1 2 3; do
		perf record -B -N -q -e cpu-clock:u -F 4999 --call-graph dwarf,16384 -o "$1" ./deep "${@:2}" >/dev/null 2>&1 || return
		perf script -i "$1" --show-mmap-events 2>/dev/null | grep -q 'r-xp .*/deep$' && return
	done
}
perf_record plain.data plain 64 || { skip $n "perf record does not work here"; done_testing; }
perf_record library.data qsort 20

# The names in a chain, sampled place first: addresses of the program by its symbols, of others by '-'.
nm deep | sort >symbols
names() {	# FILE: a line for each sample in leaf, "leaf pong ping … main - -"
	perf script -i "$1" --show-mmap-events 2>/dev/null |
		sed -n 's/.*PERF_RECORD_MMAP2.*\[\(0x[0-9a-f]*\)(\(0x[0-9a-f]*\)) @ \([0-9a-fx]*\) .*r-xp .*\/deep$/\1 \2 \3/p' | head -n 1 >map
	"$chains" "$1" | awk -v map="$(cat map)" '
		function hex(s, i, v) { v = 0; s = tolower(s); sub(/^0x/, "", s)
			for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1; return v }
		BEGIN { split(map, m, " "); start = hex(m[1]); end = start + hex(m[2]); off = m[3] ~ /^0x/ ? hex(m[3]) : m[3] + 0
			while ((getline line <"symbols") > 0) { split(line, w, " "); if (w[2] ~ /^[Tt]$/) { at[++n] = hex(w[1]); name[n] = w[3] } } }
		/^#/ { next }
		{ out = ""
		  for (i = 3; i <= NF; i++) { a = hex($i); s = "-"
			if (a >= start && a < end) { a = a - start + off; for (k = n; k > 0 && at[k] > a; k--); s = name[k] }
			out = out s " " }
		  if (out ~ /^leaf /) print out }'
}
wanted() {	# DEPTH END: the frames from the innermost call of ping or pong outwards
	local i s=
	for ((i = 1; i <= $1; i++)); do (((($1 - i)) % 2)) && s+="pong " || s+="ping "; done
	echo "$s$2"
}
share() {	# WHAT FILE PATTERN: at least 99 % of the samples in leaf have this stack
	local all good
	names "$2" >names.txt
	all=$(wc -l <names.txt) good=$(grep -cE -- "^$3 *\$" names.txt)
	if [ "$all" -gt 2 ] && ((good * 100 >= all * 99)); then pass "$1"; else
		fail "$1" "$good of $all" "wanted: $3" "got: $(head -n 1 names.txt)" "$("$chains" "$2" | tail -n 1)"; fi
}
root='main - (- )?_start'
share "64 frames" plain.data "leaf $(wanted 64 "$root")"
programs() {	# HOW ,raw|"": all of them
	record 65000$2 deep.data plain 500
	share "$1: 500 frames" deep.data "leaf $(wanted 500 "$root")"
	record 16384$2 alloca.data alloca 64
	share "$1: 64 frames with alloca" alloca.data "leaf $(wanted 64 "$root")"
	record 16384$2 qsort.data qsort 20
	share "$1: through qsort of libc" qsort.data "leaf compare (- )+by_qsort $(wanted 20 "$root")"
	record 16384$2 signal.data signal 20
	share "$1: in a signal handler" signal.data "leaf handler (- )+by_signal $(wanted 20 "$root")"
	record 16384$2 thread.data thread 20
	share "$1: a thread" thread.data "leaf $(wanted 20 "thread (- )+")"
	record 16384$2 small.data small 20
	share "$1: a thread with a small stack" small.data "leaf $(wanted 20 "thread (- )+")"
	record 16384$2 vfork.data vfork 20
	share "$1: the child of a vfork" vfork.data "leaf $(wanted 20 "in_child $root")"
}
programs "from stack bytes" ,raw
record 1024,raw cut.data plain 200
has "stacks longer than the bytes are counted as cut" '^# [0-9]+ whole \([0-9]+ completed\), [1-9][0-9]* cut, 0 broken' \
	"$("$chains" cut.data | tail -n 1)"
programs "while recording" ""
# Each sample at once: what is read of a thread can be read as long as it lives.
"$PTK" record -e cpu-clock:u -F 4999 --no-buffering --call-graph dwarf,1024 -o further.data ./deep plain 200 >/dev/null 2>&1
names further.data >names.txt
has "while recording: 200 frames of few bytes, the others read from the thread" "^leaf $(wanted 200 "$root") *$" "$(cat names.txt)"
record 16384 live.data plain 64
share "while recording: 64 frames" live.data "leaf $(wanted 64 "$root")"
has "such a file has call chains and no stack bytes" 'CALLCHAIN' "$(perf evlist -v -i live.data | grep -v STACK_USER)"
lacks "nor mappings of data" 'PERF_RECORD_MMAP2.* r--p ' "$(perf script -i live.data --show-mmap-events 2>/dev/null)"
check "and is small" test "$(stat -c %s live.data)" -lt $(($(stat -c %s plain.data) / 5))
check "perf report reads it" sh -c 'perf report --stdio -i live.data --no-children -g caller,0.5,callee --no-inline 2>/dev/null | grep -q _start'
# The same program again and again, each with a fork and an exec, at the same addresses.
"$PTK" record -e cpu-clock:u -F 4999 --call-graph dwarf,16384 -o forks.data \
	setarch -R sh -c 'for i in 1 2 3 4 5 6; do ./deep plain 20; done' >/dev/null 2>&1
share "while recording: processes that fork and exec" forks.data "leaf $(wanted 20 "$root")"
# A program that has ended when its samples are looked at: nothing is left to be read of it.
"$PTK" record -e cpu-clock:u -F 4999 --call-graph dwarf,1024 -m 4M -o marked.data sh -c 'kill -STOP $PPID; ./deep plain 200; kill -CONT $PPID' >/dev/null 2>&1
perf script -i marked.data -F ip,sym --no-inline >marked.txt 2>/dev/null
has "perf script passes over the mark of a cut stack" 'leaf' "$(cat marked.txt)"
out=$("$PTK" report -i marked.data 2>&1 >/dev/null); has "ptk report says that stacks are cut" 'user stacks are deeper' "$out"

# Addresses of each sample by their last three digits (perf prints offsets in the image), callers less one as perf
# prints them; the kernel's left out.
digits() { awk '{ for (i = 3; i <= NF; i++) $i = substr("00" $i, length($i)); print }' | sort; }
theirs() {
	perf script -i "$1" --no-inline --ns --max-stack 4096 -F tid,time,ip 2>/dev/null | awk '
		/^ *[0-9]+ +[0-9]+\.[0-9]+:/ { if (line) print line; split($2, t, /[.:]/); line = (t[1] t[2]) " " $1; next }
		NF && $1 !~ /^ffff[0-9a-f]{12}$/ { line = line " " $1 }
		END { if (line) print line }'
}
for data in plain library live; do
	"$chains" $data.data $([ $data = live ] && echo as-is) | grep -v '^#' | digits >a
	theirs $data.data | digits >b
	all=$(wc -l <b) same=$(comm -12 a b | wc -l)
	if [ "$all" -gt 2 ] && ((same * 100 >= all * 99)); then pass "$data: the stacks are those of perf script"; else
		fail "$data: the stacks are those of perf script" "$same of $all" "ours: $(comm -23 a b | head -n 1)" "perf: $(comm -13 a b | head -n 1)"; fi
done
# With frame pointers, by the kernel's walk and by ours.
${CC:-cc} -O2 -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-inline $folds -g0 -pthread -o deep "$top_srcdir/tests/session/deep.c"
nm deep | sort >symbols
record 16384 pointers.data plain 64
share "while recording: 64 frames with frame pointers" pointers.data "leaf $(wanted 64 "$root")"
done_testing
