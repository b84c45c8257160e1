/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the file behind a mapping: it may have been replaced or deleted
 * since, or lie in a container. Used by images.c and kernel.c.
 */
#ifndef PTK_SESSION_IMAGE_FILE_H
#define PTK_SESSION_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/image.h"
#include "session/images.h"

/* A recorded build-id may be filled up with zeros to 20 bytes. */
bool build_id_agrees(const uint8_t *recorded, size_t recorded_size, const uint8_t *id, size_t size);

/*
 * Opens the image that was mapped as `path` by process `pid` (0: not known).
 * NULL when there is none of that build; *replaced: there is one of another.
 */
struct image *image_file_open(const struct images_options *options, const char *path, uint32_t pid,
			      const uint8_t *build_id, uint8_t build_id_size, bool *replaced);
/* This process's own vdso, if it is of that build. */
struct image *image_vdso_open(const uint8_t *build_id, uint8_t build_id_size);

#endif
