/* Names for tests: a program that asks for the host of a provider gets the scripted server. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* From here on, in the whole process, every name is 127.0.0.1 and none has other records. */
void fake_resolver_install (void);

/* From now on every name is these instead ("::1", "127.0.0.2"), in that order; NULL-terminated, copied; NULL: 127.0.0.1 again. */
void fake_resolver_set_addresses (const char *const *addresses);

/* From now on no question is answered: whoever asks waits until they do not want to know any more. */
void fake_resolver_be_silent (void);

G_END_DECLS
