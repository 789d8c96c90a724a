/* In which network this computer is, as far as its addresses tell. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The same text as long as it is the same network; "" where there is none.  Any thread, does not wait for anybody. */
char *mail_network_describe (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
