/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the source, and where their code begins. */
#include <stdlib.h>
#include <string.h>

#include "probe/dwarf_image.h"

bool dwarf_file_is(const char *path, const char *name)
{
	size_t path_len = strlen(path), len = strlen(name);

	return len <= path_len && !strcmp(path + path_len - len, name) && (len == path_len || *name == '/' || path[path_len - len - 1] == '/');
}

int dwarf_first_line(struct dwarf_image *d, struct dwarf_place *place, const char **file)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word index;
	Dwarf_Die unit;
	int line = 0;
	size_t n;

	*file = NULL;
	if (d->dw->dwarf_attr_integrate(&place->scope, DW_AT_decl_line, &attr)) {
		Dwarf_Word word;
		line = !d->dw->dwarf_formudata(&attr, &word) && word < INT32_MAX ? (int)word : 0;
	}
	if (d->dw->dwarf_attr_integrate(&place->scope, DW_AT_decl_file, &attr) && !d->dw->dwarf_formudata(&attr, &index) &&
	    d->dw->dwarf_diecu(&place->scope, &unit, NULL, NULL) && !d->dw->dwarf_getsrcfiles(&unit, &files, &n) && index < n)
		*file = d->dw->dwarf_filesrc(files, index, NULL, NULL);
	return line;
}

static int by_address(const void *a, const void *b)
{
	const struct dwarf_line *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static void unit_lines(struct dwarf_image *d, Dwarf_Die *unit, struct dwarf_place *place, const char *file, dwarf_lines *out)
{
	Dwarf_Lines *lines;
	size_t n;

	if (d->dw->dwarf_getsrclines(unit, &lines, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		Dwarf_Line *row = d->dw->dwarf_onesrcline(lines, i);
		bool statement = false, end = false;
		struct dwarf_line line;
		Dwarf_Addr address;
		if (!row || d->dw->dwarf_linebeginstatement(row, &statement) || !statement || d->dw->dwarf_lineendsequence(row, &end) || end ||
		    d->dw->dwarf_lineno(row, &line.line) || !line.line || d->dw->dwarf_lineaddr(row, &address))
			continue;
		if (place && d->dw->dwarf_haspc(&place->scope, address) <= 0)
			continue;
		line.address = address;
		line.file = d->dw->dwarf_linesrc(row, NULL, NULL);
		if (line.file && (!file || dwarf_file_is(line.file, file)))
			vec_push(out, line);
	}
}

/* Does the unit's line table have a row of that file? Asking its list of files is cheaper than decoding the table. */
static bool unit_has_file(struct dwarf_image *d, Dwarf_Die *unit, const char *file)
{
	Dwarf_Files *files;
	size_t n;

	if (d->dw->dwarf_getsrcfiles(unit, &files, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name = d->dw->dwarf_filesrc(files, i, NULL, NULL);
		if (name && dwarf_file_is(name, file))
			return true;
	}
	return false;
}

void dwarf_list_lines(struct dwarf_image *d, struct dwarf_place *place, const char *file, dwarf_lines *lines)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	if (place && d->dw->dwarf_diecu(&place->outer, &unit, NULL, NULL))
		unit_lines(d, &unit, place, file, lines);
	while (!place && !d->dw->dwarf_get_units(d->dwarf, cu, &cu, NULL, NULL, &unit, NULL))
		if (unit_has_file(d, &unit, file))
			unit_lines(d, &unit, NULL, file, lines);
	vec_sort(lines, by_address);
}
