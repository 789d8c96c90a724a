/* What a fuzz target is: one function that takes strangers' bytes and ends the program when what comes out breaks a promise.  libFuzzer
 * calls it, or fuzz-driver.c. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Ends the program where it is no text: valid UTF-8. */
void fuzz_check_text (const char *text);

G_END_DECLS
