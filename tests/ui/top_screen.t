#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The screens in a real terminal (tmux): keys, another size, Ctrl-Z and back, Ctrl-C, the end of the terminal, a
# crash, terminals that can do less.
. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/terminal.sh"

"$PTK" record -q -e cpu-clock -o probe.data true 2>err || { skip 1 "cannot sample here: $(head -1 err)"; done_testing; }

# without a terminal that it knows
out=$(TERM= "$PTK" top --tui </dev/null 2>&1); is "no terminal: an error" 1 $?
has "and what to do" '--stdio prints text' "$out"

terminal_open 80 24 || done_testing
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
tm resize-window -t t -x 100 -y 10; keys x; shows_in "another size: its last line is the last" 10 '^\? keys'
tm resize-window -t t -x 10 -y 3; keys x; tm resize-window -t t -x 1 -y 1; keys x; tm resize-window -t t -x 80 -y 24; keys x
shows "a tiny window does no harm" '^Overhead +Command'
# at once: ncurses would ignore it while it draws
keys x C-z; shows "Ctrl-Z stops it" 'Stopped'
keys "stty -g | cmp - before && echo as before" Enter; shows "and the terminal is the shell's" '^as before'
tm resize-window -t t -x 90 -y 20
keys "fg; echo it ends with \$?" Enter; shows "and it comes back" '^ptk top:'
shows "with its rows" '^Overhead +Command'
shows_in "as large as the window became meanwhile" 20 '^\? keys'
keys q; shows "q ends it" 'it ends with 0'

# -- the terminal is as before, whatever ends it
begin() { types "$top; echo it ends with \$?"; until_shown '^ +[0-9.]+% '; }
begin; keys C-c; ended "Ctrl-C" 0
begin; kill -TERM "$(pid_of ptk)"; ended "SIGTERM" 0
begin; kill -SEGV "$(pid_of ptk)"; ended "a crash" 139
begin; kill -ABRT "$(pid_of ptk)"; ended "an abort" 134
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
