/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "elf/libdw.h"

DYNLIB_DEFINE(libdw, LIBDW_SONAME, LIBDW_FUNCTIONS);
