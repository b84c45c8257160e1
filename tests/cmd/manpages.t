#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every mode has a man page, and every option of a mode's table stands in it.
. "${top_srcdir:?}/tests/lib/tap.sh"

for mode in $("$PTK" help --words); do
	page=$top_srcdir/doc/ptk-$mode.1
	[ -f "$page" ] || { fail "ptk-$mode.1 is there"; continue; }
	pass "ptk-$mode.1 is there"
	# as text: mdoc's Fl and Cm, and man's \- , all end up as plain dashes
	text=$(sed -e 's/\\-/-/g; s/\\&//g; s/\\f[BIRP]//g' -e 's/\bFl -/--/g; s/\bFl /-/g' "$page")
	missing=
	for option in $("$PTK" help --words "$mode"); do
		case $option in -h|--help) continue;; esac
		grep -Eq -- "(^|[^-[:alnum:]])$option([^-[:alnum:]]|$)" <<<"$text" || missing="$missing $option"
	done
	is "ptk-$mode.1 has every option" "" "$missing"
	grep -q "ptk-$mode" "$top_srcdir/doc/ptk.1" && pass "ptk.1 names ptk-$mode" || fail "ptk.1 names ptk-$mode"
	if command -v mandoc >/dev/null; then
		is "mandoc has no errors in it" "" "$(mandoc -T lint -W error "$page" 2>&1)"
	else
		skip 1 "no mandoc"
	fi
done
# in the C locale what is no ASCII would be left out
is "pages are ASCII" "" "$(LC_ALL=C grep -n '[^ -~	]' "$top_srcdir"/doc/*.1)"
done_testing
