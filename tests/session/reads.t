#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Leader sampling: a sample of the leader is one of each event of its group, with what that counted since, as perf has it.
. "${top_srcdir:?}/tests/lib/tap.sh"

work=(sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; ls / >/dev/null')
out=$("$PTK" record -q -o data -e '{cpu-clock,page-faults}:S' -- "${work[@]}" 2>&1) || { skip 4 "cannot record: $out"; done_testing; }
tidy() { sed 's/^ *//; s/  */ /g; s/ *$//'; }
mine=$("$PTK" script -i data -F comm,time,event,period | tidy)
has "the leader's samples" ' cpu-clock:' "$mine"
has "and of the other event, that takes none itself" ' page-faults:' "$mine"
if command -v perf >/dev/null; then
	is "the same as perf's" "$(perf script -i data -F comm,time,event,period 2>/dev/null | tidy)" "$mine"
else
	skip 1 "no perf"
fi
has "the report has both" "of event 'page-faults'" "$("$PTK" report --stdio -i data 2>&1)"
done_testing
