/* Address lists, typed or received.  Pure, any thread. */
#pragma once

#include "mime-message.h"

G_BEGIN_DECLS

/* Addresses of a header value (mime_raw_to_value (); nullable); groups flattened.  New array of MimeAddress. */
GPtrArray *mime_address_parse_header (const char *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
