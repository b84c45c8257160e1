#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The attrs that tests/pmu/attrs_test compares ptk's with are those that perf opens, where the perf they were taken from is here.
. "${top_srcdir:?}/tests/lib/tap.sh"

case $(perf --version 2>/dev/null) in
"perf version 6.1."*) ;;
*) skip 1 "no perf 6.1 here"; done_testing;;
esac
CC=${CC:-cc}; command -v ${CC%% *} >/dev/null || { skip 1 "no compiler"; done_testing; }
# one machine a time, all of them at once
for file in "$top_srcdir"/tests/pmu/attrs/*.attrs; do
	"$top_srcdir/tests/pmu/attrs/refresh" -n "$file" >"$TMP/${file##*/}" 2>&1 &
done
wait
is "the attrs that are kept are perf's" "" "$(cat "$TMP"/*.attrs)"
done_testing
