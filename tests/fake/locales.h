/* Locales for tests, which the system need not have: made where they are missing, for this program only.  The main thread, while no other
 * one runs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As setlocale () does, after making "de_DE.UTF-8" if need be; a test that cannot have it fails.  What the program says stays
 * as LANGUAGE has it. */
void locales_set (int category, const char *name);

/* At the end of the program. */
void locales_remove (void);

G_END_DECLS
