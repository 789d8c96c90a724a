/* Messages that are made to break a reader, by kind; every one is made by a few lines here. */
#pragma once

#include <glib.h>

typedef struct
{
  char *name;
  GByteArray *bytes;
  GBytes *content; /* nullable: what the part called "x.bin" holds, to the byte */
} Torture;

/* The nth message of a kind, NULL behind its last; *known FALSE: there is no such kind. */
Torture *torture_make (guint kind, guint n, gboolean *known) G_GNUC_WARN_UNUSED_RESULT;
void torture_free (Torture *torture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Torture, torture_free)
