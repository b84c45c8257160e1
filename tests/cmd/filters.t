#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Filters mean the same in every mode: the same samples are left in texts, exports, comparisons and pictures.
. "${top_srcdir:?}/tests/lib/tap.sh"

${CC:-cc} -g -O1 -fno-omit-frame-pointer -o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "no compiler"; done_testing; }
"$PTK" record -q -a -g -e cpu-clock -F 1000 -o file -- sh -c './burn 100; ls -R /usr/include >/dev/null' 2>err ||
	{ skip 1 "cannot sample here: $(head -n 1 err)"; done_testing; }
# What a mode leaves, as one number: sums of periods, or (lines, exported, drawn, annotated) numbers of samples.
total() { awk -F"${separator:- }" '{ n += $(column > 0 ? column : NF) } END { printf "%.0f\n", n }' column="${1:-1}"; }
script() { "$PTK" script --no-inline -i file "$@" -G -F period 2>/dev/null | total; }
report() { "$PTK" report --stdio --no-inline -q --no-children -g none -s comm,sym -F period -i file "$@" 2>/dev/null | total; }
compared() { "$PTK" diff --no-inline -q -p -t '|' -s comm,sym "$@" file file 2>/dev/null | separator='|' total 6; }
heated() {
	rm -f heat.html
	"$PTK" heat --no-inline -i file -o heat.html "$@" 2>/dev/null
	python3 -c '
import json, re, sys
page = json.loads(re.search(r"application/json\">(.*?)</script>", sys.stdin.read(), re.S)[1])
print(sum(sum(cell[2::2]) * event["scale"] for event in page["events"] for cell in event["cells"]))' <heat.html
}
lines() { "$PTK" script --no-inline -i file "$@" -G -F comm 2>/dev/null | wc -l; }
exported() { "$PTK" export --no-inline --format folded -i file "$@" 2>/dev/null | total 0; }	# 0: the last column
running() { "$PTK" script --no-inline -i file "$@" -G -F tid 2>/dev/null | awk '$1' | wc -l; }	# the idle task is none to a timeline
drawn() { "$PTK" timeline --no-inline -i file -o timeline.json "$@" 2>&1 | sed -n 's/.* \([0-9]*\) samples$/\1/p'; }
# functions alone, and only of an image that is there to be read
annotated() { "$PTK" annotate --stdio -q -n -i file -U -d burn "$@" 2>/dev/null | awk '$2 == ":" { n += $1 } END { print n + 0 }'; }
all=$(script)
top=$("$PTK" report --stdio -q --no-children -g none -s sym -F sym -i file --comms burn 2>/dev/null | awk 'NF { print $NF; exit }')
pid=$("$PTK" script -i file --comms burn -G -F pid 2>/dev/null | awk '{ print $1; exit }')
# What is left by those that the text of all samples tells: found there, line by line.
"$PTK" script --no-inline -i file -G -F comm,pid,tid,cpu,period >plain 2>/dev/null
told() {	# OPTION VALUE
	awk -v option="$1" -v value="$2" '
		match($0, / +[0-9-]+\/[0-9-]+ +\[[0-9]+\] +[0-9]+ *$/) {
			comm = substr($0, 1, RSTART - 1); sub(/^ +/, "", comm)
			split(substr($0, RSTART), word); split(word[1], id, "/"); cpu = word[2]; gsub(/[][]/, "", cpu)
			if (option == "--comms" ? comm == value : option == "--pid" ? id[1] == value : option == "--tid" ? id[2] == value : cpu + 0 == value)
				n += word[3]
		}
		END { printf "%.0f\n", n }' plain
}
begin=$("$PTK" script -i file -G -F time 2>/dev/null | awk '{ sub(":", "", $1); print $1; exit }')
while read -r -a filter; do
	want=$(script "${filter[@]}")
	case ${filter[0]},${#filter[@]} in --comms,2|--pid,2|--tid,2|--cpu,2) is "script ${filter[*]}" "$(told "${filter[@]}")" "$want";; esac
	is "report ${filter[*]}" "$want" "$(report "${filter[@]}")"
	is "diff ${filter[*]}" "$want" "$(compared "${filter[@]}")"
	if command -v python3 >/dev/null; then is "heat ${filter[*]}" "$want" "$(heated "${filter[@]}")"; else skip 1 "no python3"; fi
	is "export ${filter[*]}" "$(lines "${filter[@]}")" "$(exported "${filter[@]}")"
	is "timeline ${filter[*]}" "$(running "${filter[@]}")" "$(drawn "${filter[@]}")"
	is "annotate ${filter[*]}" "$(lines -U -d burn "${filter[@]}")" "$(annotated "${filter[@]}")"
	if [ "$want" -gt 0 ] && { [ "$want" -lt "$all" ] || [ "${filter[0]}" = --cpu ]; }; then pass "${filter[*]} leaves some"
	else skip 1 "all samples or none are of ${filter[*]}"; fi
done <<-FILTERS
	--comms burn
	--pid $pid
	--tid $pid
	--cpu 0
	-S $top
	-d burn
	--symbol-filter ${top:0:3}
	--parent ^$top$
	--time 20%-60%
	--time $begin,
	-U --comms burn,ls
FILTERS
done_testing
