#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a recording says of itself (evlist, buildid-list), beside perf, and recordings taken elsewhere (archive).
. "${top_srcdir:?}/tests/lib/tap.sh"

${CC:-cc} -g -O1 -fno-omit-frame-pointer -Wl,--build-id -o burn "$top_srcdir/tests/programs/burn.c" 2>err ||
	{ skip 1 "no compiler"; done_testing; }
"$PTK" record -q -g -e '{cpu-clock:u,page-faults:u}' -F 2000 -o group -- ./burn 50 2>err ||
	{ skip 1 "cannot sample here: $(head -n 1 err)"; done_testing; }
files=group
"$PTK" record -q -e sched:sched_switch -e sched:sched_process_exit -o trace -- ./burn 1 2>err && files="group trace"

if command -v perf >/dev/null; then
	for option in "" -v -F -g; do
		theirs= ours=
		for file in $files; do
			theirs+=$(perf evlist $option -i $file 2>&1)
			ours+=$("$PTK" evlist $option -i $file 2>&1)
		done
		is "evlist $option as perf has it" "$theirs" "${ours//\'ptk/\'perf}"
	done
	is "buildid-list as perf has it" "$(perf buildid-list -i group | sort)" "$("$PTK" buildid-list -i group | sort)"
	is "of files that samples lie in" "$(perf buildid-list -H -i group | sort)" "$("$PTK" buildid-list -H -i group | sort)"
	is "the kernel's" "$(perf buildid-list -k)" "$("$PTK" buildid-list -k)"
else
	skip 7 "no perf here to compare with"
fi
is "fields of tracepoints" "$([ "$files" = group ] || echo prev_comm,prev_pid,prev_prio,prev_state,next_comm,next_pid,next_prio)" \
	"$([ "$files" = group ] || "$PTK" evlist --trace-fields -i trace | sed -n 's/^sched:sched_switch: trace_fields: //p')"
is "events of a pipe" "{cpu-clock:u,page-faults:u}" "$("$PTK" inject -i group | "$PTK" evlist -g | head -n 1)"
is "the build-id of an image" "$(readelf -n burn | sed -n 's/.*Build ID: //p')" "$("$PTK" buildid-list -i burn)"

shown() { "$PTK" report --stdio --no-children -g caller -i "$1" 2>/dev/null | grep -v '^#'; }
shown group >before
grep -q burn before || fail "the report names the program" "$(head before)"
out=$("$PTK" archive group 2>&1)
has "the archive says how to read it" 'tar xf group.tar && ptk report -i group.d/perf.data' "$out"
mkdir elsewhere && tar xf group.tar -C elsewhere
mv burn burned
is "without the program" "" "$(shown group | grep -w main)"
is "what was unpacked reads as before" "" "$(diff before <(shown elsewhere/group.d/perf.data) | head)"
echo int main | sed 's/$/(void) { return 1; }/' | ${CC:-cc} -xc -Wl,--build-id -o burn - 
is "also beside another program of that name" "" "$(diff before <(shown elsewhere/group.d/perf.data) | head)"
is "script reads it, too" "burn" "$("$PTK" script -i elsewhere/group.d/perf.data -F dso,sym,ip 2>/dev/null | grep -ow 'burn' | head -n 1)"
if command -v perf >/dev/null; then
	has "and perf" ' burn ' "$(perf --buildid-dir elsewhere/group.d/.debug report --stdio -g none --no-children -s dso,sym \
		-i elsewhere/group.d/perf.data 2>/dev/null | grep -E '\[\.\] (main|[a-z_]*burn|[a-z]+)' | head -n 1) "
else
	skip 1 "no perf here"
fi
out=$("$PTK" archive group -o again.tar 2>&1)
has "an image that is another build now is left out, and said" 'burn is not there as it was recorded' "$out"
lacks "and is not in the archive" "$(readelf -n burned | sed -n 's/.*Build ID: ..//p')/elf" "$(tar tf again.tar)"
"$PTK" archive nothing -o nothing.tar 2>/dev/null
is "no recording, no archive" "1 1" "$? $([ -e nothing.tar ]; echo $?)"
done_testing
