# SPDX-License-Identifier: GPL-2.0-or-later
# TAP for shell tests. A test is tests/ROOM/NAME.t, run by bash:
#
#	. "${top_srcdir:?}/tests/lib/tap.sh"
#	check "ptk prints its version" "$PTK" version
#	has   "the report names main" main "$out"       # the text matches an extended regular expression
#	lacks "…" pattern "$out"
#	is    "exit status" 2 "$status"
#	skip  N "no tracefs here"
#	perf_records perf.data -e cpu-clock -- true
#	done_testing
#
# $PTK is the program; $TMP an empty folder that goes away; the working folder is $TMP.
set -u
tap_n=0 tap_failed=0
TMP=$(mktemp -d "${TMPDIR:-/tmp}/ptk-test.XXXXXX")
tap_cleanup=()
tap_exit() { local c; for c in "${tap_cleanup[@]}"; do eval "$c"; done; rm -rf "$TMP"; }
trap tap_exit EXIT
at_exit() { tap_cleanup=("$*" "${tap_cleanup[@]}"); }   # a command to run at the end, last one first
cd "$TMP" || exit 99
export GUEST_CACHE=${GUEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ptk-guest}	# what tests/vm/mirror has fetched is for all of them
export XDG_CACHE_HOME=$TMP/.cache	# what ptk learns of images: no test profits from another, or from whoever runs it
pass() { echo "ok $((++tap_n)) - $1"; }
fail() { echo "not ok $((++tap_n)) - $1"; tap_failed=1; shift; local l; for l; do printf '%s\n' "$l" | head -n 30 | sed 's/^/#   /'; done; }
skip() { local i; for ((i = 0; i < $1; i++)); do echo "ok $((++tap_n)) # SKIP $2"; done; }
check() { local what=$1 o; shift; if o=$("$@" 2>&1); then pass "$what"; else fail "$what" "exit status $?: $*" "$o"; fi; }
has() { if grep -aEq -- "$2" <<<"$3"; then pass "$1"; else fail "$1" "wanted a match of: $2" "in:" "$3"; fi; }
lacks() { if grep -aEq -- "$2" <<<"$3"; then fail "$1" "wanted no match of: $2" "in:" "$3"; else pass "$1"; fi; }
is() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "wanted: $2" "got:    $3"; fi; }
# perf_records FILE OPTIONS... [--] COMMAND: perf record, with a file that perf itself can read; else FILE is not there.
# perf 6.1 dies of its own file when something else on the machine (another test) records build-ids: see record_mmap.
perf_records() {
	local file=$1 try; shift
	for try in 1 2 3 4 5; do
		if perf record -q -o "$file" "$@" >/dev/null 2>&1 && perf report --stats -i "$file" >/dev/null 2>&1; then return 0; fi
		[ -s "$file" ] || return 1
		rm -f "$file"
	done
	return 1
}
done_testing() { echo "1..$tap_n"; exit $tap_failed; }
