#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk inject: what goes in comes out, with what was asked for; read by perf and by ptk.
. "${top_srcdir:?}/tests/lib/tap.sh"

made=$(realpath "$top_builddir")/tests/cmd/made
jit=$(realpath "$top_builddir")/tests/session/jit
${CC:-cc} -g -O1 -Wl,--build-id -o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "no compiler"; done_testing; }
have_perf() { command -v perf >/dev/null; }
lines() { "$PTK" script --show-task-events --show-mmap-events -i "$@" 2>/dev/null; }

# sleeps, of a file made by hand: times and threads are in made.c
"$made" sleeps raw
"$PTK" inject -s -v -i raw -o cooked 2>err
is "a switch carries the time that was slept behind it" "101 5.000 4000 1065
102 6.000 4000 1066" "$("$PTK" script -i cooked --ns -F tid,time,period,ip | awk 'NF > 1 { t = $1; split($2, at, "[.:]"); p = $3 } NF == 1 { printf "%d %.3f %d %s\n", t, at[2] / 1000, p, $1 }')"
has "-v says how many" '1 merged with their switch, 1 until the thread ran again; 1 whose switch' "$(cat err)"
if have_perf; then
	perf inject -s -i raw -o theirs 2>/dev/null
	is "the one that a sched_stat tells of as perf inject has it" "$(perf script -i theirs -F tid,time,period,ip,event --ns 2>/dev/null)" \
		"$("$PTK" script -i cooked -F tid,time,period,ip,event --ns | head -n 3)"
	has "perf reads it" '^ +4000 ' "$(perf report --stdio -i cooked -s sym -F period -g none 2>/dev/null | grep -v '^#')"
else
	skip 2 "no perf here"
fi
"$PTK" inject -s -i raw | "$PTK" inject | "$PTK" script -i - -F tid,time,period,ip >piped
is "through pipes as well" "" "$(diff piped <("$PTK" script -i cooked -F tid,time,period,ip))"
"$made" branches branches
out=$("$PTK" inject -s -i branches -o none 2>&1); status=$?
is "no such events: exit status" "1" "$status"
has "which, and what records them" 'no samples of sched:sched_switch' "$out"
is "and no file" "" "$(ls none* 2>/dev/null)"
"$made" broken broken
has "a damaged format" 'does not say where the fields of sched:sched_switch' "$("$PTK" inject -s -i broken -o none 2>&1)"

if "$PTK" record -q -B -g -e cpu-clock:u -F 2000 -o plain -- ./burn 50 2>err && [ -n "$(lines plain)" ]; then
	"$PTK" inject -i plain -o copy
	is "a copy has the same records" "" "$(diff <(lines plain) <(lines copy) | head -n 6)"
	"$PTK" inject <plain | "$PTK" inject -o back
	is "and one through a pipe" "" "$(diff <(lines plain) <(lines back) | head -n 6)"
	is "of its owner alone" 600 "$(stat -c %a copy)"
	"$PTK" inject -i copy -o copy
	is "in place" "" "$(diff <(lines plain) <(lines copy) | head -n 6)"
	cp copy kept; head -c 100 copy >cut
	"$PTK" inject -i cut -o kept 2>/dev/null || "$PTK" inject -i nothing -o kept 2>/dev/null
	is "what fails leaves the file that was there" "" "$(cmp kept copy)"
	id=$(readelf -n burn | sed -n 's/.*Build ID: //p')
	"$PTK" inject -b -i plain -o known
	is "-b adds build-ids" "$id $PWD/burn" "$("$PTK" buildid-list -i known | grep 'burn$')"
	if have_perf; then
		is "that perf finds" "$id $PWD/burn" "$(perf buildid-list -i known | grep 'burn$')"
		is "perf shows the same samples of a copy" "" "$(diff <(perf script -i plain 2>/dev/null) <(perf script -i copy 2>/dev/null) | head -n 6)"
		is "and of a pipe" "" "$(diff <(perf script -i plain -F comm,tid,time,ip,sym 2>/dev/null) \
			<("$PTK" inject -b -i plain | perf script -i - -F comm,tid,time,ip,sym 2>/dev/null) | head -n 6)"
	else
		skip 3 "no perf here"
	fi
else
	skip 9 "cannot sample here: $(head -n 1 err)"
fi
if "$PTK" record -q -z -e cpu-clock:u -F 2000 -o packed -- ./burn 50 2>err; then
	"$PTK" inject -i packed -o unpacked
	is "a compressed one" "" "$(diff <(lines packed) <(lines unpacked) | head -n 6)"
else
	skip 1 "cannot record compressed: $(head -n 1 err)"
fi

rows() { grep -v '^#' | awk '/first|second/ { print $NF, $1 }' | sort; }
if "$jit" . 1 >/dev/null; rm -f ./*.dump; "$PTK" record -q -F 2000 -e cpu-clock:u -k mono -o timed "$jit" . 60000000 2>err; then
	before=$("$PTK" report --stdio -s sym -i timed 2>/dev/null | rows)
	"$PTK" inject -j -i timed -o jitted
	rm -f ./*.dump
	is "code of a JIT has its names without the dump" "$before" "$("$PTK" report --stdio -s sym -i jitted 2>/dev/null | rows)"
	is "in an image that objdump reads" "first second" "$(nm jitted-*.so 2>/dev/null | awk '{ print $3 }' | sort -u | xargs)"
	is "which was mapped where the code stood" 3 "$("$PTK" script -i jitted --show-mmap-events | grep -c 'MMAP2.*jitted-')"
	if have_perf; then
		is "perf names it alike" "$before" "$(perf report --stdio -s sym -i jitted 2>/dev/null | rows)"
	else
		skip 1 "no perf here"
	fi
	"$PTK" inject -j -i timed -o again 2>err
	has "a dump that is gone is said" 'no JIT dump' "$(cat err)"
else
	skip 5 "no JIT here: $(head -n 1 err)"
fi
done_testing
