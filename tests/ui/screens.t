#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every view and key of the browser: keys in, whole screens out, compared with
# those in `screens`. A paragraph there begins with "== SIZE KEYS" and is the
# screen after the last key. UPDATE=1 writes the file anew from what the
# program shows: read the difference before you believe it.
. "${top_srcdir:?}/tests/lib/tap.sh"

tests=$(realpath "$top_srcdir")/tests/ui
"${top_builddir:?}/tests/ui/recording" r.data && "$top_builddir/tests/ui/recording" --kallsyms >kallsyms ||
	{ fail "a recording can be made"; done_testing; }
export LC_ALL=C.UTF-8

# the screen after all keys
screen() {	# SIZE KEYS
	"$PTK" report -i r.data --kallsyms kallsyms --screen "$1" --script "$2" 2>&1 |
		awk '/^----$/ { s = ""; next } { s = s $0 "\n" } END { printf "%s", s }'
}

if [ -n "${UPDATE-}" ]; then
	grep '^== ' "$tests/screens" | while read -r _ size keys; do
		printf '== %s %s\n' "$size" "$keys"
		screen "$size" "$keys"
	done >new && cp new "$tests/screens"
	exit
fi
while read -r _ size keys; do
	wanted=$(awk -v head="== $size${keys:+ $keys}" '/^== / { sub(/ +$/, ""); inside = $0 == head; next } inside' "$tests/screens")
	got=$(screen "$size" "$keys")
	if [ "$wanted" = "$got" ]; then
		pass "$size $keys"
	else
		fail "$size $keys" "$(diff <(echo "$wanted") <(echo "$got"))"
	fi
done < <(grep '^== ' "$tests/screens")
rm -f ptk-*.txt ptk-*.html
done_testing
