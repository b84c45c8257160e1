#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk top in a real terminal: keys, another size, Ctrl-Z and back, the end of the terminal.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v tmux >/dev/null || { skip 1 "no tmux"; done_testing; }
"$PTK" record -q -e cpu-clock -o probe.data true 2>err || { skip 1 "cannot sample here: $(head -1 err)"; done_testing; }

# without a terminal that it knows
out=$(TERM= "$PTK" top --tui </dev/null 2>&1); is "no terminal: an error" 1 $?
has "and what to do" '--stdio prints text' "$out"

# a terminal multiplexer may hand down a socket of the one around it
unset TMUX
tm() { tmux -f /dev/null -S "$TMP/socket" "$@"; }
at_exit 'tmux -S "$TMP/socket" kill-server 2>/dev/null'
LC_ALL=C.UTF-8 tm new-session -d -s t -x 80 -y 24 "bash --norc" 2>err || { skip 1 "no tmux here: $(head -1 err)"; done_testing; }
keys() { tm send-keys -t t "$@"; }
screen() { tm capture-pane -p -t t; }
# waits until the screen has a line like this
shows() {
	local n=0
	until screen | grep -Eq -- "$2"; do
		((++n > 200)) && { fail "$1" "wanted $2 in:" "$(screen)"; return; }
		read -rt 0.05 <> <(:)
	done
	pass "$1"
}

keys "'$PTK' top --idle -e cpu-clock -d 0.3; echo it ends with \$?; stty -a" Enter
shows "rows of functions" '^ +[0-9.]+% .* \[[k.]\] '
has "a header" '^ptk top: [0-9]+ samples a second, 0 lost, cpu-clock on all [0-9]+ CPUs' "$(screen | head -1)"
keys '?'; shows "? lists the keys" 'Escape +back'
keys Escape s; shows "s offers sort keys" '^  comm,dso,sym'
keys Down Down Enter; shows "by program" '^Overhead +Command'
keys / z z q x; shows "a filter" '^/zzqx_'
shows "that nothing passes" 'nothing has this in its name'
keys Escape; shows "Escape ends it" '^\? keys'
tm resize-window -t t -x 100 -y 10; keys x; shows "another size" '^\? keys'
is "its last line is the last" 10 "$(screen | grep -n '^? keys' | cut -d: -f1)"
tm resize-window -t t -x 10 -y 3; keys x; tm resize-window -t t -x 80 -y 24; keys x
shows "a tiny window does no harm" '^Overhead +Command'
keys C-z; shows "Ctrl-Z stops it" 'Stopped'
keys fg Enter; shows "and it comes back" '^ptk top:'
shows "with its rows" '^Overhead +Command'
keys q; shows "q ends it" 'it ends with'
shows "the terminal echoes again" '(^| )icanon'
lacks "and has its modes" '-echo |-icrnl' "$(screen)"
done_testing
