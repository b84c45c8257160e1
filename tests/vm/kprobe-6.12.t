#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernel probes in a guest with Debian's Linux 6.12; see kprobe.sh.
. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/vm/kprobe.sh"
test_mirror 6.12
