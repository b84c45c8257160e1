# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for ptk: modes, options (from the program's own tables), events.
_ptk()
{
	local cur=${COMP_WORDS[COMP_CWORD]} mode=${COMP_WORDS[1]-} i=$COMP_CWORD prev

	# bash breaks words at colons: "sched:sched_sw" comes as three of them
	while ((i > 1)) && [[ ${COMP_WORDS[i-1]} == : || ${COMP_WORDS[i]} == : ]]; do
		((i--))
		cur=${COMP_WORDS[i]}$cur
	done
	prev=${COMP_WORDS[i-1]}
	COMPREPLY=()
	if ((COMP_CWORD == 1)) || [[ $mode == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(ptk help --words 2>/dev/null)" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(ptk help --words "$mode" 2>/dev/null)" -- "$cur")
	elif [[ $prev == -e || $prev == --event ]]; then
		# the last of a list is completed; of it and all before, what stands behind the last colon is what bash wants
		local before= broken=
		[[ $cur == *,* ]] && before=${cur%,*},
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(ptk list --raw-dump 2>/dev/null)" -- "${cur##*,}")
		if ((i < COMP_CWORD)); then
			broken=${cur%"${cur##*:}"}
			COMPREPLY=("${COMPREPLY[@]#"$broken"}")
		fi
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur"; ((COMP_CWORD > 1)) && compgen -c -- "$cur")
	fi
}
complete -o filenames -F _ptk ptk
