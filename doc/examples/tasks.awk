#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-or-later
# Samples and their periods by the task's name, with nothing but awk: a line is one object, and strings
# have no unescaped quotes in them.
#
#	ptk script -F comm,period --json | awk -f doc/examples/tasks.awk
#	ptk script -s doc/examples/tasks.awk

# What stands behind "key": in the line, quotes taken off.
function member(key,    value) {
	if (!match($0, "\"" key "\":(\"([^\"\\\\]|\\\\.)*\"|[^,}]*)"))
		return ""
	value = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
	gsub(/^"|"$/, "", value)
	return value
}

{
	comm = member("comm")
	samples[comm]++
	periods[comm] += member("period")
}

END {
	for (comm in samples)
		printf "%d %.0f %s\n", samples[comm], periods[comm], comm | "sort -rn"
}
