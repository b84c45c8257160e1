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
	F(dwarf_filesrc) F(dwarf_formstring) F(dwarf_formudata) F(dwarf_get_units) F(dwarf_getalt) F(dwarf_getsrc_die) \
	F(dwarf_getsrcfiles) F(dwarf_getsrclines) F(dwarf_lineendsequence) F(dwarf_lineno) F(dwarf_linesrc) \
	F(dwarf_ranges) F(dwarf_setalt) F(dwarf_siblingof) F(dwarf_tag) F(dwelf_dwarf_gnu_debugaltlink) \
	F(dwarf_addrdie) F(dwarf_aggregate_size) F(dwarf_bytesize) F(dwarf_cfi_addrframe) F(dwarf_cfi_end) F(dwarf_decl_line) F(dwarf_diecu) \
	F(dwarf_diename) F(dwarf_entrypc) F(dwarf_formaddr) F(dwarf_formflag) F(dwarf_formref_die) F(dwarf_formsdata) F(dwarf_frame_cfa) \
	F(dwarf_getcfi) F(dwarf_getcfi_elf) F(dwarf_getlocation) F(dwarf_getlocation_addr) F(dwarf_getlocation_attr) F(dwarf_getlocations) F(dwarf_haspc) F(dwarf_hasattr) \
	F(dwarf_lineaddr) F(dwarf_linebeginstatement) F(dwarf_onesrcline) F(dwarf_whatform)
DYNLIB_DECLARE(libdw, LIBDW_FUNCTIONS);

#endif
