/* What a fuzz target is: one function that takes strangers' bytes and ends the program when what comes out breaks a promise.  libFuzzer
 * calls it, or fuzz-driver.c. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Ends the program where it is no text: valid UTF-8. */
void fuzz_check_text (const char *text);
/* Letters and digits of a text, without the targets of links ("<https://...>"): where they stand depends on where a broken link is taken
 * to end. */
char *fuzz_words (const char *text);

G_END_DECLS
