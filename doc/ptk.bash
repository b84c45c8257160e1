# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for ptk: modes, options (from the program's own tables), events.
_ptk()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} mode=${COMP_WORDS[1]-}

	COMPREPLY=()
	if ((COMP_CWORD == 1)) || [[ $mode == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(ptk help --words 2>/dev/null)" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(ptk help --words "$mode" 2>/dev/null)" -- "$cur")
	elif [[ $prev == -e || $prev == --event ]]; then
		# the last of a list is completed; bash breaks words at colons, so a tracepoint's part behind it comes alone
		local before=
		[[ $cur == *,* ]] && before=${cur%,*},
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(ptk list --raw-dump 2>/dev/null)" -- "${cur##*,}")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur"; ((COMP_CWORD > 1)) && compgen -c -- "$cur")
	fi
}
complete -o filenames -F _ptk ptk
