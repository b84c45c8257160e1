#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# perf.data both ways, with the perf that is installed as the other side.
. "${top_srcdir:?}/tests/lib/tap.sh"
dump=${top_builddir:?}/tests/data/dump
# A debugging perf of another version would do as well; one that does not run here would not.
if ! perf --version >perf.version 2>&1 || ! perf record -q -e cpu-clock -o probe.data true 2>/dev/null; then
	skip 1 "no perf that records here"
	done_testing
fi

busy() { bash -c 'for ((i = 0; i < 20000; i++)); do :; done'; }
export -f busy
record() { perf_records "$@" -- bash -c busy; }
record_pipe() { # as perf_records
	local out=$1 try; shift
	for try in 1 2 3 4 5; do
		perf record -q "$@" -o - -- bash -c busy >"$out" 2>/dev/null
		[ -s "$out" ] && perf report --stats -i "$out" >/dev/null 2>&1 && return
	done
}

# All at once: each waits most of a second for its own threads.
record plain.data -e cpu-clock -F 5000 -k CLOCK_MONOTONIC &
record group.data -e '{cpu-clock,page-faults}' -F 2000 -g &
record dwarf.data -e cpu-clock -F 500 --call-graph dwarf,512 &
record z.data -z -e cpu-clock -F 20000 &
record_pipe z.pipe -z -e cpu-clock -F 20000 &
record_pipe p.pipe -e cpu-clock -F 5000 &
record tp.data -e sched:sched_process_exit &
record_pipe tp.pipe -e sched:sched_process_exit &
wait

# "TYPE COUNT" a line, of either side
ours() { "$dump" "$1" | sed -n 's/^records PERF_RECORD_\([A-Z0-9_]*\) /\1 /p' | sort; }
theirs() { perf report --stats -i "$1" 2>/dev/null | sed -n '/Aggregated/,/ stats:/s/^ *\([A-Z0-9_]*\) events: *\([0-9]*\) .*/\1 \2/p' |
	grep -v -e ^TOTAL -e ^COMPRESSED | sort; }

# ---- files of perf's
agree() {
	local want
	want=$(theirs "$2")
	has "$1: it has samples" '^SAMPLE [1-9]' "$want"
	is "$1: as many records of each type" "$want" "$(ours "$2")"
	lacks "$1: nothing to complain about" '^(note|error|unaligned|bad)' "$("$dump" "$2")"
}
agree "a plain file" plain.data
plain=$(perf script -i plain.data 2>/dev/null)
agree "a group with stacks" group.data
out=$("$dump" group.data)
has "its group" '^group \{anon_group\} 0 2$' "$out"
has "the second event" '^event page-faults type 1 config 0x2 ids [0-9]' "$out"
agree "user stacks" dwarf.data
if [ -s z.data ]; then
	agree "a compressed file" z.data
	"$dump" -z plain.data >copy.z
	is "compressed by ours: the same samples" "$plain" "$(perf script -i copy.z 2>/dev/null)"
	has "compressed by ours: it says so" '^# compressed : Zstd' "$(perf report --header-only -i copy.z 2>/dev/null)"
	is "compressed by ours: read back" "$(ours plain.data | grep -w -e SAMPLE -e MMAP2)" "$(ours copy.z | grep -w -e SAMPLE -e MMAP2)"
	is "compressed through a pipe: as many samples" "$(perf script -i z.pipe 2>/dev/null | wc -l)" \
		"$("$dump" z.pipe | sed -n 's/^records PERF_RECORD_SAMPLE //p')"
else
	skip 7 "this perf cannot compress"
fi
samples=$(perf script -i p.pipe 2>/dev/null | wc -l)
is "a pipe kept in a file" "$samples" "$("$dump" p.pipe | sed -n 's/^records PERF_RECORD_SAMPLE //p')"
out=$("$dump" - < <(cat p.pipe))
is "the same through a pipe" "$samples" "$(sed -n 's/^records PERF_RECORD_SAMPLE //p' <<<"$out")"
has "its event has its name" '^event cpu-clock type 1 ' "$out"
has "and its command line" '^arg record$' "$out"
if [ -s tp.data ]; then
	agree "a tracepoint" tp.data
	has "its name" '^event sched:sched_process_exit type 2' "$("$dump" tp.data)"
	has "its format file" '^tracing [1-9]' "$("$dump" tp.data)"
	has "a tracepoint through a pipe" '^tracing [1-9]' "$("$dump" - < <(cat tp.pipe))"
	"$dump" -p tp.data >tp.copy
	is "a tracepoint in a pipe of ours" "$(perf script -i tp.data 2>/dev/null)" "$(perf script -i tp.copy 2>/dev/null)"
else
	skip 7 "no tracepoints here"
fi

# ---- what the file says, against perf's own reading of it
header=$(perf report --header-only -I -i plain.data 2>/dev/null)
out=$("$dump" plain.data)
both() { is "$1" "$(sed -n "s/^# $2 : //p" <<<"$header")" "$(sed -n "s/^$3 //p" <<<"$out")"; }
both "host" hostname hostname
both "kernel" "os release" osrelease
both "architecture" arch arch
both "processor" cpudesc cpudesc
both "siblings" "sibling threads" "sibling threads"
is "command line" "$(sed -n 's/^# cmdline : //p' <<<"$header")" "$(sed -n 's/^arg //p' <<<"$out" | tr '\n' ' ')"
has "a clock" '^# clockid: ' "$header"
has "the same" '^clock 1 1 [1-9]' "$out"
is "PMUs" "$(sed -n 's/^# pmu mappings: //p' <<<"$header")" "$(sed -n 's/^pmu //p' <<<"$out" | paste -sd, | sed 's/,/, /g')"
is "caches" "$(sed -n 's/^#  L/L/p' <<<"$header" | tr -s ' ')" "$(sed -n 's/^cache //p' <<<"$out")"
is "build-ids" "$(perf buildid-list -i plain.data | sort)" "$(sed -n 's/^buildid //p' <<<"$out" | sort)"

# ---- our files, read by perf
"$dump" -c plain.data >copy.data
is "our file: the same samples" "$plain" "$(perf script -i copy.data 2>/dev/null)"
strip() { sed -e '/^# captured on/d' -e '/^# data \(offset\|size\)/d' -e '/^# feat offset/d' -e '/^# missing features/d' \
	-e '/memory nodes/d' -e '/^#  *[0-9]* \[/d' -e '/pmu_name\|capabilities/d' <<<"$1"; }
is "our file: the same header" "$(strip "$header")" "$(strip "$(perf report --header-only -I -i copy.data 2>/dev/null)")"
is "our file: the same build-ids" "$(perf buildid-list -i plain.data)" "$(perf buildid-list -i copy.data)"
is "our file: the same events" "$(perf evlist -v -i plain.data)" "$(perf evlist -v -i copy.data)"
"$dump" -p plain.data >copy.pipe
is "our pipe: the same samples" "$plain" "$(perf script -i copy.pipe 2>/dev/null)"
has "our pipe: its header" '^# hostname : ' "$(perf report --header-only -i copy.pipe 2>/dev/null)"
"$dump" -c group.data >copy.group
is "our file of a group: the same samples" "$(perf script -i group.data 2>/dev/null)" "$(perf script -i copy.group 2>/dev/null)"
has "our group" '^# group: \{cpu-clock,page-faults\}' "$(perf report --header-only -i copy.group 2>/dev/null)"
done_testing
