#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The screens in a real terminal (tmux): keys, another size, Ctrl-Z and back, Ctrl-C, the end of the terminal, a
# crash, terminals that can do less.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v tmux >/dev/null || { skip 1 "no tmux"; done_testing; }
"$PTK" record -q -e cpu-clock -o probe.data true 2>err || { skip 1 "cannot sample here: $(head -1 err)"; done_testing; }

# without a terminal that it knows
out=$(TERM= "$PTK" top --tui </dev/null 2>&1); is "no terminal: an error" 1 $?
has "and what to do" '--stdio prints text' "$out"

# a terminal multiplexer may hand down a socket of the one around it
unset TMUX NO_COLOR
tm() { tmux -f /dev/null -S "$TMP/socket" "$@"; }
at_exit 'tmux -S "$TMP/socket" kill-server 2>/dev/null'
export PTK
LC_ALL=C.UTF-8 tm new-session -d -s t -x 80 -y 24 "bash --norc" 2>err || { skip 1 "no tmux here: $(head -1 err)"; done_testing; }
tm set-option -g remain-on-exit off
keys() { tm send-keys -t t "$@"; }
screen() { tm capture-pane -p -t t; }
colored() { tm capture-pane -p -e -t t; }
# waits until the screen has a line like this
until_shown() { local n=0; until screen | grep -Eq -- "$1"; do ((++n > 300)) && return 1; read -rt 0.03 <> <(:); done; return 0; }
shows() { if until_shown "$2"; then pass "$1"; else fail "$1" "wanted $2 in:" "$(screen)"; fi; }
# runs a line in the shell there, on a clean screen
types() { keys "clear; $1" Enter; }
top="'$PTK' top --idle -e cpu-clock -d 0.3"

types "stty -g >before"
types "$top; echo it ends with \$?"
shows "rows of functions" '^ +[0-9.]+% .* \[[k.]\] '
has "a header" '^ptk top: [0-9]+ samples/s, 0 lost, cpu-clock on all [0-9]+ CPUs' "$(screen | head -1)"
keys '?'; shows "? lists the keys" 'Escape +back'
keys Escape s; shows "s offers sort keys" '^  comm,dso,sym'
keys Down Down Enter; shows "by program" '^Overhead +Command'
keys / z z q x; shows "a filter" '^/zzqx_'
shows "that nothing passes" 'nothing has this in its name'
keys Escape; shows "Escape ends it" '^\? keys'
keys T; shows "tasks" '^Overhead .* PID +TID +Command'
keys Enter; shows "zoom into one" '^only process [0-9]+ \('
keys Escape Escape; shows "and back" '^Overhead +Command'
keys p; shows "p stands still" 'PAUSED'
keys p
tm resize-window -t t -x 100 -y 10; keys x; shows "another size" '^\? keys'
is "its last line is the last" 10 "$(screen | grep -n '^? keys' | cut -d: -f1)"
tm resize-window -t t -x 10 -y 3; keys x; tm resize-window -t t -x 1 -y 1; keys x; tm resize-window -t t -x 80 -y 24; keys x
shows "a tiny window does no harm" '^Overhead +Command'
# at once: ncurses would ignore it while it draws
keys x C-z; shows "Ctrl-Z stops it" 'Stopped'
keys "stty -g | cmp - before && echo as before" Enter; shows "and the terminal is the shell's" '^as before'
tm resize-window -t t -x 90 -y 20
keys "fg; echo it ends with \$?" Enter; shows "and it comes back" '^ptk top:'
shows "with its rows" '^Overhead +Command'
shows "as large as the window became meanwhile" '^\? keys'
is "its last line is the last again" 20 "$(screen | grep -n '^? keys' | cut -d: -f1)"
keys q; shows "q ends it" 'it ends with 0'

# -- the terminal is as before, whatever ends it
ended() {	# WHAT STATUS
	shows "$1: it ends" "it ends with $2"
	types "stty -g | cmp - before && echo as before"; shows "$1: the terminal is as before" '^as before'
	is "$1: the cursor is shown, the mouse is let go, the other screen is left" "1 0 0" "$(tm display-message -p -t t '#{cursor_flag} #{mouse_any_flag} #{alternate_on}')"
}
begin() { types "$top; echo it ends with \$?"; until_shown '^ +[0-9.]+% '; }
pid_of() { pgrep -P "$(tm display-message -p -t t '#{pane_pid}')" ptk | head -1; }
begin; keys C-c; ended "Ctrl-C" 0
begin; kill -TERM "$(pid_of)"; ended "SIGTERM" 0
begin; kill -SEGV "$(pid_of)"; ended "a crash" 139
begin; kill -ABRT "$(pid_of)"; ended "an abort" 134
types "LC_ALL=C '$PTK' report -i probe.data --tui; echo it ends with \$?"; until_shown '^Overhead'; keys C-c; ended "report, Ctrl-C" 0

# -- the mouse, as tmux tells of it: the wheel down, a click on the third row
"${top_builddir:?}/tests/ui/recording" r.data
types "'$PTK' report -i r.data; echo it ends with \$?"; until_shown '^. 50.00%'
selected() { colored | grep -n $'\033\\[[0-9;]*7m' | cut -d: -f1; }
until_selected() { local n=0; until [ "$(selected)" = "$1" ]; do ((++n > 100)) && break; read -rt 0.03 <> <(:); done; selected; }
keys -l $'\033[Ma!!'; is "the wheel moves three lines" 6 "$(until_selected 6)"
keys -l $'\033[M !%'; is "a click selects" 5 "$(until_selected 5)"
keys q; until_shown 'it ends with'

# -- terminals that can do less
colors() { colored | grep -c $'\033\\[[0-9;]*3[1-7]m'; }
begin; [ "$(colors)" -gt 0 ] && pass "colours" || fail "colours" "$(colored)"; keys q; until_shown 'it ends with'
types "NO_COLOR=1 $top; echo it ends with \$?"; until_shown '^ +[0-9.]+% '
is "NO_COLOR: none" 0 "$(colors)"; keys q; until_shown 'it ends with'
types "TERM=xterm $top; echo it ends with \$?"; shows "eight colours" '^ +[0-9.]+% '; keys q; until_shown 'it ends with'
if infocmp xterm-256color 2>/dev/null | sed 's/^xterm-256color|.*/sixteen|of 16 colours,/; s/colors#[0-9a-fx]*/colors#16/' >sixteen.ti && tic -o terminfo sixteen.ti 2>/dev/null; then
	types "TERMINFO='$TMP/terminfo' TERM=sixteen $top; echo it ends with \$?"; until_shown '^ +[0-9.]+% '
	[ "$(colors)" -gt 0 ] && pass "sixteen colours" || fail "sixteen colours" "$(colored)"; keys q; until_shown 'it ends with'
else
	skip 1 "no infocmp and tic"
fi
types "TERM=vt100 $top; echo it ends with \$?"; shows "a vt100" '^ +[0-9.]+% '; keys q; until_shown 'it ends with'
types "LC_ALL=C $top; echo it ends with \$?"; shows "the C locale" '^ +[0-9.]+%  #'; keys q; until_shown 'it ends with'
types "TERM= $top; echo it ends with \$?"; shows "no TERM: text" '^# Overhead'; keys C-c; until_shown 'it ends with'
types "TERM=no-such-terminal $top --tui; echo it ends with \$?"
shows "an unknown terminal is an error" 'the terminal no-such-terminal is not known'
shows "of status 1" 'it ends with 1'

# -- a file that takes long to read: most of it, and the rest in pieces that take longer than anybody waits
"$PTK" record -q -e cpu-clock -F 10000 -g -o - -- timeout 1 bash -c 'while :; do :; done' >piped.data 2>err
mkfifo slow
size=$(stat -c %s piped.data)
feed() {
	local at=$((size / 3 * 2))
	head -c $at piped.data
	for ((; at < size; at += 1000)); do read -rt 0.1 <> <(:); tail -c +$((at + 1)) piped.data | head -c 1000; done
	: >all_read
}
feed >slow 2>/dev/null &
feeder=$!
types "'$PTK' report -i '$TMP/slow'; echo it ends with \$?"
shows "what is read so far is shown" '^[+ ] *[0-9.]+% '
has "and how far it is" 'reading: ' "$(screen | head -1)"
keys Escape; shows "Escape stops it" '^ptk report: .* 0 lost *$'
shows "and what there is stays" '^[+ ] *[0-9.]+% '
[ -e all_read ] && fail "before all is read" || pass "before all is read"
keys q; until_shown 'it ends with'
kill $feeder 2>/dev/null
wait $feeder 2>/dev/null

# -- the terminal goes away
types "stty -g | cmp - before && echo ready"; until_shown '^ready'
tm new-window -d -n gone "bash --norc"
tm send-keys -t gone "exec $top" Enter
n=0; until tm capture-pane -p -t gone | grep -Eq '^ +[0-9.]+% '; do ((++n > 300)) && break; read -rt 0.03 <> <(:); done
gone=$(tm display-message -p -t gone '#{pane_pid}')
tm kill-window -t gone
n=0; while kill -0 "$gone" 2>/dev/null && ((++n < 300)); do read -rt 0.03 <> <(:); done
kill -0 "$gone" 2>/dev/null && fail "it ends with its terminal" || pass "it ends with its terminal"

# -- in screen, too
if type -P screen >/dev/null; then
	echo "startup_message off" >screenrc
	types "SCREENDIR=$TMP/screens screen -c screenrc bash -c \"$top\"; echo left"
	shows "in screen" '^ +[0-9.]+% '; keys q; until_shown '^left'
else
	skip 1 "no screen"
fi
done_testing
