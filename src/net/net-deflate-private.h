/* Raw deflate both ways (RFC 1951), as IMAP's COMPRESS wants it (RFC 4978): no header, each message of the protocol brought to
 * an octet's end.  Belongs to the thread of its connection. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _NetDeflate NetDeflate;

NetDeflate *net_deflate_new (void) G_GNUC_WARN_UNUSED_RESULT;
void net_deflate_free (NetDeflate *codec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetDeflate, net_deflate_free)

/* What came from the peer; copied. */
void net_deflate_feed (NetDeflate *codec, const void *data, gsize length);
/* At most `size` octets of what was fed, however much more they would become; *done 0: more has to be fed first.
 * FALSE when it is no deflate, or the peer ended it. */
gboolean net_deflate_take (NetDeflate *codec, void *data, gsize size, gsize *done);
/* The octets to send for `data`, all of it readable for the peer at once; borrowed until the next call. */
const guint8 *net_deflate_pack (NetDeflate *codec, const void *data, gsize length,
                                gsize *packed_length);

G_END_DECLS
