#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that only its own mount and PID namespaces have is named while it lives.
. "${top_srcdir:?}/tests/lib/tap.sh"
CC=${CC:-cc}

cat >prog.c <<'END'
#include <unistd.h>
__attribute__((noinline)) void burn_in_container(void) { for (volatile long i = 0; i < 300000000000; i++) ; }
int main(void) { alarm(60); burn_in_container(); return 0; }
END
if ! $CC -O1 -Wl,--build-id -o prog prog.c 2>/dev/null; then skip 1 "no compiler"; done_testing; fi
mkdir box
mkfifo ready
# the shell waits at the pipe until the mount is there, and becomes the program then
unshare --mount --pid --fork sh -c 'mount -t tmpfs none box && cp prog box/only_here && echo yes >ready && exec "$PWD/box/only_here"' 2>err &
outer=$!
at_exit "kill $outer 2>/dev/null"
exec 3<>ready
if ! read -r -t 10 _ <&3; then skip 1 "no namespaces here: $(head -n 1 err)"; done_testing; fi
inner=
for ((i = 0; i < 1000; i++)); do
	inner=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null)
	inner=${inner%% *}
	[ -n "$inner" ] && [ "$(readlink "/proc/$inner/exe")" != "$(readlink "/proc/$outer/exe")" ] &&
		[[ $(readlink "/proc/$inner/exe") == *only_here ]] && break
	read -r -t 0.01 _ <&3
done
at_exit "kill -9 $inner 2>/dev/null"
[ -e box/only_here ] && fail "the program is not to be seen from here" || pass "the program is not to be seen from here"
if ! "$PTK" record -q -F 1000 -e cpu-clock:u -o data -p "$inner" -- sleep 0.3 2>err; then
	skip 2 "cannot sample here: $(head -n 1 err)"
	done_testing
fi
has "it is named all the same" 'only_here +only_here +\[\.\] burn_in_container' "$("$PTK" report --stdio -i data 2>/dev/null)"
# a file under its path outside is another program
cp "$(type -P true)" box/only_here
has "and not taken for what lies under its path outside" '\[\.\] burn_in_container' "$("$PTK" report --stdio -i data 2>/dev/null)"
kill -9 "$inner"
done_testing
