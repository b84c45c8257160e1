#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Odd names in every format: escaped, never markup, a line or a script of their own; and every format adds up
# to the report, whatever filters are set.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v python3 >/dev/null || { skip 1 "no python3"; done_testing; }
try() {
	PYTHONDONTWRITEBYTECODE=1 python3 "$(realpath "$top_srcdir")/tests/out/odd_names.py" "$PTK" "$@" >out 2>err
	local status=$? line
	while read -r line; do
		case $line in
		"ok "*) pass "${line#ok }";;
		*) fail "${line#not ok }";;
		esac
	done <out
	is "every format was tried" 0 $status
	[ $status = 0 ] || sed 's/^/# /' err
}
try
${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread -o burn "$top_srcdir/tests/programs/burn.c" 2>err &&
	"$PTK" record -q -e cpu-clock -c 1000000 -g -o burn.data ./burn 200 recurse 2>err || { skip 1 "cannot sample here: $(head -1 err)"; done_testing; }
for filter in "" "-S big" "-d burn" "-U" "--comms burn --max-stack 3"; do
	try burn.data $filter
done
done_testing
