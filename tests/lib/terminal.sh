# SPDX-License-Identifier: GPL-2.0-or-later
# A real terminal for tests: tmux, a shell in it, keys in and screens out. To be sourced behind tap.sh:
#
#	terminal_open COLUMNS ROWS || done_testing
#	types "ls"; shows "files" '^tap.h'
#
# What is typed there finds ptk as $PTK; nothing but `shows` waits for it.

# a terminal multiplexer may hand down a socket of the one around it
tm() { tmux -f /dev/null -S "$TMP/socket" "$@"; }
# false, and a skip, where there is none
terminal_open() {
	command -v tmux >/dev/null || { skip 1 "no tmux"; return 1; }
	unset TMUX NO_COLOR
	export PTK
	at_exit 'tmux -S "$TMP/socket" kill-server 2>/dev/null'
	LC_ALL=C.UTF-8 tm new-session -d -s t -x "$1" -y "$2" "bash --norc" 2>err || { skip 1 "no tmux here: $(head -1 err)"; return 1; }
	tm set-option -g remain-on-exit off
}

keys() { tm send-keys -t t "$@"; }
# runs a line in the shell there, on a clean screen
types() { keys "clear; $1" Enter; }

screen() { tm capture-pane -p -t t; }
colored() { tm capture-pane -p -e -t t; }

# waits until the screen has a line like this
until_shown() { local n=0; until screen | grep -Eq -- "$1"; do ((++n > 300)) && return 1; read -rt 0.03 <> <(:); done; return 0; }
shows() { if until_shown "$2"; then pass "$1"; else fail "$1" "wanted $2 in:" "$(screen)"; fi; }

# waits until the line of the screen with that number is like this, and no other
shows_in() {	# WHAT LINE PATTERN
	local n=0 at
	until at=$(screen | grep -En -- "$3" | cut -d: -f1); [ "$at" = "$2" ]; do ((++n > 300)) && break; read -rt 0.03 <> <(:); done
	is "$1" "$2" "$at"
}

# ended WHAT STATUS: the program whose line was `...; echo it ends with $?` has left the terminal as `stty -g >before` found it
ended() {
	shows "$1: it ends" "it ends with $2"
	types "stty -g | cmp - before && echo as before"; shows "$1: the terminal is as before" '^as before'
	is "$1: the cursor is shown, the mouse is let go, the other screen is left" "1 0 0" "$(tm display-message -p -t t '#{cursor_flag} #{mouse_any_flag} #{alternate_on}')"
}
# of the program that the shell there runs
pid_of() { pgrep -P "$(tm display-message -p -t t '#{pane_pid}')" "$1" | head -1; }
