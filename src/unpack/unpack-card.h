/* Contact cards: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350).  Pure; any bytes will do. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* Kinds: "name"; its parts "family", "given", "additional", "prefix", "suffix"; "nickname", "organization", "title", "phone", "email", "address", "url", "birthday", "note", "photo" (base64).
 * Floating value of UNPACK_CARDS, or NULL with *status set. */
GVariant *unpack_card (GBytes *bytes, UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
