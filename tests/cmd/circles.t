#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The arrows inside a room point one way too: no two files need each other,
# be it through others. What a file needs is what its object leaves to the
# linker, so that a call which no #include shows counts as well.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v nm >/dev/null || { skip 3 "no nm"; done_testing; }
cd "${top_builddir:?}" || exit 99
# objects of files that have gone may still lie here
for o in src/*/*.o pmu/*.o ui/*.o; do [ -f "$top_srcdir/${o%.o}.c" ] && echo "$o"; done >"$TMP/objects"

# NAME NAME a line: the first needs something that the second defines.
needs() {
	xargs nm -A 2>/dev/null | awk '
		{ file = $1; sub(/\.o:.*/, "", file); symbol = $NF; type = $(NF - 1) }
		type == "U" { wants[file, symbol] = file SUBSEP symbol; next }
		type ~ /^[A-Z]$/ { has[symbol] = file }
		END { for (w in wants) { split(wants[w], a, SUBSEP); if (a[2] in has && has[a[2]] != a[1]) print a[1], has[a[2]] } }' | sort -u
}
needs <"$TMP/objects" >"$TMP/needs"
[ "$(wc -l <"$TMP/objects")" -ge 200 ] && pass "the objects of every room" || fail "the objects of every room" "$(cat "$TMP/objects")"
grep -qx 'src/cmd/main src/cmd/help' "$TMP/needs" && pass "main needs the table of modes" || fail "main needs the table of modes" "$(head "$TMP/needs")"
is "no file needs one that needs it" "" "$(tsort "$TMP/needs" 2>&1 >/dev/null | sed "s|^tsort: ||")"
done_testing
