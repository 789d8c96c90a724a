/* What an opened message lacks, from the store or, where it is not there either, from the server.  Pool threads, with a connection to
 * the store of their own for the moment; must never hold the lock of a message while it waits. */
#include "mail-fetch.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-engine-private.h"

MailProgress *
mail_progress_new (gboolean is_here)
{
  MailProgress *progress = g_new0 (MailProgress, 1);

  g_atomic_ref_count_init (&progress->ref_count);
  progress->permille = -1;
  progress->is_here = is_here;
  return progress;
}

MailProgress *
mail_progress_ref (MailProgress *progress)
{
  g_atomic_ref_count_inc (&progress->ref_count);
  return progress;
}

void
mail_progress_unref (MailProgress *progress)
{
  if (g_atomic_ref_count_dec (&progress->ref_count))
    g_free (progress);
}

MailSource
mail_engine_get_source (MailEngine *engine)
{
  mail_engine_begin_sync (engine);
  return (MailSource){ .sync = engine->sync, .store = engine->store };
}

/* ---- what is here ---- */

static void
given_free (gpointer data)
{
  MailGiven *given = data;

  g_bytes_unref (given->content);
  g_free (given);
}

void
mail_read_free (MailRead *read)
{
  g_clear_pointer (&read->bytes, g_bytes_unref);
  g_clear_pointer (&read->partial, store_partial_free);
  g_clear_pointer (&read->contents, g_ptr_array_unref);
  g_free (read);
}

static void
read_contents (StoreDb *db, gint64 message, MailRead *read)
{
  for (guint i = 0; i < read->partial->parts->len; i++) {
    const StorePart *part = read->partial->parts->pdata[i];
    gboolean decoded = FALSE;
    GBytes *content =
        part->is_here ? store_partial_get_part (db, message, part->index, &decoded, NULL) : NULL;

    /* One that is not whole any more is asked for again when it is wanted. */
    if (content != NULL) {
      MailGiven *given = g_new0 (MailGiven, 1);

      *given = (MailGiven){ .index = part->index, .decoded = decoded, .content = content };
      g_ptr_array_add (read->contents, given);
    }
  }
}

MailRead *
mail_read_body (StoreDb *db, gint64 message, GError **error)
{
  g_autoptr (GError) local = NULL;
  MailRead *read = g_new0 (MailRead, 1);

  read->contents = g_ptr_array_new_with_free_func (given_free);
  read->bytes = store_message_get_body (db, message, &local);
  if (read->bytes != NULL)
    return read;
  if (g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    g_clear_error (&local);
    read->partial = store_partial_get (db, message, &local);
  }
  /* Between the two the whole may have come. */
  if (read->partial == NULL && g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    g_clear_error (&local);
    read->bytes = store_message_get_body (db, message, &local);
    if (read->bytes != NULL)
      return read;
  }
  if (read->partial == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    mail_read_free (read);
    return NULL;
  }
  read->bytes = g_bytes_ref (read->partial->bytes);
  read_contents (db, message, read);
  return read;
}

/* ---- what is not ---- */

static gboolean
check_source (const MailSource *source, MailParsed *parsed, GError **error)
{
  if (source->sync != NULL && source->store != NULL && parsed->account != NULL)
    return TRUE;
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
  return FALSE;
}

static gboolean
is_missing (MailParsed *parsed, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&parsed->lock);
  GPtrArray *parts = mime_message_get_parts (parsed->mime);

  return index < parts->len && ((const MimePart *)parts->pdata[index])->is_missing;
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  MailProgress *progress = user_data;

  if (progress != NULL && total > 0)
    g_atomic_int_set (&progress->permille, (int)(MIN (done, total) * 1000 / total));
}

/* Of the whole message, where the server would not give the part: the one that stands in the same place. */
static GBytes *
read_from_whole (StoreDb *db, MailParsed *parsed, guint index, GError **error)
{
  g_autoptr (GBytes) bytes = store_message_get_body (db, parsed->message, error);
  g_autoptr (MimeMessage) whole = bytes != NULL ? mime_message_new (bytes) : NULL;
  gboolean same = FALSE;

  if (whole == NULL)
    return NULL;
  GPtrArray *parts = mime_message_get_parts (whole);
  g_mutex_lock (&parsed->lock);
  GPtrArray *ours = mime_message_get_parts (parsed->mime);
  same = index < parts->len && index < ours->len
         && g_strcmp0 (((const MimePart *)parts->pdata[index])->content_type,
                       ((const MimePart *)ours->pdata[index])->content_type)
                == 0;
  g_mutex_unlock (&parsed->lock);
  if (same)
    return mime_message_get_part_content (whole, index);
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message has no such attachment."));
  return NULL;
}

static GBytes *
read_part (StoreDb *db, MailParsed *parsed, guint index, gboolean *decoded, GError **error)
{
  g_autoptr (GError) local = NULL;
  GBytes *content = store_partial_get_part (db, parsed->message, index, decoded, &local);

  if (content == NULL && g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    g_clear_error (&local);
    *decoded = TRUE;
    content = read_from_whole (db, parsed, index, &local);
  }
  if (content == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return content;
}

gboolean
mail_fetch_part (const MailSource *source, MailParsed *parsed, guint index, MailProgress *progress,
                 GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (StoreDb) db = NULL;
  g_autoptr (GBytes) content = NULL;
  gboolean decoded = FALSE;

  if (!is_missing (parsed, index))
    return TRUE;
  db = check_source (source, parsed, error) ? store_connect (source->store, error) : NULL;
  if (db == NULL)
    return FALSE;
  content = read_part (db, parsed, index, &decoded, &local);
  if (content == NULL && g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    if (!sync_engine_fetch_part (source->sync, parsed->account, parsed->message, index, on_progress,
                                 progress, cancellable, error))
      return FALSE;
    g_clear_error (&local);
    content = read_part (db, parsed, index, &decoded, &local);
  }
  if (content == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_mutex_lock (&parsed->lock);
  mime_message_give_part (parsed->mime, index, content, decoded);
  g_mutex_unlock (&parsed->lock);
  if (progress != NULL)
    g_atomic_int_set (&progress->is_here, TRUE);
  return TRUE;
}

GBytes *
mail_fetch_whole (const MailSource *source, MailParsed *parsed, GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (StoreDb) db = NULL;

  if (!parsed->is_partial)
    return g_bytes_ref (parsed->bytes);
  db = check_source (source, parsed, error) ? store_connect (source->store, error) : NULL;
  if (db == NULL
      || !sync_engine_fetch_whole (source->sync, parsed->account, parsed->message, cancellable,
                                   error))
    return NULL;
  return store_message_get_body (db, parsed->message, error);
}
