/* The send worker: SMTP, only while there is something to send, one connection for all that is due.  A row is `sending` from
 * before the first byte until its end is known and stored; a cut between the final dot and its answer leaves it `uncertain`,
 * and then Sent is searched, and else a person is asked.  Must never send again what may have been sent.
 *
 * Of many in a row, what is to be written about one is written while the server has the next: the disks of both are what takes time.  Copies for Sent come
 * by the dozen. */
#include "sync-send-private.h"

#include "base-error.h"
#include "base-log.h"
#include "sync-send-told.h"
#include "sync-without.h"

#include <glib/gi18n.h>
#include <string.h>

#define CHECK_AGAIN_MS 30000
#define DISK_AGAIN_MS  10000
#define CLOCK_MS       (10 * 60 * 1000)
/* Of what was sent and has to go into Sent: how many may wait for that, and how many go in one transaction, during which nobody else can write. */
#define MAX_SENT       200
#define LARGE          (64 * 1024) /* octets of a message that takes its time */
#define TELL_EVERY_US  (200 * 1000)
#define AT_ONCE        16
#define AT_ONCE_OCTETS (4 * 1024 * 1024)

static void
outbox_free (gpointer outbox)
{
  store_outbox_free (outbox);
}

static const char *
get_identity (Sender *sender)
{
  return sync_route_get_identity (sender->route);
}

static void
hang_up (Sender *sender)
{
  if (sender->session != NULL)
    sender->disabled |= smtp_session_get_doubted (sender->session);
  if (sender->session != NULL && smtp_session_is_usable (sender->session))
    smtp_session_quit (sender->session);
  g_clear_pointer (&sender->session, smtp_session_free);
  sync_worker_set_connected (sender->worker, FALSE);
}

/* For those who write: what is too large is said before it is sent.  Of the account's own server alone. */
static void
learn_size_limit (Sender *sender)
{
  g_autoptr (GError) error = NULL;

  if (get_identity (sender) != NULL)
    return;
  if (!store_account_set_size_limit (sender->db, sender->row,
                                     smtp_session_get_size_limit (sender->session), &error))
    base_log ("%s: %s", sync_account_get_id (sender->account), error->message);
}

/* *again: see sync_route_sign_in (). */
static gboolean
connect_once (Sender *sender, gboolean *again, GError **error)
{
  NetEndpoint endpoint = net_endpoint_of (sync_account_get_settings (sender->account),
                                          sync_route_get_server (sender->route),
                                          sync_account_get_patience (sender->account));
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) local = NULL;

  *again = FALSE;
  if (sync_route_is_blocked (sender->route, error))
    return FALSE;
  session = smtp_session_open (&endpoint, sender->cancellable, &local);
  if (session == NULL) {
    sync_route_block (sender->route, local);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!sync_route_sign_in (sender->route, session, again, sender->cancellable, error))
    return FALSE;
  smtp_session_set_disabled (session, sender->disabled);
  sender->session = g_steal_pointer (&session);
  sync_worker_set_connected (sender->worker, TRUE);
  learn_size_limit (sender);
  return TRUE;
}

static gboolean
connect_now (Sender *sender, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean again = FALSE;

  if (connect_once (sender, &again, &local))
    return TRUE;
  if (again) {
    g_clear_error (&local);
    if (connect_once (sender, &again, &local))
      return TRUE;
    /* The next token would fare no better.  In every other case who failed has said so, and a person may have answered by now. */
    if (again)
      sync_route_block (sender->route, local);
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* What a server has, or may have, that is not set up any more is looked after by the account's own sender. */
static gboolean
is_mine (Sender *sender, const StoreOutbox *row)
{
  if (g_strcmp0 (row->route, get_identity (sender)) == 0)
    return TRUE;
  return get_identity (sender) == NULL
         && (row->state == STORE_OUTBOX_SENT || row->state == STORE_OUTBOX_UNCERTAIN)
         && !sync_account_has_route (sender->account, row->route);
}

/* The mails that are this one's and in this state, oldest first. */
static GPtrArray *
list_outbox (Sender *sender, StoreOutboxState state, GError **error)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (sender->db, sender->row, error);

  for (guint i = rows != NULL ? rows->len : 0; i-- > 0;) {
    const StoreOutbox *row = g_ptr_array_index (rows, i);

    if (row->state != state || !is_mine (sender, row))
      g_ptr_array_remove_index (rows, i);
  }
  return g_steal_pointer (&rows);
}

static void
tell_not_written (Sender *sender, const GError *error)
{
  gboolean disk = g_error_matches (error, BASE_ERROR, BASE_ERROR_DISK);

  if (disk && sender->told_disk)
    return;
  base_log ("%s: the outbox could not be written: %s", sync_account_get_id (sender->account),
            error->message);
  if (!disk)
    return;
  sender->told_disk = TRUE;
  sync_account_tell_refused (sender->account, error->message, base_error_get_detail (error));
}

/* How a mail that is `sending` ended could not be written.  TRUE: a while has passed, try again.  A row that stays
 * `sending` is taken for uncertain after a restart, and with a disk that is full nothing else could be sent either. */
static gboolean
wait_for_disk (Sender *sender, const GError *error)
{
  tell_not_written (sender, error);
  if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_DISK))
    return FALSE;
  sync_worker_wait (sender->worker, DISK_AGAIN_MS);
  sync_worker_begin_round (sender->worker);
  return !sync_worker_is_stopping (sender->worker);
}

/* Writes how it ended. */
static void
set_state (Sender *sender, const StoreOutbox *outbox, StoreOutboxState state, gint64 next_try,
           const char *sentence, const char *detail)
{
  gboolean again = TRUE;

  while (again) {
    g_autoptr (GError) error = NULL;
    gboolean written =
        store_outbox_set_state (sender->db, outbox->id, state, next_try, sentence, detail, &error);

    again = !written && wait_for_disk (sender, error);
  }
}

/* ---- sent ---- */

static gboolean
mark_sent (Sender *sender, GError **error)
{
  for (guint i = 0; i < sender->sent->len; i++) {
    const StoreOutbox *outbox = g_ptr_array_index (sender->sent, i);

    if (outbox->state != STORE_OUTBOX_SENT
        && !store_outbox_set_state (sender->db, outbox->id, STORE_OUTBOX_SENT, 0, NULL, NULL,
                                    error))
      return FALSE;
  }
  return TRUE;
}

/* The first `n` of them. */
static gboolean
finish_sent (Sender *sender, guint n, gint64 folder, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!sync_send_finish_one (sender, sender->sent->pdata[i], folder,
                               sync_send_files_sent (sender, sender->sent->pdata[i]), error))
      return FALSE;
  return TRUE;
}

/* Whether nothing of it needs a copy made here. */
static gboolean
are_filed (Sender *sender)
{
  for (guint i = 0; i < sender->sent->len; i++)
    if (!sync_send_files_sent (sender, sender->sent->pdata[i]))
      return FALSE;
  return TRUE;
}

/* In one transaction, for each costs the disk as much time as the server takes for a letter: what was sent is marked as theirs; `take`: the next one is
 * taken; the first `n_finish` of what was sent go into `folder`. */
static gboolean
advance (Sender *sender, gboolean take, guint n_finish, gint64 folder, GError **error)
{
  g_autoptr (StoreOutbox) taken = NULL;
  g_autoptr (GError) local = NULL;

  if (!store_db_begin (sender->db, TRUE, error))
    return FALSE;
  if (mark_sent (sender, &local) && take)
    taken = store_outbox_take_due (sender->db, sender->row, get_identity (sender), sync_send_now (),
                                   NULL, &local);
  if (local == NULL)
    (void)finish_sent (sender, n_finish, folder, &local);
  if (local != NULL) {
    store_db_rollback (sender->db);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!store_db_commit (sender->db, error))
    return FALSE;
  for (guint i = 0; i < sender->sent->len; i++)
    ((StoreOutbox *)g_ptr_array_index (sender->sent, i))->state = STORE_OUTBOX_SENT;
  for (guint i = 0; i < n_finish; i++)
    if (((StoreOutbox *)g_ptr_array_index (sender->sent, i))->refused != NULL)
      sync_send_tell_refused (sender->account, g_ptr_array_index (sender->sent, i));
  if (n_finish > 0)
    g_ptr_array_remove_range (sender->sent, 0, n_finish);
  if (taken != NULL)
    sender->ahead = g_steal_pointer (&taken);
  return TRUE;
}

/* The server has a message and its disk is at work: ours can be, too.  What fails here is tried again where nothing waits. */
static void
on_waiting (gpointer data)
{
  Sender *sender = data;
  g_autoptr (GError) error = NULL;

  if (sender->total > LARGE)
    sync_account_tell_sending (sender->account, sender->on_its_way, sender->total, sender->total);
  if (sender->ahead != NULL || sync_worker_is_stopping (sender->worker))
    return;
  if (sender->sent->len > 0)
    (void)advance (sender, TRUE, 0, 0, &error);
  else
    sender->ahead = store_outbox_take_due (sender->db, sender->row, get_identity (sender),
                                           sync_send_now (), NULL, &error);
  if (sender->ahead != NULL)
    sync_sending_set_ahead (sync_route_get_sending (sender->route), sender->ahead->id);
  if (error != NULL)
    base_log ("%s: %s", sync_account_get_id (sender->account), error->message);
}

/* How many of what was sent go into Sent in one transaction. */
static guint
count_at_once (Sender *sender)
{
  gsize octets = 0;
  guint n = 0;

  while (n < sender->sent->len && n < AT_ONCE && octets < AT_ONCE_OCTETS) {
    g_autoptr (GBytes) message =
        store_outbox_get_message (sender->db, sender->sent->pdata[n], NULL);

    octets += message != NULL ? g_bytes_get_size (message) : 0;
    n++;
  }
  return n;
}

/* All that was sent goes into Sent. */
static void
finish_all (Sender *sender)
{
  gint64 folder = sync_send_find_sent_folder (sender, are_filed (sender));
  gboolean good = TRUE, any = sender->sent->len > 0;

  while (good && sender->sent->len > 0) {
    g_autoptr (GError) error = NULL;

    good = advance (sender, FALSE, count_at_once (sender), folder, &error)
           || wait_for_disk (sender, error);
  }
  /* Where that failed, the next round finds them by their state. */
  g_ptr_array_set_size (sender->sent, 0);
  if (any && folder > 0)
    sync_account_operations_changed (sender->account);
}

/* What was sent when the program ended, or the disk could not take it. */
static void
finish_left (Sender *sender)
{
  g_autoptr (GPtrArray) left = list_outbox (sender, STORE_OUTBOX_SENT, NULL);

  if (left == NULL || left->len == 0)
    return;
  g_ptr_array_extend_and_steal (sender->sent, g_steal_pointer (&left));
  finish_all (sender);
}

/* It was found in Sent. */
static void
finish_found (Sender *sender, const StoreOutbox *outbox)
{
  gint64 folder = sync_send_find_sent_folder (sender, TRUE);
  gboolean again = TRUE, noted = FALSE;

  while (again) {
    g_autoptr (GError) error = NULL;

    noted = sync_send_finish_one (sender, outbox, folder, TRUE, &error);
    again = !noted && wait_for_disk (sender, error);
  }
  if (noted && outbox->refused != NULL)
    sync_send_tell_refused (sender->account, outbox);
  if (noted && folder > 0)
    sync_account_operations_changed (sender->account);
}

/* ---- not sent ---- */

/* Some are refused, be it for good or for now, and nobody has got it: then it is for the others.  FALSE: it is not so. */
static gboolean
part (const StoreOutbox *outbox, const GError *error, GStrv *rest, char **refused)
{
  const char *detail = base_error_get_detail (error);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GStrvBuilder) welcome = g_strv_builder_new ();
  g_autoptr (GString) words = g_string_new (NULL);
  guint n_welcome = 0;

  if (detail == NULL
      || (!g_error_matches (error, BASE_ERROR, BASE_ERROR_REFUSED)
          && !g_error_matches (error, BASE_ERROR, BASE_ERROR_LIMIT)
          && !g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)))
    return FALSE;
  lines = g_strsplit (detail, "\n", -1);
  for (guint i = 0; outbox->recipients[i] != NULL; i++) {
    g_autofree char *start = g_strconcat (outbox->recipients[i], ": ", NULL);
    gboolean is_refused = FALSE;

    for (guint j = 0; lines[j] != NULL && !is_refused; j++) {
      is_refused = g_str_has_prefix (lines[j], start);
      /* Who is leaving refuses nobody. */
      if (is_refused && g_str_has_prefix (lines[j] + strlen (start), "421"))
        return FALSE;
      if (is_refused)
        g_string_append_printf (words, "%s\n", lines[j]);
    }
    n_welcome += !is_refused;
    if (!is_refused)
      g_strv_builder_add (welcome, outbox->recipients[i]);
  }
  if (n_welcome == 0 || words->len == 0)
    return FALSE;
  *rest = g_strv_builder_end (welcome);
  *refused = g_strdup (words->str);
  return TRUE;
}

/* Nobody is welcome, but some may be later. */
static gboolean
may_be_later (const StoreOutbox *outbox, const char *detail)
{
  gboolean later = FALSE;

  for (guint i = 0; detail != NULL && outbox->recipients[i] != NULL && !later; i++) {
    g_autofree char *line = g_strconcat (outbox->recipients[i], ": 4", NULL);

    later = g_str_has_prefix (detail, line);
    for (const char *at = strstr (detail, line); at != NULL && !later; at = strstr (at + 1, line))
      later = at > detail && at[-1] == '\n';
  }
  return later;
}

/* TRUE: it goes on with the others. */
static gboolean
go_on_without (Sender *sender, const StoreOutbox *outbox, const GError *error)
{
  g_auto (GStrv) rest = NULL;
  g_autofree char *refused = NULL;
  gboolean written = FALSE, again = TRUE;

  if (!part (outbox, error, &rest, &refused))
    return FALSE;
  while (again) {
    g_autoptr (GError) local = NULL;

    written =
        store_outbox_part (sender->db, outbox->id, (const char *const *)rest, refused, &local);
    again = !written && wait_for_disk (sender, local);
  }
  return written;
}

/* It failed, and the person is told. */
static void
give_up (Sender *sender, const StoreOutbox *outbox, const char *sentence, const char *detail)
{
  set_state (sender, outbox, STORE_OUTBOX_FAILED, 0, sentence, detail);
  sync_send_tell_failed (sender->account, outbox, sentence, detail);
}

/* What was written to go by a server that is not there any more goes by no other one. */
static void
give_up_lost (Sender *sender)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (sender->db, sender->row, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const StoreOutbox *outbox = g_ptr_array_index (rows, i);

    if (outbox->state == STORE_OUTBOX_QUEUED && outbox->route != NULL
        && !sync_account_has_route (sender->account, outbox->route))
      give_up (
          sender, outbox,
          _ ("The server by which it was to be sent is not set up any more. Edit the message and choose as whom you send it."),
          NULL);
  }
}

/* The server said that it cannot take it yet. */
static void
put_off (Sender *sender, const StoreOutbox *outbox, gint64 next_try, const GError *error)
{
  const char *detail = base_error_get_detail (error);
  gboolean again = TRUE;

  if (store_outbox_is_overdue (outbox, sync_send_now ())) {
    give_up (sender, outbox, store_outbox_get_overdue_sentence (), detail);
    return;
  }
  while (again) {
    g_autoptr (GError) local = NULL;
    gboolean written =
        store_outbox_defer (sender->db, outbox->id, next_try, error->message, detail, &local);

    again = !written && wait_for_disk (sender, local);
  }
}

/* Certainly not accepted: the error says what comes next.  FALSE when the rest must wait too. */
static gboolean
finish_not_sent (Sender *sender, const StoreOutbox *outbox, const GError *error)
{
  const char *detail = base_error_get_detail (error);
  gint64 next_try;
  gboolean alone;

  if (go_on_without (sender, outbox, error))
    return TRUE;
  if (may_be_later (outbox, detail)) {
    put_off (sender, outbox, sync_send_get_retry_time (outbox), error);
    return smtp_session_is_usable (sender->session);
  }
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_REFUSED)
      || g_error_matches (error, BASE_ERROR, BASE_ERROR_LIMIT)
      || g_error_matches (error, BASE_ERROR, BASE_ERROR_GONE)) {
    give_up (sender, outbox, error->message, detail);
    return TRUE;
  }
  if (base_error_is_cancelled (error)) {
    set_state (sender, outbox, STORE_OUTBOX_QUEUED, 0, NULL, NULL);
    return FALSE;
  }
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH)
      || g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST)) {
    set_state (sender, outbox, STORE_OUTBOX_QUEUED, 0, error->message, detail);
    sync_route_block (sender->route, error);
    return FALSE;
  }
  /* A 4xx is about this mail: it alone waits.  A broken connection says nothing about any mail. */
  alone = sender->session != NULL && smtp_session_is_usable (sender->session);
  next_try = alone ? sync_send_get_retry_time (outbox) : sync_worker_fail (sender->worker);
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY) && detail != NULL && detail[0] == '4')
    put_off (sender, outbox, next_try, error);
  else
    set_state (sender, outbox, STORE_OUTBOX_QUEUED, next_try, error->message, detail);
  return alone;
}

/* It is to go later, and this server keeps nothing: so it waits here. */
static gboolean
must_wait_here (Sender *sender, const StoreOutbox *outbox)
{
  return outbox->send_at > sync_send_now ()
         && !smtp_session_can_hold (sender->session, outbox->send_at);
}

/* How far it is. */
static gboolean
on_progress (guint64 sent, guint64 total, gpointer data)
{
  Sender *sender = data;
  gint64 now = g_get_monotonic_time ();

  sender->total = total;
  if (sent == total)
    return sync_sending_let_go (sync_route_get_sending (sender->route));
  if (total > LARGE && now - sender->told_at > TELL_EVERY_US) {
    sync_account_tell_sending (sender->account, sender->on_its_way, sent, total);
    sender->told_at = now;
  }
  return TRUE;
}

/* `stopped`: by a person, and the server does not have it. */
static SmtpOutcome
submit (Sender *sender, const StoreOutbox *outbox, GBytes *message, gboolean *stopped,
        GError **error)
{
  SyncSending *sending = sync_route_get_sending (sender->route);
  const SmtpSendOptions options = { .notify = (SmtpNotify)outbox->notify,
                                    .envelope_id = outbox->message_id,
                                    .hold_until =
                                        outbox->send_at > sync_send_now () ? outbox->send_at : 0,
                                    .waiting = on_waiting,
                                    .progress = on_progress,
                                    .data = sender };
  SmtpOutcome outcome;
  GCancellable *cancellable;

  sender->on_its_way = outbox->id;
  sender->total = 0;
  cancellable = sync_sending_begin (sending, outbox->id, sender->cancellable);

  /* From the final dot to its answer a cancel would leave nobody knowing. */
  sync_worker_set_guarded (sender->worker, TRUE);
  outcome =
      smtp_session_send (sender->session, outbox->from, (const char *const *)outbox->recipients,
                         message, &options, cancellable, error);
  sync_worker_set_guarded (sender->worker, FALSE);
  *stopped = sync_sending_end (sending) && outcome == SMTP_NOT_SENT;
  return outcome;
}

/* While a large one goes up nobody may be in doubt about those that the server has. */
static void
note_before (Sender *sender, GBytes *message)
{
  g_autoptr (GError) error = NULL;

  if (sender->sent->len > 0 && g_bytes_get_size (message) > LARGE
      && !advance (sender, FALSE, 0, 0, &error))
    base_log ("%s: %s", sync_account_get_id (sender->account), error->message);
}

/* A person does not want it sent. */
static void
set_stopped (Sender *sender, const StoreOutbox *outbox)
{
  set_state (sender, outbox, STORE_OUTBOX_FAILED, 0,
             _ ("You stopped this message before it was sent."), NULL);
}

/* Takes the row. */
static gboolean
send_one (Sender *sender, StoreOutbox *taken)
{
  g_autoptr (StoreOutbox) outbox = taken;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = store_outbox_get_message (sender->db, outbox, &error);
  SmtpOutcome outcome = SMTP_NOT_SENT;
  gboolean stopped = sync_sending_take_stopped (sync_route_get_sending (sender->route), outbox->id);

  if (!stopped && message != NULL && !must_wait_here (sender, outbox)) {
    note_before (sender, message);
    outcome = submit (sender, outbox, message, &stopped, &error);
  }
  if (stopped) {
    set_stopped (sender, outbox);
    return TRUE;
  }
  switch (outcome) {
  case SMTP_SENT:
    sync_send_tell_time (sender->account, outbox);
    g_ptr_array_add (sender->sent, g_steal_pointer (&outbox));
    return TRUE;
  case SMTP_NOT_SENT:
    /* Known before, or the server had offered to keep it and then did not know how. */
    if (message != NULL && must_wait_here (sender, outbox)) {
      set_state (sender, outbox, STORE_OUTBOX_QUEUED, outbox->send_at, NULL, NULL);
      return TRUE;
    }
    return finish_not_sent (sender, outbox, error);
  case SMTP_UNCERTAIN:
    /* Looked for in Sent by check_uncertain (). */
    set_state (
        sender, outbox, STORE_OUTBOX_UNCERTAIN, 0,
        _ ("The connection was lost just when this mail was handed over, so it may or may not have arrived."),
        error != NULL ? base_error_get_detail (error) : NULL);
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

/* What waits is told why it waits; it is due again when the worker tries again. */
static void
explain_wait (Sender *sender, const GError *error)
{
  g_autoptr (GPtrArray) queued = list_outbox (sender, STORE_OUTBOX_QUEUED, NULL);
  g_autoptr (GError) swallowed = NULL;

  for (guint i = 0; queued != NULL && i < queued->len; i++) {
    const StoreOutbox *outbox = g_ptr_array_index (queued, i);

    if (outbox->next_try <= sync_send_now () && g_strcmp0 (outbox->error, error->message) != 0
        && !store_outbox_set_state (sender->db, outbox->id, STORE_OUTBOX_QUEUED, outbox->next_try,
                                    error->message, base_error_get_detail (error), &swallowed)) {
      tell_not_written (sender, swallowed);
      return;
    }
  }
}

static gboolean
is_due (Sender *sender, gint64 *next_due, GError **error)
{
  g_autoptr (GPtrArray) queued = list_outbox (sender, STORE_OUTBOX_QUEUED, error);
  gboolean due = FALSE;

  *next_due = 0;
  for (guint i = 0; queued != NULL && i < queued->len; i++) {
    const StoreOutbox *outbox = g_ptr_array_index (queued, i);

    if (store_outbox_was_left (outbox, sync_send_now ())
        && !store_outbox_skip_left (sender->db, outbox, sync_send_now (), error))
      return FALSE;
    if (outbox->next_try <= sync_send_now ())
      due = TRUE;
    else if (*next_due == 0 || outbox->next_try < *next_due)
      *next_due = outbox->next_try;
  }
  return due;
}

static StoreOutbox *
take_next (Sender *sender, GError **error)
{
  if (sender->sent->len >= MAX_SENT)
    finish_all (sender);
  if (sender->ahead != NULL)
    return g_steal_pointer (&sender->ahead);
  return store_outbox_take_due (sender->db, sender->row, get_identity (sender), sync_send_now (),
                                NULL, error);
}

/* It was taken ahead, and its turn did not come. */
static void
put_back (Sender *sender, const StoreOutbox *outbox)
{
  if (sync_sending_take_stopped (sync_route_get_sending (sender->route), outbox->id))
    set_stopped (sender, outbox);
  else
    set_state (sender, outbox, STORE_OUTBOX_QUEUED, 0, NULL, NULL);
}

/* Sends what is due over one connection.  FALSE with `error` when nothing could be begun. */
static gboolean
send_due (Sender *sender, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (sender->session == NULL && !connect_now (sender, error))
    return FALSE;
  while (!sync_worker_is_stopping (sender->worker)) {
    StoreOutbox *outbox = take_next (sender, &local);

    if (outbox == NULL)
      break;
    sender->told_disk = FALSE;
    if (!send_one (sender, outbox) || !smtp_session_is_usable (sender->session))
      break;
  }
  finish_all (sender);
  /* Nothing of it was sent. */
  if (sender->ahead != NULL)
    put_back (sender, sender->ahead);
  g_clear_pointer (&sender->ahead, store_outbox_free);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* ---- uncertain ---- */

/* Looks in Sent for what may have been sent.  Milliseconds until it is worth looking again, -1: no need. */
static gint64
check_uncertain (Sender *sender)
{
  g_autoptr (GPtrArray) uncertain = list_outbox (sender, STORE_OUTBOX_UNCERTAIN, NULL);
  gint64 again = -1;
  gboolean reached = TRUE;

  for (guint i = 0;
       uncertain != NULL && i < uncertain->len && !sync_worker_is_stopping (sender->worker); i++) {
    const StoreOutbox *outbox = g_ptr_array_index (uncertain, i);
    guint times = GPOINTER_TO_UINT (g_hash_table_lookup (sender->checked, &outbox->id));
    /* A provider that files sent mail itself may take a moment. */
    guint wanted = sync_send_files_sent (sender, outbox) ? 2 : 1;
    g_autoptr (SyncRequest) request = NULL;
    g_autoptr (GError) error = NULL;
    gboolean found = FALSE;

    if (times >= wanted)
      continue;
    /* The rest of one that others have got: what is in Sent says nothing about it. */
    if (outbox->message_id == NULL) {
      g_hash_table_replace (sender->checked, g_memdup2 (&outbox->id, sizeof (gint64)),
                            GUINT_TO_POINTER (wanted));
      sync_send_tell_uncertain (sender->account, outbox);
      continue;
    }
    request = sync_request_new (SYNC_REQUEST_FIND_SENT, 0, outbox->message_id);
    sync_account_request (sender->account, request);
    if (!sync_request_wait (request, &found, sender->cancellable, &error)) {
      base_log ("%s: could not look for a mail in Sent: %s", sync_account_get_id (sender->account),
                error->message);
      reached = FALSE;
      continue;
    }
    if (found) {
      finish_found (sender, outbox);
      continue;
    }
    g_hash_table_replace (sender->checked, g_memdup2 (&outbox->id, sizeof (gint64)),
                          GUINT_TO_POINTER (times + 1));
    if (times + 1 < wanted) {
      again = CHECK_AGAIN_MS;
      continue;
    }
    sync_send_tell_uncertain (sender->account, outbox);
  }
  if (reached) {
    sender->unreachable = 0;
    return again;
  }
  /* Less and less often; an IMAP connection that comes about wakes the worker anyway. */
  return sync_worker_back_off (++sender->unreachable, g_random_double ());
}

/* ---- the thread ---- */

static gint64
shorter (gint64 a, gint64 b)
{
  return a < 0 ? b : b < 0 ? a : MIN (a, b);
}

/* Milliseconds to wait, -1: until woken. */
static gint64
run_round (Sender *sender)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) blocked = NULL;
  gint64 next_due = 0, wait = -1, delay = sync_worker_get_delay (sender->worker);
  gboolean due;

  finish_left (sender);
  if (get_identity (sender) == NULL)
    give_up_lost (sender);
  /* The account only receives mail. */
  if (!base_server_is_used (sync_route_get_server (sender->route)))
    return check_uncertain (sender);
  due = is_due (sender, &next_due, &error);
  if (due && sync_route_is_blocked (sender->route, &blocked)) {
    explain_wait (sender, blocked);
  } else if (due) {
    if (delay > 0)
      return delay;
    if (send_due (sender, &error))
      due = is_due (sender, &next_due, &error);
  }
  hang_up (sender);
  if (sync_worker_is_stopping (sender->worker))
    return 0;
  if (error != NULL && !base_error_is_cancelled (error)) {
    base_log ("%s: %s", sync_account_get_id (sender->account), error->message);
    explain_wait (sender, error);
    if (!sync_route_is_blocked (sender->route, NULL)) {
      (void)sync_worker_fail (sender->worker);
      wait = sync_worker_get_delay (sender->worker);
    }
  } else if (due && !sync_route_is_blocked (sender->route, NULL)) {
    wait = sync_worker_get_delay (sender->worker);
  }
  /* The wait is by a clock that nobody sets, the time a person chose by one that may be set meanwhile. */
  if (next_due > 0)
    wait = shorter (wait, MIN (MAX (next_due - sync_send_now (), 0) * 1000 + 100, CLOCK_MS));
  return shorter (wait, check_uncertain (sender));
}

void
sync_send_run (SyncWorker *worker, gpointer route)
{
  SyncAccount *account = sync_route_get_account (route);
  Sender sender = { .account = account,
                    .route = route,
                    .worker = worker,
                    .disabled = sync_without_smtp (sync_account_get_settings (account),
                                                   sync_route_get_server (route)) };

  sender.sent = g_ptr_array_new_with_free_func (outbox_free);
  sender.checked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  sender.db = sync_account_open_store (account, worker, &sender.row);
  while (sender.db != NULL && !sync_worker_is_stopping (worker)) {
    gint64 wait = 0;

    g_clear_object (&sender.cancellable);
    sender.cancellable = sync_worker_ref_cancellable (worker);
    sync_worker_begin_round (worker);
    (void)sync_worker_take_retry (worker);
    wait = run_round (&sender);
    if (wait != 0)
      sync_worker_wait (worker, wait);
  }
  hang_up (&sender);
  g_hash_table_unref (sender.checked);
  g_ptr_array_unref (sender.sent);
  g_clear_object (&sender.cancellable);
  g_clear_pointer (&sender.db, store_db_free);
}
