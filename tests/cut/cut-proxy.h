/* Stands between the engine and the model server and ends a connection at a byte: both sides are TLS, so it sees the bytes of the
 * protocols.  Threads of its own; any thread may ask. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CutProxy CutProxy;

/* Which way, and of which protocol. */
typedef enum
{
  CUT_IMAP_TO_SERVER,
  CUT_IMAP_TO_CLIENT,
  CUT_SMTP_TO_SERVER,
  CUT_SMTP_TO_CLIENT,
  CUT_N_WAYS,
} CutWay;

typedef enum
{
  CUT_RESET,
  CUT_CLOSE,   /* without close_notify */
  CUT_SILENCE, /* until the client closes */
  CUT_N_KINDS,
} CutKind;

/* Between these ports of 127.0.0.1 and two of its own. */
CutProxy *cut_proxy_new (guint16 imap_port, guint16 smtp_port) G_GNUC_WARN_UNUSED_RESULT;
void cut_proxy_free (CutProxy *proxy);
guint16 cut_proxy_get_imap_port (CutProxy *proxy);
guint16 cut_proxy_get_smtp_port (CutProxy *proxy);

/* Counts anew, over all connections.  The place that has this number, from 1, is not let through and ends its connection, once;
 * 0: none.  A place is each byte of a command or an answer, each 64th of a literal or of a mail, and what may be a mail's end. */
void cut_proxy_arm (CutProxy *proxy, CutWay way, guint64 number, CutKind kind);
guint64 cut_proxy_count (CutProxy *proxy, CutWay way);
gboolean cut_proxy_has_cut (CutProxy *proxy);

G_END_DECLS
