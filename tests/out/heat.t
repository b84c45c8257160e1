#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk heat: cells hold the samples of their time.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v python3 >/dev/null || { skip 1 "no python3"; done_testing; }
${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock -c 1000000 -g -o burn.data ./burn 300 recurse 2>err ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }
"$PTK" heat -i burn.data -o burn.html --column 100ms 2>said
has "it says what it wrote" '^ptk: burn\.html: columns of 0\.1 s' "$(cat said)"

cat >cells.py <<'END'
import json, re, sys
data = json.loads(re.search(r'application/json">(.*?)</script>', open(sys.argv[1], encoding='utf-8').read(), re.S).group(1))
event = data['events'][0]
for cell in event['cells']:
    print(cell[0], sum(cell[2::2]) * event['scale'] // 1000000)
END
python3 cells.py burn.html >cells
"$PTK" script -i burn.data -F time 2>/dev/null | awk '
	NF { ns = sprintf("%.0f", $1 * 1e9); q = ns - ns % 2000000; if (!n++) first = q; cells[(q - first) / 2000000]++ }
	END { for (c in cells) print c, cells[c] }' | sort -n >want
if [ -s want ]; then
	# times are printed in microseconds: one of a cell's edge may be printed as of the next
	is "as many samples as there are" "$(awk '{ n += $2 } END { print n }' want)" "$(awk '{ n += $2 } END { print n }' cells)"
	is "cells have the samples of their time" "0" "$(join -a1 -a2 -e0 -o 1.2,2.2 <(sort want) <(sort cells) | awk '{ d = $1 - $2; if (d > 1 || d < -1) n++ } END { print n + 0 }')"
else
	skip 2 "no times"
fi
"$PTK" heat -i burn.data -o burn.html --column 1 >out 2>&1; is "a width without a unit is a usage error" 2 $?
"$PTK" heat -i burn.data -o wide.html --column 50us >out 2>&1
[ -s wide.html ] || has "too many columns are refused" 'too wide' "$(cat out)"
"$PTK" heat -i burn.data -S nothing -o none.html >out 2>&1; is "nothing left is a failure" 1 $?
has "that says so" 'nothing is left' "$(cat out)"
done_testing
