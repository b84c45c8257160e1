#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk top as text: a program whose profile is known, one that starts later, ends of input.
. "${top_srcdir:?}/tests/lib/tap.sh"

out=$("$PTK" top -K -U 2>&1); is "-K -U is refused" 2 $?
has "and said why" 'hide everything' "$out"
"$PTK" top --stdio -d 0 >/dev/null 2>&1; is "-d 0 is refused" 2 $?

${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
./burn 100000000 & burn=$!
at_exit "kill $burn 2>/dev/null"
"$PTK" record -q -e cpu-clock -o probe.data true 2>err || { skip 1 "cannot sample here: $(head -1 err)"; done_testing; }

# waits for so many (1) lines of a file
until_line() { local n=0; until [ "$(grep -aEc -- "$1" "$2" 2>/dev/null)" -ge "${3-1}" ] 2>/dev/null || ((++n > 200)); do read -rt 0.05 <> <(:); done; }
# of the last table
share() { awk -v name="$2" '/^ptk top/ { n = 0 } $NF == name { n += $1 } END { printf "%d", n + 0.5 }' "$1"; }
near() { local d=$(($2 - $3)); [ "${d#-}" -le 5 ] && pass "$1" || fail "$1" "wanted $2 within 5, got $3"; }

timeout --preserve-status -s INT 60 "$PTK" top --stdio -e cpu-clock -F 1000 -p $burn -d 0.5 >out 2>err </dev/null & top=$!
until_line '^ptk top' out 3
kill -INT $top; wait $top; is "SIGINT ends it well" 0 $?
is "nothing to complain of" "" "$(cat err)"
near "big has 60 %" 60 "$(share out big)"
near "middle has 30 %" 30 "$(share out middle)"
near "small has 10 %" 10 "$(share out small)"
has "the header says what is looked at" "^ptk top: [0-9]+ samples/s, 0 lost, cpu-clock on PID $burn$" "$(head -1 out)"

# -- standard input at its end is not read, closed neither; the whole machine
timeout --preserve-status -s INT 60 "$PTK" top --stdio -e cpu-clock -F 1000 -d 0.2 -ns comm >all 2>err <&- & top=$!
until_line '^ptk top' all
cp burn later; ./later 100000000 & later=$!
at_exit "kill $later 2>/dev/null"
until_line '% +[0-9]+  later$' all
has "a program that started later has its name" '% +[0-9]+  later$' "$(cat all)"
kill $later; wait $later 2>/dev/null
kill -TERM $top; wait $top; is "SIGTERM ends it well" 0 $?
[ "$(wc -l <all)" -lt 20000 ] && pass "no flood of tables" || fail "no flood of tables" "$(wc -l <all) lines"

# -- on the screen: after three seconds, six refreshes, the same shares
screens() { LC_ALL=C timeout 60 "$PTK" top -e cpu-clock "$@" 2>err </dev/null; }
last_screen() { awk '/^----$/ { s = ""; next } { s = s $0 "\n" } END { printf "%s", s }'; }
screens -F 1000 -p $burn -d 0.5 --script '<Wait><Wait><Wait><Wait><Wait><Wait>' | last_screen >last
part() { sed -n "s/^[-+ ] *\([0-9.]*\)\.[0-9]*%.* $1\( <\)*\$/\1/p" last; }
near "big has 60 % on the screen" 60 "$(part big)"
near "middle has 30 %" 30 "$(part middle)"
near "small has 10 %" 10 "$(part small)"
has "what is waited for changes nothing else" '^ptk top: [0-9]+ samples/s, 0 lost, cpu-clock on PID ' "$(head -1 last)"

# -- one that comes is shown by name, one that goes is forgotten
cp burn later
(until_line 'Command' come; exec ./later 100000000) & later=$!
at_exit "kill $later 2>/dev/null"
screens -F 1000 -d 0.2 -s comm --script "$(printf '<Wait>%.0s' $(seq 15))" >come
has "on the screen, too" '^ +[0-9.]+%  #* +later' "$(cat come)"
screens -F 1000 -d 0.1 -z -s comm --script "/later<Wait><Wait><Wait>$(printf '<Wait>%.0s' $(seq 20))" >go & watching=$!
until_line 'later( <)?$' go
kill $later; wait $later 2>/dev/null; wait $watching
has "one that ended is forgotten" 'nothing has this in its name' "$(last_screen <go)"

# -- whom and what: each as text and on the screen
shows() {	# WHAT PATTERN OPTIONS…
	local what=$1 pattern=$2; shift 2
	has "$what" "$pattern" "$(screens -d 0.3 "$@" --script '<Wait>' | last_screen)"
	has "$what, as text" "$pattern" "$("$PTK" top --stdio -e cpu-clock -d 0.3 "$@" 2>&1 </dev/null & t=$!; read -rt 0.9 <> <(:); kill -INT $t; wait $t)"
}
shows "-u: a user's" '^ptk top: .* on processes of root' -u root
shows "-C: a CPU's" ' on CPU 0$' -C 0
shows "-t: a thread's" ' on TID [0-9]+$' -t $burn
shows "-K" ', without the kernel' -K
shows "-U" ', the kernel only' -U
shows "-g: callers have rows" '100.00% .* 0\.[0-9]+% .* main( <)?$|100.00% +0\.[0-9]+% .* main$' -g -p $burn
lacks "-K leaves the kernel out" '\[k\]' "$(screens -K -d 0.3 --script '<Wait>')"
lacks "-U user space" '\[\.\]' "$(screens -U -d 0.3 --idle --script '<Wait>')"
has "-n: a number of samples" 'Overhead +Samples +Command' "$(screens -n -s comm -d 0.2 --script '')"
screens -e page-faults -d 0.2 --script '<Tab>' >events
has "of several events the header has the one that is shown in brackets" ', 0 lost, \[cpu-clock\], page-faults on ' "$(head -1 events)"
has "Tab goes to the next" ', 0 lost, cpu-clock, \[page-faults\] on ' "$(last_screen <events)"
out=$(screens -p $burn --percent-limit 20 -d 0.3 --script '<Wait>' | last_screen)
is "--percent-limit" "big middle" "$(sed -n 's/.*\[\.\] \([a-z]*\).*/\1/p' <<<"$out" | xargs)"
if "$PTK" stat -e msr/tsc/ true >/dev/null 2>&1; then
	out=$("$PTK" top -e msr/tsc/ 2>&1 </dev/null); is "an event that cannot sample" 1 $?
	has "is said to be one" 'cannot open msr/tsc/: it can be counted, not sampled' "$out"
else
	skip 2 "no msr/tsc/ here"
fi
out=$("$PTK" top -u nobody-of-that-name 2>&1); is "a user that is not there" 2 $?
has "is said" 'nobody-of-that-name' "$out"

# -- all that is watched has ended
"$PTK" top --stdio -e cpu-clock -d 0.2 -p $burn >gone 2>&1 & top=$!
until_line 'big$' gone
kill $burn; wait $top; is "it ends with the last task" 0 $?
done_testing
