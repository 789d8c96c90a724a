/* A mailbox that the server cannot give as it is asked for: one damaged message makes it refuse a whole FETCH, or drop the
 * connection.  Halves until the messages are found that it fails at; these are left out for a while and said, all others come.
 * Sync worker's thread; must never let one message keep the others from coming, nor take it for gone. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "store-message.h"
#include "sync-incoming.h"
#include "sync-mailbox-private.h"

#define AT_ONCE 64
/* So many single messages refused one after the other: it is the mailbox. */
#define REFUSED_IN_A_ROW 8
/* Connections that ended in a FETCH, one after the other: by now it is not the line. */
#define BREAKS 2

/* What is fetched one after the other in a visit.  Each is judged by itself. */
typedef enum
{
  KIND_HEADERS,
  KIND_BODIES,
  KIND_TEXTS,
  N_KINDS, /* nothing is fetched */
} Kind;

struct _SyncSpared
{
  BaseUidSet *uids; /* Owned: what the server fails at */
  gint64 until;     /* monotonic: tried again from then on; 0: there are none */
  guint lacking;    /* of them the list lacks so many; of the others only the bytes */
  guint breaks[N_KINDS], at_once;
  gboolean told;
};

static void
spared_free (gpointer data)
{
  SyncSpared *spared = data;

  base_uid_set_free (spared->uids);
  g_free (spared);
}

GHashTable *
sync_spared_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, spared_free);
}

static SyncSpared *
get_spared (SyncMailbox *mailbox)
{
  SyncSpared *spared = g_hash_table_lookup (mailbox->memory->spared, &mailbox->folder);

  if (spared != NULL)
    return spared;
  spared = g_new0 (SyncSpared, 1);
  spared->uids = base_uid_set_new ();
  spared->at_once = AT_ONCE;
  g_hash_table_insert (mailbox->memory->spared,
                       g_memdup2 (&mailbox->folder, sizeof mailbox->folder), spared);
  return spared;
}

static gboolean
has_spared (SyncMailbox *mailbox)
{
  return g_hash_table_contains (mailbox->memory->spared, &mailbox->folder);
}

static void
spare (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *uids, const GError *reason)
{
  SyncSpared *spared = get_spared (mailbox);
  g_autofree char *text = base_uid_set_to_string (uids);

  base_log ("%s: the server fails at message %s of “%s”, which is left out for now (%s)",
            sync_account_get_id (context->account), text, mailbox->name, reason->message);
  base_uid_set_add_set (spared->uids, uids);
  spared->until = g_get_monotonic_time () + sync_account_get_times (context->account)->spared;
}

/* A word on what was asked for, and not on the mailbox or the account: the next question may do better. */
static gboolean
is_refusal (SyncContext *context, const GError *error)
{
  return imap_session_is_usable (context->session)
         && (g_error_matches (error, BASE_ERROR, BASE_ERROR_REFUSED)
             || (g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
                 && g_strcmp0 (imap_session_get_refused_code (context->session), "SERVERBUG")
                        == 0));
}

/* The line, or the server, and not our own disk or a person who called it off. */
static gboolean
is_break (SyncContext *context, const GError *error)
{
  return !imap_session_is_usable (context->session) && !base_error_is_cancelled (error)
         && (g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
             || g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN));
}

static Kind
get_kind (SyncVisit phase)
{
  switch (phase) {
  case SYNC_VISIT_ASK:
  case SYNC_VISIT_NEWEST:
  case SYNC_VISIT_NEW:
  case SYNC_VISIT_HEADERS:
    return KIND_HEADERS;
  case SYNC_VISIT_BODIES:
    return KIND_BODIES;
  case SYNC_VISIT_TEXTS:
    return KIND_TEXTS;
  case SYNC_VISIT_PLAN:
  case SYNC_VISIT_FLAGS:
  case SYNC_VISIT_GONE:
  case SYNC_VISIT_SEARCH:
  case SYNC_VISIT_SETTLE:
  case SYNC_VISIT_DONE:
    break;
  }
  return N_KINDS;
}

/* ---- when ---- */

static gboolean
breaks_at (SyncMailbox *mailbox, Kind kind)
{
  return kind < N_KINDS && has_spared (mailbox) && get_spared (mailbox)->breaks[kind] >= BREAKS;
}

void
sync_mailbox_begin_careful (SyncMailbox *mailbox)
{
  mailbox->careful = breaks_at (mailbox, KIND_HEADERS);
}

void
sync_mailbox_end_careful (SyncMailbox *mailbox, SyncVisit ended)
{
  Kind kind = get_kind (ended);

  if (has_spared (mailbox))
    get_spared (mailbox)->breaks[kind] = 0;
  mailbox->careful = breaks_at (mailbox, kind + 1);
}

gboolean
sync_mailbox_turn_careful (SyncMailbox *mailbox, SyncContext *context, SyncVisit failed,
                           const GError *error)
{
  Kind kind = get_kind (failed);

  if (kind == N_KINDS)
    return FALSE;
  if (is_break (context, error))
    get_spared (mailbox)->breaks[kind]++;
  if (mailbox->careful || !is_refusal (context, error))
    return FALSE;
  base_log ("%s: “%s” is asked for piece by piece (%s)", sync_account_get_id (context->account),
            mailbox->name, error->message);
  mailbox->careful = TRUE;
  g_clear_pointer (&mailbox->bodies, g_array_unref);
  if (failed == SYNC_VISIT_ASK) {
    sync_mailbox_forget_told (mailbox);
    mailbox->phase = SYNC_VISIT_PLAN;
  } else if (kind == KIND_HEADERS) {
    /* What came and was not stored is missing again. */
    mailbox->plan.search = TRUE;
    mailbox->phase = SYNC_VISIT_FLAGS;
  }
  return TRUE;
}

/* NULL: nothing is. */
static const BaseUidSet *
get_spared_uids (SyncMailbox *mailbox)
{
  SyncSpared *spared = has_spared (mailbox) ? get_spared (mailbox) : NULL;

  if (spared == NULL || base_uid_set_is_empty (spared->uids))
    return NULL;
  if (g_get_monotonic_time () < spared->until)
    return spared->uids;
  base_uid_set_free (spared->uids);
  spared->uids = base_uid_set_new ();
  return NULL;
}

gboolean
sync_mailbox_is_spared (SyncMailbox *mailbox, guint32 uid)
{
  const BaseUidSet *uids = get_spared_uids (mailbox);

  return uids != NULL && base_uid_set_contains (uids, uid);
}

void
sync_mailbox_leave_out_spared (SyncMailbox *mailbox, BaseUidSet **uids)
{
  const BaseUidSet *spared = get_spared_uids (mailbox);
  BaseUidSet *rest = NULL;

  if (spared == NULL)
    return;
  rest = base_uid_set_subtract (*uids, spared);
  base_uid_set_free (*uids);
  *uids = rest;
}

guint64
sync_mailbox_get_n_spared (SyncMailbox *mailbox)
{
  const BaseUidSet *spared = get_spared_uids (mailbox);

  return spared != NULL ? base_uid_set_count (spared) : 0;
}

void
sync_mailbox_judge_large (SyncMailbox *mailbox, SyncContext *context, guint32 uid,
                          const GError *failure)
{
  g_autoptr (BaseUidSet) asked = base_uid_set_new ();

  if (failure != NULL && !(is_break (context, failure) && breaks_at (mailbox, KIND_BODIES)))
    return;
  if (failure != NULL) {
    base_uid_set_add (asked, uid);
    spare (mailbox, context, asked, failure);
  }
  if (has_spared (mailbox))
    get_spared (mailbox)->breaks[KIND_BODIES] = 0;
}

/* ---- one step ---- */

static BaseUidSet *
list_wanted (SyncMailbox *mailbox, SyncContext *context, Kind kind, GError **error)
{
  BaseUidSet *wanted = NULL;

  if (kind == KIND_TEXTS)
    return sync_mailbox_list_texts (mailbox, context, error);
  if (kind == KIND_BODIES) {
    if (!sync_mailbox_list_bodies (mailbox, context, error))
      return NULL;
    wanted = base_uid_set_new_from_array (mailbox->bodies);
    g_clear_pointer (&mailbox->bodies, g_array_unref);
    return wanted;
  }
  wanted = base_uid_set_dup (mailbox->missing);
  sync_mailbox_leave_out_spared (mailbox, &wanted);
  return wanted;
}

/* The only message that was asked for is one that the server fails at. */
static gboolean
give_up (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *asked, const GError *reason,
         GError **error)
{
  spare (mailbox, context, asked, reason);
  if (mailbox->phase != SYNC_VISIT_TEXTS)
    return TRUE;
  /* The next one of these is likely to be far. */
  mailbox->careful = FALSE;
  return sync_mailbox_pass_texts (mailbox, context, asked, error);
}

/* What came of it; FALSE where that ends the visit. */
static gboolean
judge (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *asked,
       const BaseUidSet *silent, GError *failure, GError **error)
{
  g_autoptr (GError) local = failure;
  SyncSpared *spared = get_spared (mailbox);
  Kind kind = get_kind (mailbox->phase);
  gboolean single = base_uid_set_count (asked) == 1;

  if (local == NULL) {
    if (kind != KIND_TEXTS)
      base_uid_set_add_set (mailbox->unanswered, silent);
    spared->at_once = MIN (spared->at_once * 2, AT_ONCE);
    mailbox->refused_in_a_row = 0;
    /* Others are not to blame any more, but what is still to come is asked for as carefully on the next connection. */
    spared->breaks[kind] = MIN (spared->breaks[kind], BREAKS);
    return kind != KIND_TEXTS || sync_mailbox_pass_texts (mailbox, context, asked, error);
  }
  if (!is_refusal (context, local)) {
    if (is_break (context, local)) {
      if (single && spared->breaks[kind] >= 2 * BREAKS) {
        spared->breaks[kind] = 0;
        if (!give_up (mailbox, context, asked, local, error))
          return FALSE;
      }
      /* Each try costs a connection. */
      spared->at_once = (guint)MAX (base_uid_set_count (asked) / 4, 1);
    }
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!single) {
    spared->at_once = (guint)MAX (base_uid_set_count (silent) / 2, 1);
    return TRUE;
  }
  if (++mailbox->refused_in_a_row <= REFUSED_IN_A_ROW)
    return give_up (mailbox, context, asked, local, error);
  if (kind == KIND_TEXTS) {
    /* The rest of each row is here: for this time it has to do. */
    if (!give_up (mailbox, context, asked, local, error))
      return FALSE;
    mailbox->phase = SYNC_VISIT_DONE;
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
fetch_some (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *wanted, Kind kind,
            GError **error)
{
  static const ImapFetchItems items[] = {
    [KIND_HEADERS] = SYNC_LIST_ITEMS,
    [KIND_BODIES] = IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_BODY,
    [KIND_TEXTS] = SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW,
  };

  if (kind == KIND_HEADERS && !sync_mailbox_put_off_texts (mailbox, context, error))
    return FALSE;
  g_autoptr (BaseUidSet) asked = sync_plan_newest (wanted, get_spared (mailbox)->at_once);
  g_autoptr (BaseUidSet) silent = NULL, left = NULL;
  g_autoptr (SyncIncoming) incoming = sync_incoming_new (
      context, mailbox->folder, kind == KIND_HEADERS ? mailbox->arrived_from : 0);
  g_autofree char *set = base_uid_set_to_string (asked);
  g_autoptr (GError) unstored = NULL;
  GError *failure = NULL;

  (void)imap_session_fetch (context->session, set, items[kind], 0, sync_incoming_take, incoming,
                            context->cancellable, &failure);
  /* What came before the server failed is good. */
  if (!sync_incoming_flush (incoming, &unstored)) {
    g_clear_error (&failure);
    g_propagate_error (error, g_steal_pointer (&unstored));
    return FALSE;
  }
  silent = base_uid_set_subtract (asked, sync_incoming_get_uids (incoming));
  if (kind == KIND_HEADERS) {
    left = base_uid_set_subtract (mailbox->missing, sync_incoming_get_uids (incoming));
    base_uid_set_free (mailbox->missing);
    mailbox->missing = g_steal_pointer (&left);
    mailbox->n_known += base_uid_set_count (sync_incoming_get_uids (incoming));
    mailbox->uid_next = MAX (mailbox->uid_next, sync_incoming_get_highest (incoming) + 1);
  }
  if (!judge (mailbox, context, asked, silent, failure, error))
    return FALSE;
  if (kind == KIND_HEADERS) {
    left = base_uid_set_subtract (mailbox->missing, mailbox->unanswered);
    base_uid_set_free (mailbox->missing);
    mailbox->missing = g_steal_pointer (&left);
  }
  return TRUE;
}

gboolean
sync_mailbox_step_careful (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  Kind kind = get_kind (mailbox->phase);
  g_autoptr (BaseUidSet) wanted = list_wanted (mailbox, context, kind, error);

  if (wanted == NULL)
    return FALSE;
  if (!base_uid_set_is_empty (wanted))
    return fetch_some (mailbox, context, wanted, kind, error);
  mailbox->careful = FALSE;
  /* Of the bodies only the parts of large ones are left; of the texts none. */
  if (kind == KIND_HEADERS)
    mailbox->phase = SYNC_VISIT_SETTLE;
  return TRUE;
}

/* ---- what is said ---- */

gboolean
sync_mailbox_count_spared (SyncMailbox *mailbox, SyncContext *context, guint *n, GError **error)
{
  g_autoptr (BaseUidSet) known = NULL, lacking = NULL;

  *n = 0;
  if (!has_spared (mailbox))
    return TRUE;
  get_spared (mailbox)->lacking = 0;
  if (base_uid_set_is_empty (get_spared (mailbox)->uids))
    return TRUE;
  known = store_message_get_uids (context->db, mailbox->folder, error);
  if (known == NULL)
    return FALSE;
  lacking = base_uid_set_subtract (get_spared (mailbox)->uids, known);
  *n = get_spared (mailbox)->lacking = (guint)base_uid_set_count (lacking);
  return TRUE;
}

gboolean
sync_mailbox_say_spared (SyncMailbox *mailbox, SyncContext *context, guint n, GError **error)
{
  SyncSpared *spared = get_spared (mailbox);
  g_autofree char *sentence = g_strdup_printf (
      ngettext ("The server fails to give %'u message in “%s”; all others are here.",
                "The server fails to give %'u messages in “%s”; all others are here.", n),
      n, mailbox->name);

  if (!store_folder_set_trouble (context->db, mailbox->folder, sentence, error))
    return FALSE;
  if (!spared->told)
    sync_account_tell_refused (context->account, sentence, NULL);
  spared->told = TRUE;
  return TRUE;
}

gboolean
sync_memory_is_whole (SyncMemory *memory, gint64 folder)
{
  SyncSpared *spared = g_hash_table_lookup (memory->spared, &folder);

  return spared == NULL || spared->lacking == 0;
}

void
sync_memory_mark_spared (SyncMemory *memory, SyncWatch *watch)
{
  GHashTableIter iter;
  gpointer folder = NULL, value = NULL;

  g_hash_table_iter_init (&iter, memory->spared);
  while (g_hash_table_iter_next (&iter, &folder, &value)) {
    const SyncSpared *spared = value;

    if (!base_uid_set_is_empty (spared->uids) && g_get_monotonic_time () >= spared->until)
      sync_watch_mark (watch, *(const gint64 *)folder);
  }
}
