/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -C of every mode that reads samples from a file. */
#ifndef PTK_CMD_SAMPLE_CPUS_H
#define PTK_CMD_SAMPLE_CPUS_H

#include "base/error.h"
#include "data/reader.h"

/* An error where samples are to be picked by their CPU and none has it. reader NULL: a file of another tool. */
struct error *sample_cpus_known(const struct data_reader *reader) MUST_CHECK;

#endif
