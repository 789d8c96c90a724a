/* Answers that name no message: some programs write "Re:" and nothing by which it could be known what is answered.  Such a one joins,
 * carefully, the conversation of the last message before it that has the same subject, is at most four weeks older, and was sent by or to
 * whom this one is from or to, in one direction: "Hello" never joins "Hello".  One that finds nothing waits (message.base), for the answered
 * one may be stored later: a first sync begins with the newest.
 *
 * Any thread with a connection, in the transaction that stores a message.  Costs nothing where no answer waits. */
#include <string.h>

#include "base-text.h"
#include "store-private.h"
#include "store-subject.h"

#define WINDOW_S (28 * 24 * 60 * 60)
#define MOST     2000 /* messages that are looked at for one answer */

static gint64
number_of_base (gint64 account, const char *subject)
{
  g_autofree char *folded = base_text_fold (subject);
  guint64 sum = store_body_checksum (folded, strlen (folded)) + (guint64)account * 0x9e3779b9u;

  return (gint64)(sum >> 1) | 1;
}

/* The address is one of those in a list of recipients, as it is written there. */
static gboolean
is_among (const char *address, const char *recipients)
{
  g_autofree char *one = address != NULL ? g_ascii_strdown (address, -1) : NULL;
  g_autofree char *all = recipients != NULL ? g_ascii_strdown (recipients, -1) : NULL;
  gsize length = one != NULL ? strlen (one) : 0;

  if (length < 3 || all == NULL)
    return FALSE;
  for (const char *at = all; (at = strstr (at, one)) != NULL; at++) {
    if ((at == all || strchr (" <,;\n\t", at[-1]) != NULL)
        && (at[length] == '\0' || strchr (" >,;\n\t", at[length]) != NULL))
      return TRUE;
  }
  return FALSE;
}

static gboolean
have_somebody_in_common (const char *from, const char *recipients, const char *other_from,
                         const char *other_recipients)
{
  return (from != NULL && *from != '\0' && other_from != NULL
          && g_ascii_strcasecmp (from, other_from) == 0)
         || is_among (from, other_recipients) || is_among (other_from, recipients);
}

static gboolean
load_waiting (StoreDb *db, GError **error)
{
  if (db->store->waiting != NULL)
    return TRUE;
  g_autoptr (GArray) bases = store_db_get_ints (
      db, error, "SELECT DISTINCT base FROM message WHERE base <> 0", STORE_NO_INTS);
  if (bases == NULL)
    return FALSE;
  db->store->waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < bases->len; i++)
    g_hash_table_add (db->store->waiting,
                      g_memdup2 (&g_array_index (bases, gint64, i), sizeof (gint64)));
  return TRUE;
}

gboolean
store_lonely_find (StoreDb *db, gint64 account, const StoreNewMessage *message, StoreRow *row,
                   gint64 *thread, GError **error)
{
  gboolean is_reply = FALSE;
  const char *subject =
      message->subject != NULL ? store_subject_get_base (message->subject, &is_reply) : "";

  *thread = 0;
  row->base = 0;
  if (!is_reply || *subject == '\0' || row->received == 0)
    return TRUE;
  if (!load_waiting (db, error) || !store_pending_write (db, error))
    return FALSE;
  row->base = number_of_base (account, subject);
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT thread, subject, from_address, recipients FROM folder CROSS JOIN message "
      "ON message.folder = folder.id WHERE account = ?1 AND role NOT IN (?4, ?5, ?6) "
      "AND hidden = 0 AND received BETWEEN ?2 AND ?3 AND thread <> 0 "
      "ORDER BY received DESC LIMIT ?7",
      STORE_INTS (account, row->received - WINDOW_S, row->received, STORE_ROLE_JUNK,
                  STORE_ROLE_TRASH, STORE_ROLE_DRAFTS, MOST));
  int step = -1;
  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    g_autofree char *other = store_query_dup_text (query, 1);
    if (other == NULL
        || number_of_base (account, store_subject_get_base (other, NULL)) != row->base)
      continue;
    g_autofree char *from = store_query_dup_text (query, 2);
    g_autofree char *recipients = store_query_dup_text (query, 3);
    if (!have_somebody_in_common (message->from_address, message->to, from, recipients))
      continue;
    *thread = store_query_int (query, 0);
    row->base = 0;
    return TRUE;
  }
  if (step != 0)
    return FALSE;
  g_hash_table_add (db->store->waiting, g_memdup2 (&row->base, sizeof row->base));
  return TRUE;
}

typedef struct
{
  gint64 id, thread;
} Answer;

gboolean
store_lonely_call (StoreDb *db, gint64 account, const StoreNewMessage *message, StoreRow *row,
                   gboolean *is_new, GError **error)
{
  if (message->subject == NULL || !load_waiting (db, error))
    return message->subject == NULL;
  if (g_hash_table_size (db->store->waiting) == 0)
    return TRUE;
  gint64 base = number_of_base (account, store_subject_get_base (message->subject, NULL));
  if (!g_hash_table_contains (db->store->waiting, &base))
    return TRUE;
  if (!store_pending_write (db, error))
    return FALSE;
  g_autoptr (GArray) answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "SELECT id, thread, from_address, recipients FROM message WHERE base = ?1 AND base <> 0 "
        "AND received BETWEEN ?2 AND ?3",
        STORE_INTS (base, row->received, row->received + WINDOW_S));
    int step = -1;
    while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
      const Answer answer = { store_query_int (query, 0), store_query_int (query, 1) };
      g_autofree char *from = store_query_dup_text (query, 2);
      g_autofree char *recipients = store_query_dup_text (query, 3);
      if (have_somebody_in_common (from, recipients, message->from_address, message->to))
        g_array_append_val (answers, answer);
    }
    if (step != 0)
      return FALSE;
  }
  for (guint i = 0; i < answers->len; i++) {
    const Answer *answer = &g_array_index (answers, Answer, i);
    gboolean merged = FALSE;

    if (answer->thread != row->thread
        && !store_thread_merge_loose (db, answer->thread, row->thread, &merged, error))
      return FALSE;
    *is_new &= !merged;
    if (!store_db_run (db, error, "UPDATE message SET base = 0 WHERE id = ?1",
                       STORE_INTS (answer->id)))
      return FALSE;
  }
  return TRUE;
}
