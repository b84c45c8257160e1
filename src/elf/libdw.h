/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libdw, loaded when the first debug information is read (base/dynlib.h). */
#ifndef PTK_ELF_LIBDW_H
#define PTK_ELF_LIBDW_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>

#include "base/dynlib.h"

#define LIBDW_FUNCTIONS(F) \
	F(dwarf_attr) F(dwarf_attr_integrate) F(dwarf_begin_elf) F(dwarf_child) F(dwarf_dieoffset) F(dwarf_end) \
	F(dwarf_filesrc) F(dwarf_formstring) F(dwarf_formudata) F(dwarf_get_units) F(dwarf_getsrc_die) \
	F(dwarf_getsrcfiles) F(dwarf_getsrclines) F(dwarf_lineendsequence) F(dwarf_lineno) F(dwarf_linesrc) \
	F(dwarf_ranges) F(dwarf_setalt) F(dwarf_siblingof) F(dwarf_tag) F(dwelf_dwarf_gnu_debugaltlink)
DYNLIB_DECLARE(libdw, LIBDW_FUNCTIONS);

#endif
