/* Parts of an opened message that were left on the server: fetched when somebody wants them, by the thread that wants them.
 *
 * Pool threads, but for what is marked; blocks.  Whoever calls has a cancellable of mail_engine_begin_request (). */
#pragma once

#include "mail-private.h"
#include "store-partial.h"

G_BEGIN_DECLS

/* How far a part is: written by the pool thread, read by the main thread.  Atomic. */
typedef struct
{
  gatomicrefcount ref_count;
  int permille; /* -1: nothing has come yet */
  int is_here;
} MailProgress;

MailProgress *mail_progress_new (gboolean is_here) G_GNUC_WARN_UNUSED_RESULT;
MailProgress *mail_progress_ref (MailProgress *progress);
void mail_progress_unref (MailProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailProgress, mail_progress_unref)

/* Something that needs this part begins, and ends with `task`; main thread.  New reference. */
MailProgress *mail_part_begin (MailPart *part, GTask *task) G_GNUC_WARN_UNUSED_RESULT;

/* Where it comes from.  Borrowed: the engine waits for its calls. */
typedef struct
{
  SyncEngine *sync;
  Store *store;
} MailSource;
MailSource mail_engine_get_source (MailEngine *engine); /* main thread */

/* Makes sure that the content of this part is in `parsed`.  `progress` is nullable.  GONE, RETRY offline. */
gboolean mail_fetch_part (const MailSource *source, MailParsed *parsed, guint index,
                          MailProgress *progress, GCancellable *cancellable, GError **error);
/* The bytes of the message, all of them. */
GBytes *mail_fetch_whole (const MailSource *source, MailParsed *parsed, GCancellable *cancellable,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is here of a message, by a thread that has a connection: all, or a partial message with those of its parts that have
 * come.  GONE when it is not here. */
typedef struct
{
  GBytes *bytes;
  StorePartial *partial; /* nullable: what `bytes` lack */
  GPtrArray *contents;   /* of MailGiven */
} MailRead;

typedef struct
{
  guint index;
  gboolean decoded;
  GBytes *content;
} MailGiven;

MailRead *mail_read_body (StoreDb *db, gint64 message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mail_read_free (MailRead *read);

G_END_DECLS
