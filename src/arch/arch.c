/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>

/* To add an architecture: its table in a file of its own, a declaration in arch.h, a row here. */
static const struct arch *const table[] = { &arch_x86_64, &arch_aarch64, NULL };

const struct arch *arch_find(const char *machine)
{
	if (!machine)
		return NULL;
	for (const struct arch *const *a = table; *a; a++) {
		if (!strcmp((*a)->name, machine))
			return *a;
		for (const char *const *alias = (*a)->aliases; *alias; alias++)
			if (!strcmp(*alias, machine))
				return *a;
	}
	return NULL;
}

const struct arch *arch_of_elf(uint16_t machine)
{
	for (const struct arch *const *a = table; *a; a++)
		if ((*a)->elf_machine == machine)
			return *a;
	return NULL;
}

const struct arch *arch_host(void)
{
	struct utsname host;

	return uname(&host) ? NULL : arch_find(host.machine);
}

const char *arch_register(const struct arch *arch, unsigned number)
{
	return arch && number < 64 && arch->registers[number] ? arch->registers[number] : "unknown";
}
