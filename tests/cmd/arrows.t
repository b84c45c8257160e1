#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The arrows between the rooms point one way: each #include of another room
# is one that doc/design.md's table of rooms allows. There are no exceptions.
. "${top_srcdir:?}/tests/lib/tap.sh"

declare -A may
while IFS='|' read -r _ room _ uses _; do
	room=$(tr -d '` /' <<<"${room#*src/}")
	[[ $room =~ ^[a-z]+$ ]] && may[$room]=" $uses "
done < <(grep -E '^\| `' "$top_srcdir/doc/design.md")
[ ${#may[@]} -ge 14 ] && pass "doc/design.md has the table of rooms" || fail "doc/design.md has the table of rooms" "${!may[*]}"

for dir in "$top_srcdir"/src/*/ "$top_srcdir"/pmu/ "$top_srcdir"/ui/; do
	room=$(basename "$dir")
	compgen -G "$dir*.[ch]" >/dev/null || continue
	[ -n "${may[$room]-}" ] || { fail "$room is in the table"; continue; }
	wrong=
	while IFS=: read -r file include; do
		target=$(sed -E 's/.*"([a-z]+)\/.*/\1/' <<<"$include")
		[ "$target" = "$room" ] || [[ ${may[$room]} == *" all "* ]] || [[ ${may[$room]} == *" $target "* ]] ||
			wrong+="${file#"$top_srcdir"/}: $include"$'\n'
	done < <(grep -HoE '^#include "[a-z]+/[^"]+"' "$dir"*.[ch] | sed 's/:#include /:/')
	is "$room uses only what it may" "" "$wrong"
done
done_testing
