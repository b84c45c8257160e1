#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk report in a real terminal (tmux) while its file is still being read: one that takes long, a pipe that pauses.
. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/terminal.sh"

"$PTK" record -q -e cpu-clock -F 10000 -g -o - -- timeout 1 bash -c 'while :; do :; done' >piped.data 2>err
[ -s piped.data ] ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }
terminal_open 80 24 || done_testing
types "stty -g >before"
size=$(stat -c %s piped.data)
mkfifo pipe

# -- a pipe that takes long: most of it, and the rest in pieces that take longer than anybody waits
feed() {
	local at=$((size / 3 * 2))
	head -c $at piped.data
	for ((; at < size; at += 1000)); do read -rt 0.1 <> <(:); tail -c +$((at + 1)) piped.data | head -c 1000; done
	: >all_read
}
feed >pipe 2>/dev/null &
feeder=$!
types "'$PTK' report -i '$TMP/pipe'; echo it ends with \$?"
shows "what is read so far is shown" '^[+ ] *[0-9.]+% '
has "and how far it is" 'reading: [0-9]+ [kM]B \(Escape stops\), ' "$(screen | head -1)"
keys Escape; shows "Escape stops it" '^ptk report: .*pipe, the first [0-9]+ [kM]B, [0-9]+ samples of '
shows "and what there is stays" '^[+ ] *[0-9.]+% '
[ -e all_read ] && fail "before all is read" || pass "before all is read"
keys a; shows "a has its samples by address, though a pipe cannot be read again" '^ Percent +[^ ]+ in '
keys q; until_shown 'it ends with'
kill $feeder 2>/dev/null
wait $feeder 2>/dev/null
# a new one: what the feeder's children wrote last may still be in the old one
rm pipe; mkfifo pipe

# -- standard input is a pipe with something in it, and then nothing comes: keys are those of the terminal, and are answered
paused() {	# BYTES OPTIONS…: they are in the pipe, whose writer lives
	local bytes=$1; shift
	exec 9<>pipe
	types "'$PTK' report -i - $* <'$TMP/pipe'; echo it ends with \$?"
	head -c "$bytes" piped.data >&9
}
goes_on() { tail -c +"$(($1 + 1))" piped.data >&9; }
over() { exec 9>&-; }
selected() { colored | grep -n $'\033\\[[0-9;]*7m' | cut -d: -f1; }
until_selected() { local n=0; until [ "$(selected)" = "$1" ]; do ((++n > 100)) && break; read -rt 0.03 <> <(:); done; selected; }
amount() { if (($1 < 1000000)); then echo "$(($1 / 1000)) kB"; else echo "$(($1 / 1000000)) MB"; fi; }
part=$((size / 2))
paused $part
shows "rows, while nothing comes" '^[+ ] *[0-9.]+% '
has "and how far it is" "^ptk report: standard input, reading: $(amount $part) \(Escape stops\), [0-9]+ samples" "$(screen | head -1)"
keys Down Down; is "the selection moves" 5 "$(until_selected 5)"
keys '?'; shows "and ? lists keys" '^  Escape +stop reading, and look at what there is'
keys Escape; tm resize-window -t t -x 90 -y 12
shows_in "another size: its last line is the last" 12 '^\? keys'
keys C-z; shows "Ctrl-Z stops it" 'Stopped'
keys "fg; echo it ends with \$?" Enter; shows "and it comes back" '^ptk report: standard input, reading'
keys Escape; shows "Escape stops reading" "^ptk report: standard input, the first $(amount $part), [0-9]+ samples"
keys q; ended "q" 0
tm resize-window -t t -x 80 -y 24
over

paused $part; until_shown '^[+ ] *[0-9.]+% '
goes_on $part; shows "what comes later is shown" "reading: $(amount $size)"
over; shows "at its end nothing is said of reading" '^ptk report: standard input, [0-9]+ samples'
keys q; ended "read to its end" 0

paused $part; until_shown '^[+ ] *[0-9.]+% '; keys C-c; ended "Ctrl-C, while nothing comes" 0; over
paused $part; until_shown '^[+ ] *[0-9.]+% '; kill -TERM "$(pid_of ptk)"; ended "SIGTERM, while nothing comes" 0; over

# -- before the first sample
paused 16; shows "before the first sample there is a screen" '^  no samples yet'
has "that says so" '^ptk report: standard input, reading: 0 kB \(Escape stops\)' "$(screen | head -1)"
keys v; until_shown '^Escape back'; keys Enter '?'; shows "and keys" '^  q +end'
keys Escape; goes_on 16; shows "then it has rows, of callers, too" '^Children +Self +Command'
keys q; ended "q before the end" 0; over
paused 16; until_shown 'no samples yet'; keys C-c; ended "Ctrl-C before the first sample" 0; over
paused 16; until_shown 'no samples yet'; keys Escape; shows "Escape, and there is nothing to look at" 'standard input has no samples'; ended "that" 0; over

# -- no screen was asked for, or there can be none
types "'$PTK' report -i - --stdio <'$TMP/piped.data' | head -20"; shows "--stdio prints text" '^# Children|^# Overhead'
types "TERM= '$PTK' report -i - <'$TMP/piped.data' | tail -3; echo done"; shows "no TERM: text" '^done'
types "TERM=no-such-terminal '$PTK' report -i - --tui <'$TMP/piped.data'; echo it ends with \$?"
shows "an unknown terminal is an error" 'the terminal no-such-terminal is not known'
# -- files are written by a process of their own, while the screen goes on
types "'$PTK' report -i piped.data; echo it ends with \$?"
until_shown '^\? keys'
keys f; shows "f says when it is done" '^written to ptk-1.html'
is "the page is whole" '</html>' "$(tail -n 1 ptk-1.html)"
keys P; shows "P, too" '^written to ptk-1.txt'
keys f q; ended "q at once" 0
is "the file is whole all the same" '</html>' "$(tail -n 1 ptk-2.html)"
types "(ulimit -f 1; '$PTK' report -i piped.data; echo it ends with \$?)"
until_shown '^\? keys'
keys f; shows "what cannot be written is said" '^cannot write ptk-3.html: File too large'
is "and leaves nothing" "" "$(ls ptk-3.html 2>/dev/null)"
keys q; ended "and the screen goes on" 0
done_testing
