/* What the files of the send worker share.  Its thread only. */
#pragma once

#include "smtp-session.h"
#include "store-outgoing.h"
#include "sync-account.h"
#include "sync-route.h"

G_BEGIN_DECLS

typedef struct
{
  SyncAccount *account; /* borrowed */
  SyncRoute *route;     /* borrowed */
  SyncWorker *worker;   /* borrowed */

  /* Owned */
  StoreDb *db;
  SmtpSession *session;
  GCancellable *cancellable;
  StoreOutbox *ahead; /* taken while the one before it was waited for; nothing of it was sent */
  GPtrArray *
      sent; /* StoreOutbox of what is the server's, and has to go into Sent; the last one is not even marked so */
  GHashTable *checked; /* outbox id -> how often Sent was searched in vain */

  gint64 row;
  SmtpCapability disabled; /* by the settings; offered by this server and then not known */
  guint unreachable;       /* how often in a row Sent could not be looked at */
  gint64 on_its_way;       /* outbox id */
  guint64 total;           /* octets of that; 0: nobody counted them */
  gint64 told_at;          /* how far it is; monotonic */
  gboolean told_disk;      /* the person knows that this computer cannot write */
} Sender;

gint64 sync_send_now (void); /* seconds */
/* When what could not be sent is tried again. */
gint64 sync_send_get_retry_time (const StoreOutbox *outbox);

/* ---- what was sent (sync-send-copy.c) ---- */
/* Whether the server that has it puts a copy into Sent by itself. */
gboolean sync_send_files_sent (Sender *sender, const StoreOutbox *outbox);
/* The folder for the copy: the account's Sent.  0: none.  `filed`: the server has put it there, so it has its own. */
gint64 sync_send_find_sent_folder (Sender *sender, gboolean filed);
/* It is theirs: out of the outbox, and into Sent.  `filed`: the server has put a copy there, or is about to; the one made here becomes that one
 * as soon as it is found there. */
gboolean sync_send_finish_one (Sender *sender, const StoreOutbox *outbox, gint64 sent,
                               gboolean filed, GError **error);

G_END_DECLS
