#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Pages, driven in headless Chromium: search, zoom, keyboard, address, both colour schemes.
. "${top_srcdir:?}/tests/lib/tap.sh"

for tool in python3 chromedriver; do
	command -v $tool >/dev/null || { skip 1 "no $tool"; done_testing; }
done
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top_srcdir/tests/out python3 -c 'import browser, sys; sys.exit(not browser.chromium())' ||
	{ skip 1 "no chromium"; done_testing; }
${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock,task-clock -c 1000000 -g -o burn.data ./burn 300 2>err ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }
drive() {	# SCRIPT PAGE…: its lines as results
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top_srcdir/tests/out timeout 120 python3 "$top_srcdir/tests/out/$1" "${@:2}" >out 2>err
	local status=$? line
	while read -r line; do
		case $line in
		"ok "*) pass "${line#ok }";;
		*) fail "${line#not ok }";;
		esac
	done <out
	is "$1 came to its end" 0 "$status"
	[ $status = 0 ] || sed 's/^/# /' err
}
"$PTK" flame -i burn.data -o burn.html 2>/dev/null
"$PTK" record -q -e cpu-clock -c 1000000 -g -o nasty.data bash -c 'printf "%s" "$1" >/proc/self/comm; for ((i = 0; i < 60000; i++)); do :; done' - '</script><b>"' 2>err
"$PTK" flame -i nasty.data -o nasty.html 2>/dev/null
python3 -c '
import random
random.seed(1)
for i in range(20000):
    random.seed(i // 40)
    stack = ["function_%d" % random.randrange(3000) for _ in range(random.randint(6, 30))]
    random.seed(i)
    print("command_%d;%s %d" % (i // 40 % 7, ";".join(stack + ["function_%d" % random.randrange(3000) for _ in range(random.randint(1, 6))]), random.randint(1, 40)))' >large.folded
"$PTK" flame -i large.folded -o large.html 2>/dev/null
[ "$(stat -c %s large.html)" -lt 2000000 ] && pass "a page of 50,000 frames is less than 2 MB" || fail "a page of 50,000 frames is less than 2 MB" "$(stat -c %s large.html)"
drive flame_page.py burn.html nasty.html large.html
"$PTK" heat -i burn.data -o heat.html 2>/dev/null
drive heat_page.py heat.html
if "$PTK" record -q -a -e sched:sched_switch,sched:sched_waking,cpu-clock -o sched.data bash -c 'sleep 0.1 & ./burn 100; wait' 2>/dev/null; then
	"$PTK" timeline -i sched.data -o timeline.html 2>/dev/null
	drive timeline_page.py timeline.html
	"$PTK" heat -i sched.data --from sched:sched_waking --to sched:sched_switch --key pid=next_pid -o latency.html 2>/dev/null
	drive heat_page.py latency.html
else
	skip 1 "cannot record switches here"
fi
if [ -n "${PTK_SPEEDSCOPE:-}" ]; then
	"$PTK" export -i burn.data -f speedscope -o burn.speedscope.json 2>/dev/null
	drive speedscope_page.py "$PTK_SPEEDSCOPE" burn.speedscope.json cpu-clock
	"$PTK" record -q -e cpu-clock -c 1000000 -g -o one.data ./burn 100 2>err
	"$PTK" script --no-inline -i one.data >one.txt 2>/dev/null
	drive speedscope_text.py "$PTK_SPEEDSCOPE" one.txt
else
	skip 2 "no speedscope (PTK_SPEEDSCOPE: dist/release of its npm package)"
fi
done_testing
