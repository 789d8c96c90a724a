/* What the server tells of messages that are here: other flags, and that they are gone.  Told with SELECT (QRESYNC), asked for
 * (CHANGEDSINCE, else flags by ranges), or unasked in between.  Sync worker's thread; must never believe that messages
 * are gone before the counts agree, nor that most are before a second connection says so. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "store-message.h"
#include "sync-incoming.h"
#include "sync-mailbox-private.h"

#define FLAGS_AT_ONCE   2000
#define FLAGS_OF_NEWEST 500
#define ALL_FLAGS_US    (30 * 60 * G_USEC_PER_SEC)

void
sync_labels_free (SyncLabels *labels)
{
  g_strfreev (labels->labels);
  g_free (labels);
}

/* Either may be NULL. */
static void
note_labels (SyncMailbox *mailbox, guint32 uid, GStrv labels, GStrv keywords)
{
  if (uid == 0 || (labels == NULL && keywords == NULL))
    return;
  SyncLabels *told = g_new0 (SyncLabels, 1);
  *told = (SyncLabels){ uid, g_strdupv (labels != NULL ? labels : keywords), labels == NULL };
  g_ptr_array_add (mailbox->labels, told);
}

gboolean
sync_mailbox_take_changed (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  SyncMailbox *mailbox = user_data;
  StoreServerFlags flags = { .uid = fetched->uid, .flags = (StoreFlags)fetched->flags };

  if (fetched->uid != 0 && fetched->has_flags)
    g_array_append_val (mailbox->changed, flags);
  note_labels (mailbox, fetched->uid, fetched->labels, fetched->keywords);
  mailbox->told_modseq = MAX (mailbox->told_modseq, fetched->modseq);
  return TRUE;
}

gboolean
sync_mailbox_take_vanished (const BaseUidSet *uids, gpointer user_data, GError **error)
{
  base_uid_set_add_set (((SyncMailbox *)user_data)->vanished, uids);
  return TRUE;
}

void
sync_mailbox_forget_told (SyncMailbox *mailbox)
{
  mailbox->told = IMAP_RESYNC_NONE;
  mailbox->told_new = FALSE;
  mailbox->told_highest = 0;
  mailbox->told_modseq = mailbox->modseq_before = 0;
  g_array_set_size (mailbox->changed, 0);
  g_ptr_array_set_size (mailbox->labels, 0);
  g_clear_pointer (&mailbox->vanished, base_uid_set_free);
  mailbox->vanished = base_uid_set_new ();
}

static gboolean
write_labels (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  for (guint i = 0; i < mailbox->labels->len; i++) {
    const SyncLabels *one = g_ptr_array_index (mailbox->labels, i);

    if (one->are_keywords && imap_session_has (context->session, IMAP_CAP_GMAIL))
      continue;
    if (!store_message_set_labels (context->db, mailbox->folder, one->uid,
                                   (const char *const *)one->labels, error))
      return FALSE;
  }
  return TRUE;
}

/* Where labels are keywords, a message that is told without any has lost those that it had. */
static gboolean
drop_labels (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  static const char *const none[] = { NULL };
  g_autoptr (BaseUidSet) told = base_uid_set_new ();

  if (imap_session_has (context->session, IMAP_CAP_GMAIL))
    return TRUE;
  for (guint i = 0; i < mailbox->labels->len; i++)
    base_uid_set_add (told, ((const SyncLabels *)mailbox->labels->pdata[i])->uid);
  for (guint i = 0; i < mailbox->changed->len; i++) {
    guint32 uid = g_array_index (mailbox->changed, StoreServerFlags, i).uid;
    gboolean has;

    if (!store_message_find_labels (context->db, mailbox->folder, uid, &has, error)
        || (has && !base_uid_set_contains (told, uid)
            && !store_message_set_labels (context->db, mailbox->folder, uid, none, error)))
      return FALSE;
  }
  return TRUE;
}

/* Flags and labels in one transaction. */
static gboolean
write_told (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  if (!store_db_begin (context->db, FALSE, error))
    return FALSE;
  if (store_message_set_server_flags (context->db, mailbox->folder,
                                      (const StoreServerFlags *)(gpointer)mailbox->changed->data,
                                      mailbox->changed->len, error)
      && write_labels (mailbox, context, error) && drop_labels (mailbox, context, error))
    return store_db_commit (context->db, error);
  store_db_rollback (context->db);
  return FALSE;
}

static gboolean
write_flags (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  gboolean good = (mailbox->changed->len == 0 && mailbox->labels->len == 0)
                  || write_told (mailbox, context, error);

  g_array_set_size (mailbox->changed, 0);
  g_ptr_array_set_size (mailbox->labels, 0);
  return good;
}

/* ---- asking what happened since ---- */

/* Where there is no asking for changes, the plan looks at what it can. */
gboolean
sync_mailbox_step_ask (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (StoreFolder) row = store_folder_get (context->db, mailbox->folder, error);
  g_autoptr (SyncIncoming) incoming = NULL;
  g_autofree char *set = NULL;
  gboolean changes = FALSE, fresh = FALSE;
  guint changes_index = 0, fresh_index = 0;

  mailbox->phase = SYNC_VISIT_PLAN;
  if (row == NULL
      || !store_message_count_uids (context->db, mailbox->folder, &mailbox->n_known, error))
    return FALSE;
  if (row->uid_next == 0 || row->uid_validity != selected->uid_validity)
    return TRUE;
  changes = selected->highest_modseq != 0 && row->highest_modseq != 0
            && imap_session_has (context->session, IMAP_CAP_CONDSTORE);
  fresh = !mailbox->careful && selected->exists > 0
          && selected->exists <= mailbox->n_known + SYNC_PLAN_NEW_AT_ONCE;
  incoming = sync_incoming_new (context, mailbox->folder,
                                mailbox->role == STORE_ROLE_INBOX ? row->uid_next : 0);
  set = sync_plan_dup_set_from (row->uid_next);
  /* Some servers tell what happened only to who asks for nothing. */
  imap_flight_noop (flight);
  if (changes)
    changes_index = imap_flight_changes (flight, row->highest_modseq, sync_mailbox_take_changed,
                                         sync_mailbox_take_vanished, mailbox);
  if (fresh)
    fresh_index = imap_flight_fetch (flight, set, SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW, 0,
                                     sync_incoming_take, incoming);
  if (!imap_flight_run (flight, context->cancellable, error)
      || (fresh && !imap_flight_get_result (flight, fresh_index, error))
      || !sync_incoming_flush (incoming, error))
    return FALSE;
  if (changes)
    mailbox->told = imap_flight_get_resync (flight, changes_index);
  mailbox->told_new = fresh;
  mailbox->told_highest = sync_incoming_get_highest (incoming);
  return TRUE;
}

/* ---- flags ---- */

static gboolean
fetch_flags (SyncMailbox *mailbox, SyncContext *context, const char *set, guint64 changed_since,
             GError **error)
{
  ImapFetchItems items = IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ;

  if (imap_session_has (context->session, IMAP_CAP_GMAIL))
    items |= IMAP_FETCH_LABELS;
  return imap_session_fetch (context->session, set, items, changed_since, sync_mailbox_take_changed,
                             mailbox, context->cancellable, error)
         && write_flags (mailbox, context, error);
}

/* Without CONDSTORE there is no asking what changed: all of it now and then, the newest each time. */
static gboolean
begin_all_flags (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  const gint64 *before = g_hash_table_lookup (mailbox->memory->all_flags, &mailbox->folder);

  if (mailbox->known == NULL && !sync_mailbox_load_known (mailbox, context, error))
    return FALSE;
  if (before == NULL || now - *before > ALL_FLAGS_US) {
    mailbox->flags_left = base_uid_set_dup (mailbox->known);
    g_hash_table_replace (mailbox->memory->all_flags, g_memdup2 (&mailbox->folder, sizeof (gint64)),
                          g_memdup2 (&now, sizeof now));
  } else {
    mailbox->flags_left = sync_plan_newest (mailbox->known, FLAGS_OF_NEWEST);
  }
  return TRUE;
}

static gboolean
fetch_some_flags (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  g_autoptr (BaseUidSet) part = sync_plan_newest (mailbox->flags_left, FLAGS_AT_ONCE);
  g_autoptr (BaseUidSet) left = base_uid_set_subtract (mailbox->flags_left, part);
  BaseUidRange lowest = base_uid_set_get_range (part, 0);
  BaseUidRange highest = base_uid_set_get_range (part, base_uid_set_n_ranges (part) - 1);
  /* One range over all of them, gaps included: the command stays short. */
  g_autofree char *set = g_strdup_printf ("%u:%u", lowest.first, highest.last);

  if (!fetch_flags (mailbox, context, set, 0, error))
    return FALSE;
  base_uid_set_free (mailbox->flags_left);
  mailbox->flags_left = g_steal_pointer (&left);
  return TRUE;
}

gboolean
sync_mailbox_step_flags (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);

  if (mailbox->plan.changed_since > 0) {
    if (!fetch_flags (mailbox, context, "1:*", mailbox->plan.changed_since, error))
      return FALSE;
    mailbox->plan.changed_since = 0;
    mailbox->told = MAX (mailbox->told, IMAP_RESYNC_CHANGES);
  }
  if (mailbox->told != IMAP_RESYNC_NONE) {
    if (!write_flags (mailbox, context, error))
      return FALSE;
    /* All that happened up to these moments is here now. */
    mailbox->modseq = MAX (mailbox->modseq, mailbox->told_modseq);
    mailbox->modseq = MAX (mailbox->modseq, mailbox->modseq_before);
    if (mailbox->first_look)
      mailbox->modseq = MAX (mailbox->modseq, selected->highest_modseq);
    mailbox->phase = SYNC_VISIT_GONE;
    return TRUE;
  }
  if (mailbox->plan.all_flags && mailbox->flags_left == NULL
      && !begin_all_flags (mailbox, context, error))
    return FALSE;
  if (mailbox->flags_left != NULL && !base_uid_set_is_empty (mailbox->flags_left))
    return fetch_some_flags (mailbox, context, error);
  /* Now all flags are as of this SELECT or later. */
  if (mailbox->plan.all_flags && mailbox->first_look && mailbox->modseq == 0)
    mailbox->modseq = selected->highest_modseq;
  mailbox->phase = SYNC_VISIT_GONE;
  return TRUE;
}

/* ---- what went ---- */

/* TRUE: so many may go, or another connection said the same already. */
static gboolean
may_lose (SyncMailbox *mailbox, SyncContext *context, guint64 removed)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);

  return !sync_plan_is_suspicious (mailbox->n_known, removed, selected->exists)
         || sync_memory_confirms (mailbox->memory, mailbox->folder, context->generation);
}

/* Takes away what was told to be gone, if then as many are left as the server counts; else nothing, *agrees FALSE. */
static gboolean
remove_told (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *uids, gboolean *agrees,
             gboolean *ask_again, GError **error)
{
  guint32 exists = imap_session_get_selected (context->session)->exists;
  guint64 left = 0;

  *agrees = *ask_again = FALSE;
  if (!store_db_begin (context->db, FALSE, error))
    return FALSE;
  if (!store_message_remove (context->db, mailbox->folder, uids, error)
      || !store_message_count_uids (context->db, mailbox->folder, &left, error)) {
    store_db_rollback (context->db);
    return FALSE;
  }
  *agrees = left == exists;
  *ask_again = *agrees && !may_lose (mailbox, context, mailbox->n_known - left);
  if (!*agrees || *ask_again) {
    store_db_rollback (context->db);
    return TRUE;
  }
  mailbox->n_known = left;
  g_clear_pointer (&mailbox->known, base_uid_set_free);
  return store_db_commit (context->db, error);
}

gboolean
sync_mailbox_step_gone (SyncMailbox *mailbox, SyncContext *context, gboolean *ask_again,
                        GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  gboolean agrees = FALSE;

  mailbox->phase = SYNC_VISIT_SEARCH;
  if (!base_uid_set_is_empty (mailbox->vanished) && !mailbox->plan.search && mailbox->complete
      && !remove_told (mailbox, context, mailbox->vanished, &agrees, ask_again, error))
    return FALSE;
  if (!*ask_again && !base_uid_set_is_empty (mailbox->vanished) && !agrees)
    mailbox->plan.search = TRUE;
  if (!*ask_again && mailbox->n_known != selected->exists)
    mailbox->plan.search = TRUE;
  return TRUE;
}

/* iCloud and some Cyrus tell wrongly what vanished (quirks 33 and 53): who is caught at that is not asked any more. */
static gboolean
contradicts (const BaseUidSet *told, const BaseUidSet *there, const BaseUidSet *gone)
{
  g_autoptr (BaseUidSet) not_there = base_uid_set_subtract (told, there);
  g_autoptr (BaseUidSet) not_told = base_uid_set_subtract (gone, told);

  return base_uid_set_count (not_there) != base_uid_set_count (told)
         || !base_uid_set_is_empty (not_told);
}

static void
judge_told (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *there,
            const BaseUidSet *gone)
{
  g_autoptr (BaseUidSet) told = base_uid_set_new ();

  /* What another client has removed since the question was told unasked, and waits to be taken. */
  if (mailbox->told != IMAP_RESYNC_ALL || !mailbox->complete
      || !imap_session_peek_vanished (context->session, told))
    return;
  base_uid_set_add_set (told, mailbox->vanished);
  if (!contradicts (told, there, gone))
    return;
  base_log ("%s: the server does not tell truly what vanished from “%s”; QRESYNC is not used any "
            "more",
            sync_account_get_id (context->account), mailbox->name);
  sync_account_doubt_qresync (context->account);
}

/* Removes what the server does not have any more; TRUE in *ask_again when that had better be confirmed. */
static gboolean
remove_gone (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *there,
             gboolean *ask_again, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  g_autoptr (BaseUidSet) gone = base_uid_set_subtract (mailbox->known, there);
  guint64 n_gone = base_uid_set_count (gone);

  *ask_again = FALSE;
  if (base_uid_set_count (there) != selected->exists) {
    if (n_gone > 0)
      base_log ("%s: the server counts %'u messages in “%s” but names %" G_GUINT64_FORMAT
                "; nothing is removed",
                sync_account_get_id (context->account), selected->exists, mailbox->name,
                base_uid_set_count (there));
    return TRUE;
  }
  judge_told (mailbox, context, there, gone);
  if (n_gone == 0)
    return TRUE;
  if (!may_lose (mailbox, context, n_gone)) {
    *ask_again = TRUE;
    return TRUE;
  }
  return store_message_remove (context->db, mailbox->folder, gone, error)
         && sync_mailbox_load_known (mailbox, context, error);
}

gboolean
sync_mailbox_step_search (SyncMailbox *mailbox, SyncContext *context, gboolean *ask_again,
                          GError **error)
{
  g_autoptr (BaseUidSet) there = NULL, lacking = NULL;

  mailbox->phase = SYNC_VISIT_HEADERS;
  if (!mailbox->plan.search) {
    mailbox->missing = base_uid_set_new ();
    return TRUE;
  }
  there = imap_session_search_all (context->session, context->cancellable, error);
  if (there == NULL || !sync_mailbox_load_known (mailbox, context, error)
      || !remove_gone (mailbox, context, there, ask_again, error))
    return FALSE;
  lacking = base_uid_set_subtract (there, mailbox->known);
  mailbox->missing = base_uid_set_subtract (lacking, mailbox->unanswered);
  sync_mailbox_leave_out_spared (mailbox, &mailbox->missing);
  return TRUE;
}

/* ---- told unasked ---- */

static gboolean
take_gone_news (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *gone, gboolean *look,
                GError **error)
{
  gboolean agrees = FALSE, ask_again = FALSE;

  if (base_uid_set_is_empty (gone))
    return TRUE;
  if (!mailbox->complete) {
    *look = TRUE;
    return TRUE;
  }
  if (!store_message_count_uids (context->db, mailbox->folder, &mailbox->n_known, error)
      || !remove_told (mailbox, context, gone, &agrees, &ask_again, error))
    return FALSE;
  if (!agrees || ask_again)
    *look = TRUE;
  return TRUE;
}

gboolean
sync_mailbox_take_news (SyncMailbox *mailbox, SyncContext *context, GPtrArray *news, gboolean *look,
                        GError **error)
{
  g_autoptr (BaseUidSet) gone = base_uid_set_new ();

  *look = FALSE;
  for (guint i = 0; i < news->len; i++) {
    const ImapNews *one = g_ptr_array_index (news, i);
    StoreServerFlags said = { .uid = one->uid, .flags = (StoreFlags)one->flags };

    switch (one->kind) {
    case IMAP_NEWS_FLAGS:
      if (one->uid == 0)
        *look = TRUE;
      else
        g_array_append_val (mailbox->changed, said);
      note_labels (mailbox, one->uid, NULL, one->keywords);
      break;
    case IMAP_NEWS_VANISHED:
      base_uid_set_add_set (gone, one->uids);
      break;
    case IMAP_NEWS_EXISTS:
    case IMAP_NEWS_EXPUNGED:
    case IMAP_NEWS_LOOK_AGAIN:
      *look = TRUE;
      break;
    case IMAP_NEWS_STATUS:
    case IMAP_NEWS_MAILBOXES:
    case IMAP_NEWS_UNWATCHED:
      break;
    }
  }
  if (!write_flags (mailbox, context, error))
    return FALSE;
  /* With new ones come in between, the counts say nothing: the look that follows tells. */
  return *look || take_gone_news (mailbox, context, gone, look, error);
}
