#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Filters mean the same in every mode: the same samples are left in report, script and exports.
. "${top_srcdir:?}/tests/lib/tap.sh"

${CC:-cc} -g -O1 -fno-omit-frame-pointer -o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "no compiler"; done_testing; }
"$PTK" record -q -a -g -e cpu-clock -F 1000 -o file -- sh -c './burn 100; ls -R /usr/include >/dev/null' 2>err ||
	{ skip 1 "cannot sample here: $(head -n 1 err)"; done_testing; }
script() { "$PTK" script --no-inline -i file "$@" -G -F period 2>/dev/null | awk '{ n += $1 } END { printf "%.0f\n", n }'; }
report() { "$PTK" report --stdio --no-inline -q --no-children -g none -s comm,sym -F period -i file "$@" 2>/dev/null | awk '{ n += $1 } END { printf "%.0f\n", n }'; }
lines() { "$PTK" script --no-inline -i file "$@" -G -F comm 2>/dev/null | wc -l; }
exported() { "$PTK" export --format folded -i file "$@" 2>/dev/null | awk '{ n += $NF } END { printf "%d\n", n }'; }
all=$(script)
top=$("$PTK" report --stdio -q --no-children -g none -s sym -F sym -i file --comms burn 2>/dev/null | awk 'NF { print $NF; exit }')
pid=$("$PTK" script -i file --comms burn -G -F pid 2>/dev/null | awk '{ print $1; exit }')
begin=$("$PTK" script -i file -G -F time 2>/dev/null | awk '{ sub(":", "", $1); print $1; exit }')
while read -r -a filter; do
	want=$(script "${filter[@]}")
	is "report ${filter[*]}" "$want" "$(report "${filter[@]}")"
	is "export ${filter[*]}" "$(lines "${filter[@]}")" "$(exported "${filter[@]}")"
	if [ "$want" -gt 0 ] && { [ "$want" -lt "$all" ] || [ "${filter[0]}" = -C ]; }; then pass "${filter[*]} leaves some"
	else skip 1 "all samples or none are of ${filter[*]}"; fi
done <<-FILTERS
	--comms burn
	--pid $pid
	--tid $pid
	-C 0
	-S $top
	-d burn
	--symbol-filter ${top:0:3}
	--parent ^$top$
	--time 20%-60%
	--time $begin,
	-U --comms burn,ls
FILTERS
done_testing
