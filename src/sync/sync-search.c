/* Searching on the server.  The thread of the connection; must never change anything there, make a row whose numbering is not known, nor take what the sync has yet to tell the person
 * of as news. */
#include "sync-search.h"

#include <string.h>

#include "base-error.h"
#include "base-fold.h"
#include "base-log.h"
#include "imap-flight.h"
#include "imap-query.h"
#include "store-message.h"
#include "store-search.h"
#include "sync-body.h"
#include "sync-incoming.h"
#include "sync-mailbox-private.h"
#include "sync-parts.h"

#define SET_OCTETS   900
#define ROWS_STEP    100
#define TEXTS_STEP   20
#define OCTETS_STEP  (2 * 1024 * 1024)
#define FOLDER_PARTS 100 /* of the progress, each folder */

typedef enum
{
  STAGE_FOLDERS, /* which there are */
  STAGE_ASK,     /* the next one */
  STAGE_ROWS,
  STAGE_TEXTS,
  STAGE_OVER,
} Stage;

struct _SyncSearch
{
  /* Owned */
  BaseQuery *query;
  GPtrArray *folders;  /* of StoreFolder */
  BaseUidSet *hits;    /* of the folder at hand, the newest */
  BaseUidSet *lacking; /* of these: whose rows are not here */
  GArray *texts;       /* of StorePlaced: whose texts are not */
  GArray *ids;         /* of gint64 */

  gint64 folder;
  Stage stage;
  gboolean anywhere; /* the query says where */
  gboolean needs_text;
  guint at;              /* in folders */
  guint n_rows, n_texts; /* of the folder at hand, to be brought */
  guint64 found;
  guint left_out;
  guint texts_left;
  guint64 octets_left;
};

static gboolean
has_kind (const BaseQueryNode *node, BaseQueryKind kind)
{
  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    if (has_kind (node->children->pdata[i], kind))
      return TRUE;
  }
  return node->kind == kind;
}

/* Whether a row does not say all: words of the text, and what is attached. */
static gboolean
needs_text (const BaseQueryNode *node)
{
  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    if (needs_text (node->children->pdata[i]))
      return TRUE;
  }
  if (node->kind == BASE_QUERY_HAS)
    return TRUE;
  return node->kind == BASE_QUERY_TERM && node->field != BASE_QUERY_SUBJECT
         && node->field != BASE_QUERY_FROM && node->field != BASE_QUERY_TO;
}

SyncSearch *
sync_search_new (BaseQuery *query, gint64 folder)
{
  SyncSearch *search = g_new0 (SyncSearch, 1);
  const BaseQueryNode *root = base_query_get_root (query);

  search->query = base_query_ref (query);
  search->folder = folder;
  search->folders = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  search->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  search->anywhere = has_kind (root, BASE_QUERY_IN);
  search->needs_text = needs_text (root);
  search->texts_left = SYNC_SEARCH_TEXTS;
  search->octets_left = SYNC_SEARCH_OCTETS;
  return search;
}

void
sync_search_free (SyncSearch *search)
{
  base_query_unref (search->query);
  g_ptr_array_unref (search->folders);
  g_clear_pointer (&search->hits, base_uid_set_free);
  g_clear_pointer (&search->lacking, base_uid_set_free);
  g_clear_pointer (&search->texts, g_array_unref);
  g_array_unref (search->ids);
  g_free (search);
}

void
sync_hits_free (SyncHits *hits)
{
  g_array_unref (hits->ids);
  g_free (hits);
}

SyncHits *
sync_search_dup_hits (const SyncSearch *search)
{
  SyncHits *hits = g_new0 (SyncHits, 1);

  hits->ids = g_array_copy (search->ids);
  hits->found = search->found;
  hits->folders = search->folders->len;
  hits->left_out = search->left_out;
  return hits;
}

/* Half of a folder is its rows, the other half the texts. */
void
sync_search_get_progress (const SyncSearch *search, guint64 *done, guint64 *total)
{
  guint64 half = FOLDER_PARTS / 2;

  *total = MAX (search->folders->len, 1) * FOLDER_PARTS;
  *done = MIN (search->at, search->folders->len) * FOLDER_PARTS;
  if (search->stage == STAGE_ROWS && search->n_rows > 0)
    *done += half * (search->n_rows - base_uid_set_count (search->lacking)) / search->n_rows;
  if (search->stage == STAGE_TEXTS)
    *done += half;
  if (search->stage == STAGE_TEXTS && search->n_texts > 0)
    *done += half * (search->n_texts - search->texts->len) / search->n_texts;
  if (search->stage == STAGE_OVER)
    *done = *total;
}

/* ---- folders ---- */

static gboolean
is_looked_at (const SyncSearch *search, const StoreFolder *folder, gboolean has_all)
{
  if (folder->local || !folder->selectable)
    return FALSE;
  if (search->folder != 0)
    return folder->id == search->folder;
  if (search->anywhere)
    return TRUE;
  if (folder->role == STORE_ROLE_JUNK || folder->role == STORE_ROLE_TRASH
      || folder->role == STORE_ROLE_DRAFTS)
    return FALSE;
  /* Gmail's All Mail has them all; what has only stars elsewhere is somewhere else, too */
  return has_all ? folder->role == STORE_ROLE_ALL : folder->role != STORE_ROLE_FLAGGED;
}

static gboolean
list_folders (SyncSearch *search, SyncContext *context, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (context->db, context->row, error);
  gboolean has_all = FALSE;

  if (folders == NULL)
    return FALSE;
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    has_all |= folder->role == STORE_ROLE_ALL && folder->selectable && !folder->local
               && imap_session_has (context->session, IMAP_CAP_GMAIL);
  }
  for (guint i = 0; i < folders->len; i++) {
    if (is_looked_at (search, g_ptr_array_index (folders, i), has_all))
      g_ptr_array_add (search->folders, g_steal_pointer (&folders->pdata[i]));
  }
  search->stage = STAGE_ASK;
  return TRUE;
}

static void
next_folder (SyncSearch *search)
{
  g_clear_pointer (&search->hits, base_uid_set_free);
  g_clear_pointer (&search->lacking, base_uid_set_free);
  g_clear_pointer (&search->texts, g_array_unref);
  search->n_rows = search->n_texts = 0;
  search->at++;
  search->stage = STAGE_ASK;
}

/* Whether this folder is in: what the query says.  Which of those that have the name in theirs is meant, is decided where all names are known. */
static ImapQueryKnown
know_folder (const BaseQueryNode *node, gpointer user_data)
{
  const StoreFolder *folder = user_data;

  if (node->kind != BASE_QUERY_IN)
    return IMAP_QUERY_NOT_KNOWN;
  if (node->place != BASE_QUERY_NO_PLACE)
    return store_search_is_in (folder->role, node->place) ? IMAP_QUERY_TRUE : IMAP_QUERY_FALSE;
  g_autofree char *name = base_fold (folder->name, -1, NULL);
  g_autofree char *wanted = base_fold (node->text, -1, NULL);
  return strstr (name, wanted) != NULL ? IMAP_QUERY_NOT_KNOWN : IMAP_QUERY_FALSE;
}

/* The connection stands, and another folder may do better. */
static gboolean
is_of_folder (const SyncContext *context, const GError *error)
{
  return imap_session_is_usable (context->session)
         && (g_error_matches (error, BASE_ERROR, BASE_ERROR_REFUSED)
             || g_error_matches (error, BASE_ERROR, BASE_ERROR_GONE)
             || g_error_matches (error, BASE_ERROR, BASE_ERROR_LIMIT)
             || g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY));
}

static gboolean
open_folder (SyncContext *context, const StoreFolder *folder, GError **error)
{
  return sync_context_select (context, folder->server_name, TRUE, error)
         && sync_place_check_numbering (folder, imap_session_get_selected (context->session),
                                        error);
}

static gboolean
ask (SyncSearch *search, SyncContext *context, const StoreFolder *folder, GError **error)
{
  g_autoptr (BaseUidSet) found = NULL, known = NULL;
  ImapQueryAsked asked;

  if (!open_folder (context, folder, error))
    return FALSE;
  found =
      imap_session_search_query (context->session, base_query_get_root (search->query), know_folder,
                                 (gpointer)folder, &asked, context->cancellable, error);
  if (found == NULL)
    return FALSE;
  /* What came since the sync was here is news, which it has to tell of */
  if (folder->uid_next > 0) {
    g_autoptr (BaseUidSet) news = base_uid_set_new ();
    BaseUidSet *rest;

    base_uid_set_add_range (news, folder->uid_next, G_MAXUINT32);
    rest = base_uid_set_subtract (found, news);
    base_uid_set_free (found);
    found = rest;
  }
  search->found += base_uid_set_count (found);
  search->hits = sync_plan_newest (found, SYNC_SEARCH_ROWS);
  known = store_message_get_uids (context->db, folder->id, error);
  if (known == NULL)
    return FALSE;
  search->lacking = base_uid_set_subtract (search->hits, known);
  search->n_rows = (guint)base_uid_set_count (search->lacking);
  search->stage = STAGE_ROWS;
  return TRUE;
}

/* ---- rows ---- */

/* Which of the hits are here, and of which not all. */
static gboolean
take_ids (SyncSearch *search, SyncContext *context, const StoreFolder *folder, GError **error)
{
  g_autoptr (GArray) placed =
      store_message_find_uids (context->db, folder->id, search->hits, error);

  if (placed == NULL)
    return FALSE;
  search->texts = g_array_new (FALSE, FALSE, sizeof (StorePlaced));
  for (guint i = 0; i < placed->len; i++) {
    const StorePlaced *one = &g_array_index (placed, StorePlaced, i);

    g_array_append_val (search->ids, one->id);
    if (search->needs_text && !one->has_body && search->texts->len < search->texts_left)
      g_array_append_vals (search->texts, one, 1);
  }
  search->n_texts = search->texts->len;
  search->stage = STAGE_TEXTS;
  return TRUE;
}

static gboolean
bring_rows (SyncSearch *search, SyncContext *context, const StoreFolder *folder, GError **error)
{
  g_autoptr (BaseUidSet) part = sync_plan_newest (search->lacking, ROWS_STEP);
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (SyncIncoming) incoming = sync_incoming_new (context, folder->id, 0);
  g_auto (GStrv) sets = base_uid_set_to_strings (part, SET_OCTETS);
  BaseUidSet *left;

  if (base_uid_set_is_empty (part))
    return take_ids (search, context, folder, error);
  if (!open_folder (context, folder, error))
    return FALSE;
  for (guint i = 0; sets[i] != NULL; i++)
    imap_flight_fetch (flight, sets[i], SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW, 0, sync_incoming_take,
                       incoming);
  if (!imap_flight_run (flight, context->cancellable, error)
      || !sync_incoming_flush (incoming, error))
    return FALSE;
  for (guint i = 0; sets[i] != NULL; i++) {
    if (!imap_flight_get_result (flight, i, error))
      return FALSE;
  }
  left = base_uid_set_subtract (search->lacking, part);
  base_uid_set_free (search->lacking);
  search->lacking = left;
  return TRUE;
}

/* ---- texts ---- */

/* Those that are asked for at once: small ones; *large: the first one is not small. */
static BaseUidSet *
next_texts (SyncSearch *search, guint *n, gboolean *large)
{
  BaseUidSet *uids = base_uid_set_new ();
  guint64 octets = 0;

  *large = FALSE;
  for (*n = 0; *n < MIN (search->texts->len, TEXTS_STEP); (*n)++) {
    const StorePlaced *one = &g_array_index (search->texts, StorePlaced, *n);

    *large = *n == 0 && one->size > SYNC_PARTS_FROM;
    if (one->size > SYNC_PARTS_FROM || octets + one->size > OCTETS_STEP)
      break;
    octets += one->size;
    base_uid_set_add (uids, one->uid);
  }
  *n = MAX (*n, 1);
  return uids;
}

static gboolean
bring_small (SyncContext *context, const StoreFolder *folder, const BaseUidSet *uids,
             GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (SyncIncoming) incoming = sync_incoming_new (context, folder->id, 0);
  g_auto (GStrv) sets = base_uid_set_to_strings (uids, SET_OCTETS);

  if (!open_folder (context, folder, error))
    return FALSE;
  for (guint i = 0; sets[i] != NULL; i++)
    imap_flight_fetch (flight, sets[i], IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_BODY, 0,
                       sync_incoming_take_known, incoming);
  /* What the server will not give is not here, and so not found by its text */
  return imap_flight_run (flight, context->cancellable, error)
         && sync_incoming_flush (incoming, error);
}

static gboolean
bring_texts (SyncSearch *search, SyncContext *context, const StoreFolder *folder, GError **error)
{
  g_autoptr (BaseUidSet) uids = NULL;
  guint64 octets = 0;
  gboolean large;
  guint n;

  if (search->texts->len == 0 || search->octets_left == 0) {
    next_folder (search);
    return TRUE;
  }
  uids = next_texts (search, &n, &large);
  for (guint i = 0; i < n; i++)
    octets += MIN (g_array_index (search->texts, StorePlaced, i).size, SYNC_PARTS_FROM);
  if (large) {
    g_autoptr (GError) local = NULL;

    /* One that went meanwhile is none of ours */
    if (!sync_body_fetch (context, g_array_index (search->texts, StorePlaced, 0).id, FALSE, &local)
        && !is_of_folder (context, local)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  } else if (!bring_small (context, folder, uids, error)) {
    return FALSE;
  }
  g_array_remove_range (search->texts, 0, n);
  search->texts_left -= MIN (search->texts_left, n);
  search->octets_left -= MIN (search->octets_left, octets);
  return TRUE;
}

static gboolean
step_folder (SyncSearch *search, SyncContext *context, const StoreFolder *folder, GError **error)
{
  switch (search->stage) {
  case STAGE_ASK:
    return ask (search, context, folder, error);
  case STAGE_ROWS:
    return bring_rows (search, context, folder, error);
  case STAGE_TEXTS:
    return bring_texts (search, context, folder, error);
  case STAGE_FOLDERS:
  case STAGE_OVER:
    break;
  }
  return TRUE;
}

gboolean
sync_search_step (SyncSearch *search, SyncContext *context, gboolean *more, GError **error)
{
  GError *local = NULL;

  *more = TRUE;
  if (search->stage == STAGE_FOLDERS)
    return list_folders (search, context, error);
  if (search->at >= search->folders->len) {
    search->stage = STAGE_OVER;
    *more = FALSE;
    return TRUE;
  }
  const StoreFolder *folder = g_ptr_array_index (search->folders, search->at);
  if (step_folder (search, context, folder, &local))
    return TRUE;
  if (!is_of_folder (context, local)) {
    g_propagate_error (error, local);
    return FALSE;
  }
  base_log ("%s: “%s” was not searched: %s", sync_account_get_id (context->account), folder->name,
            local->message);
  g_clear_error (&local);
  search->left_out++;
  next_folder (search);
  return TRUE;
}
