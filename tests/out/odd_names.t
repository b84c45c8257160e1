#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Odd names in every format: escaped, never markup, a line or a script of their own; and every format adds up.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v python3 >/dev/null || { skip 1 "no python3"; done_testing; }
PYTHONDONTWRITEBYTECODE=1 python3 "$(realpath "$top_srcdir")/tests/out/odd_names.py" "$PTK" >out 2>err
status=$?
while read -r line; do
	case $line in
	"ok "*) pass "${line#ok }";;
	*) fail "${line#not ok }";;
	esac
done <out
is "every format was tried" 0 $status
[ $status = 0 ] || sed 's/^/# /' err
done_testing
