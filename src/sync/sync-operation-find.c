/* Which message on the server is meant, where its UID is not known: by Message-ID, size, time and, where several are alike,
 * by the bytes; and whether what may have been sent before a cut has arrived.  Sync worker's thread; must never claim one
 * message for two operations. */
#include "sync-operations-private.h"

#include "base-error.h"
#include "mime-message.h"

/* More than these are not compared byte by byte. */
#define COMPARED_MOST   8
#define COMPARED_OCTETS (4 * 1024 * 1024)

static void
found_free (gpointer data)
{
  SyncFound *found = data;

  g_free (found->message_id);
  g_free (found);
}

static gboolean
take_found (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GPtrArray *all = user_data;
  g_autoptr (MimeSummary) summary = NULL;
  SyncFound *found = NULL;

  if (fetched->uid == 0 || fetched->header == NULL)
    return TRUE;
  summary = mime_summary_from_header (fetched->header);
  found = g_new0 (SyncFound, 1);
  found->uid = fetched->uid;
  found->size = fetched->size;
  found->received = fetched->date != 0 ? fetched->date : summary->date;
  found->date = summary->date;
  found->message_id = g_strdup (summary->message_id);
  g_ptr_array_add (all, found);
  return TRUE;
}

/* What the mailbox has under these UIDs (a set, or "7:*"): GPtrArray of SyncFound. */
static GPtrArray *
fetch (SyncContext *context, const char *set, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (found_free);

  if (!imap_session_fetch (context->session, set,
                           IMAP_FETCH_SIZE | IMAP_FETCH_DATE | IMAP_FETCH_HEADER, 0, take_found,
                           all, context->cancellable, error))
    return NULL;
  return g_steal_pointer (&all);
}

static gboolean
has_id (const SyncFound *found, const StoreOperation *operation)
{
  return g_strcmp0 (found->message_id, operation->message_id) == 0;
}

GPtrArray *
sync_find_by_id (SyncContext *context, const StoreOperation *operation, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (found_free);
  g_autoptr (BaseUidSet) uids = imap_session_search_message_id (
      context->session, operation->message_id, context->cancellable, error);
  g_auto (GStrv) sets = NULL;

  if (uids == NULL)
    return NULL;
  if (base_uid_set_count (uids) == 1 && !STORE_OPERATION_CROSSES (operation)) {
    SyncFound *only = g_new0 (SyncFound, 1);

    only->uid = base_uid_set_get_range (uids, 0).first;
    only->message_id = g_strdup (operation->message_id);
    g_ptr_array_add (all, only);
    return g_steal_pointer (&all);
  }
  sets = base_uid_set_to_strings (uids, SYNC_SET_OCTETS);
  for (gsize i = 0; sets[i] != NULL && *sets[i] != '\0'; i++) {
    g_autoptr (GPtrArray) part = fetch (context, sets[i], error);

    if (part == NULL)
      return NULL;
    while (part->len > 0) {
      SyncFound *found = g_ptr_array_steal_index (part, part->len - 1);

      if (has_id (found, operation))
        g_ptr_array_add (all, found);
      else
        found_free (found);
    }
  }
  return g_steal_pointer (&all);
}

/* ---- one of several ---- */

static gboolean
take_body (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GBytes **body = user_data;

  if (fetched->body != NULL && *body == NULL)
    *body = g_bytes_ref (fetched->body);
  return TRUE;
}

/* 1: the very bytes we have, 0: others, or not to be told; -1: error. */
static int
compare_bytes (SyncContext *context, const SyncFound *found, GBytes *ours, GError **error)
{
  g_autofree char *set = g_strdup_printf ("%u", found->uid);
  g_autoptr (GBytes) theirs = NULL;

  if (!imap_session_fetch (context->session, set, IMAP_FETCH_BODY, 0, take_body, &theirs,
                           context->cancellable, error))
    return -1;
  return theirs != NULL && g_bytes_equal (theirs, ours);
}

static guint
likeness (const SyncFound *found, const StoreOperation *operation)
{
  return (found->size == operation->size ? 4u : 0u)
         + (found->received == operation->received ? 2u : 0u)
         + (found->date == operation->date ? 1u : 0u);
}

/* The likeliest of `all` that is not taken; *uid 0: none. */
static gboolean
choose (SyncContext *context, GPtrArray *all, const StoreOperation *operation, GHashTable *taken,
        guint32 *uid, GError **error)
{
  g_autoptr (GPtrArray) best = g_ptr_array_new ();
  g_autoptr (GBytes) ours = NULL;
  guint most = 0;

  *uid = 0;
  for (guint i = 0; i < all->len; i++) {
    SyncFound *found = g_ptr_array_index (all, i);
    guint alike = likeness (found, operation);

    if (g_hash_table_contains (taken, GUINT_TO_POINTER (found->uid)))
      continue;
    if (best->len > 0 && alike > most)
      g_ptr_array_set_size (best, 0);
    if (best->len == 0 || alike == most) {
      most = alike;
      g_ptr_array_add (best, found);
      /* The newest is the one that an operation before this one brought here. */
      *uid = best->len == 1 ? found->uid : MAX (*uid, found->uid);
    }
  }
  if (best->len < 2 || best->len > COMPARED_MOST || operation->size > COMPARED_OCTETS)
    return TRUE;
  ours = store_message_get_body (context->db, operation->message, NULL);
  for (guint i = 0; ours != NULL && i < best->len; i++) {
    const SyncFound *found = g_ptr_array_index (best, i);
    int same = compare_bytes (context, found, ours, error);

    if (same < 0)
      return FALSE;
    if (same == 1) {
      *uid = found->uid;
      return TRUE;
    }
  }
  return TRUE;
}

GHashTable *
sync_find_resolve (SyncContext *context, GPtrArray *operations, GPtrArray *lost, GError **error)
{
  g_autoptr (GHashTable) by_uid = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);

    if (operation->uid != 0 && !g_hash_table_contains (by_uid, GUINT_TO_POINTER (operation->uid)))
      g_hash_table_insert (by_uid, GUINT_TO_POINTER (operation->uid), operation);
    else if (operation->uid != 0)
      g_ptr_array_add (lost, operation);
  }
  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    guint32 uid = 0;

    if (operation->uid != 0)
      continue;
    if (operation->message_id != NULL) {
      g_autoptr (GPtrArray) all = sync_find_by_id (context, operation, error);

      if (all == NULL || !choose (context, all, operation, by_uid, &uid, error))
        return NULL;
    }
    operation->uid = uid; /* what COPYUID will be matched with */
    if (uid == 0)
      g_ptr_array_add (lost, operation);
    else
      g_hash_table_insert (by_uid, GUINT_TO_POINTER (uid), operation);
  }
  return g_steal_pointer (&by_uid);
}

/* ---- did it arrive ---- */

/* A line end at its end may have been added. */
static gboolean
has_size (const SyncFound *found, const StoreOperation *operation)
{
  return found->size >= operation->size && found->size <= operation->size + 2;
}

/* Without a Message-ID size and time have to agree, with one it decides; where an original at another server goes by it, the size has to
 * agree as well. */
static gboolean
is_likely (const SyncFound *found, const StoreOperation *operation)
{
  if (operation->message_id != NULL)
    return has_id (found, operation)
           && (!STORE_OPERATION_CROSSES (operation) || has_size (found, operation));
  if (STORE_OPERATION_CROSSES (operation) && found->message_id == NULL
      && has_size (found, operation))
    return found->received == operation->received || found->date == operation->date;
  return found->message_id == NULL && found->size == operation->size
         && (found->received == operation->received || found->date == operation->date);
}

/* An original at another server goes by it: then the bytes decide, as far as they can be compared.  1: it may be this one, 0: it is not, -1:
 * error. */
static int
is_same (SyncContext *context, const SyncFound *found, const StoreOperation *operation,
         GError **error)
{
  g_autoptr (GBytes) ours = NULL, theirs = NULL, begin = NULL;
  g_autofree char *set = g_strdup_printf ("%u", found->uid);
  gsize length;

  if (!STORE_OPERATION_CROSSES (operation) || operation->size > COMPARED_OCTETS)
    return 1;
  ours = store_message_get_body (context->db, operation->message, NULL);
  if (ours == NULL)
    return 0;
  if (!imap_session_fetch (context->session, set, IMAP_FETCH_BODY, 0, take_body, &theirs,
                           context->cancellable, error))
    return -1;
  length = g_bytes_get_size (ours);
  if (theirs == NULL || g_bytes_get_size (theirs) < length
      || g_bytes_get_size (theirs) > length + 2)
    return 0;
  begin = g_bytes_new_from_bytes (theirs, 0, length);
  return g_bytes_equal (begin, ours);
}

typedef struct
{
  GHashTable *taken; /* UIDs that are some operation's */
  GPtrArray *all;    /* of SyncFound: what came from `from` on; NULL: not asked yet */
  guint32 from;
} Arrived;

/* All that came into the selected mailbox since the first try, or what bears the Message-ID where that is not known.  Those
 * that went out together are looked for in one list. */
static GPtrArray *
list_arrived (SyncContext *context, const StoreOperation *operation, guint32 from, Arrived *arrived,
              GError **error)
{
  g_autofree char *set = g_strdup_printf ("%u:*", MAX (from, 1u));
  GPtrArray *all;

  if (imap_session_get_selected (context->session)->exists == 0)
    return g_ptr_array_new_with_free_func (found_free);
  if (from == 0 && operation->message_id != NULL)
    return sync_find_by_id (context, operation, error);
  if (arrived->all != NULL && arrived->from == from)
    return g_ptr_array_ref (arrived->all);
  all = fetch (context, set, error);
  if (all == NULL)
    return NULL;
  g_clear_pointer (&arrived->all, g_ptr_array_unref);
  arrived->all = g_ptr_array_ref (all);
  arrived->from = from;
  return all;
}

static gboolean
find_one_made (SyncBatch *batch, StoreOperation *operation, Arrived *arrived, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (batch->context->session);
  gboolean same_numbers = operation->mark_validity == 0 || selected->uid_validity == 0
                          || operation->mark_validity == selected->uid_validity;
  guint32 from = same_numbers ? operation->mark : 0, uid = 0;
  int same;
  g_autoptr (GPtrArray) likely = g_ptr_array_new (), one = sync_batch_new_list ();
  g_autoptr (GPtrArray) all = list_arrived (batch->context, operation, from, arrived, error);
  g_autoptr (GHashTable) map = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (guint i = 0; all != NULL && i < all->len; i++) {
    SyncFound *found = g_ptr_array_index (all, i);

    /* "7:*" gives the last one even where it is below 7. */
    if (found->uid < from || !is_likely (found, operation)
        || g_hash_table_contains (arrived->taken, GUINT_TO_POINTER (found->uid)))
      continue;
    same = is_same (batch->context, found, operation, error);
    if (same < 0)
      return FALSE;
    if (same == 1)
      g_ptr_array_add (likely, found);
  }
  if (all == NULL || !choose (batch->context, likely, operation, arrived->taken, &uid, error))
    return FALSE;
  if (uid == 0)
    return TRUE;
  g_hash_table_add (arrived->taken, GUINT_TO_POINTER (uid));
  g_ptr_array_add (one, operation);
  g_hash_table_insert (map, GUINT_TO_POINTER (operation->uid), GUINT_TO_POINTER (uid));
  return store_operation_note_made (batch->context->db, one, map, selected->uid_validity, error);
}

gboolean
sync_find_made (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_direct_hash, g_direct_equal);
  Arrived arrived = { .taken = taken };
  gboolean good = TRUE;

  /* What an earlier try found is another's. */
  for (guint i = 0; i < batch->open->len; i++) {
    const StoreOperation *other = g_ptr_array_index (batch->open, i);

    if (other->step == STORE_STEP_MADE && other->new_uid != 0)
      g_hash_table_add (taken, GUINT_TO_POINTER (other->new_uid));
  }
  for (guint i = 0; good && i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);

    if (operation->step == STORE_STEP_MAYBE)
      good = find_one_made (batch, operation, &arrived, error);
  }
  g_clear_pointer (&arrived.all, g_ptr_array_unref);
  return good;
}
