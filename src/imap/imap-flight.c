/* Runs a flight: what may be sent is sent, and each answer goes to the command it is for.  Runs in the session's thread;
 * must never have more under way than the kernel's buffers hold even if nobody reads, and never send a change for a mailbox
 * before it is known to be the one that is meant. */
#include "imap-flight-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"

/* Commands under way: less than any socket buffer, so that writing never waits for a server that waits for us. */
#define MAX_OCTETS   8000
#define MAX_COMMANDS 100
/* Outlook answers BAD from some fifty on (quirk 12). */
#define MAX_STATUS 25
/* One is being answered, and the next is with the server already. */
#define MORE_BELOW 2

struct _ImapFlight
{
  ImapSession *session; /* Borrowed */
  GPtrArray *tasks;     /* of ImapTask; Owned */
  guint next;           /* to be sent */
  guint oldest;         /* not done */
  guint n_sent, n_status;
  gsize octets; /* under way */
  gboolean ran;
  ImapFlightMoreFunc more; /* nullable */
  gpointer more_data;
};

static void
task_free (gpointer data)
{
  ImapTask *task = data;
  g_clear_pointer (&task->command, imap_command_free);
  g_clear_error (&task->error);
  g_clear_pointer (&task->uids, base_uid_set_free);
  g_clear_pointer (&task->asked, base_uid_set_free);
  g_clear_pointer (&task->names, g_hash_table_unref);
  g_clear_pointer (&task->mailboxes, g_ptr_array_unref);
  g_free (task->refused);
  g_free (task->mailbox);
  g_free (task->set);
  g_free (task);
}

ImapFlight *
imap_flight_new (ImapSession *session)
{
  ImapFlight *flight = g_new0 (ImapFlight, 1);
  flight->session = session;
  flight->tasks = g_ptr_array_new_with_free_func (task_free);
  return flight;
}

void
imap_flight_free (ImapFlight *flight)
{
  if (flight == NULL)
    return;
  g_ptr_array_unref (flight->tasks);
  g_free (flight);
}

void
imap_flight_set_more (ImapFlight *flight, ImapFlightMoreFunc more, gpointer user_data)
{
  flight->more = more;
  flight->more_data = user_data;
}

ImapTask *
imap_flight_get_task (ImapFlight *flight, guint index)
{
  g_return_val_if_fail (index < flight->tasks->len, NULL);
  return g_ptr_array_index (flight->tasks, index);
}

guint
imap_flight_get_index (ImapFlight *flight)
{
  return flight->tasks->len - 1;
}

guint
imap_flight_get_length (ImapFlight *flight)
{
  return flight->tasks->len;
}

ImapSession *
imap_flight_get_session (ImapFlight *flight)
{
  return flight->session;
}

static ImapTask *
last_select (ImapFlight *flight)
{
  for (guint i = flight->tasks->len; i-- > 0;) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if (task->traits & IMAP_TASK_SELECTS)
      return task;
  }
  return NULL;
}

const char *
imap_flight_get_mailbox (ImapFlight *flight)
{
  const ImapTask *select = last_select (flight);
  return select != NULL ? select->mailbox : flight->session->selected_name;
}

ImapTask *
imap_flight_add (ImapFlight *flight, ImapCommand *command, ImapTaskTraits traits,
                 const char *refused, const char *mailbox)
{
  ImapTask *task = g_new0 (ImapTask, 1);
  task->command = command;
  task->traits = traits;
  task->refused = g_strdup (refused);
  task->mailbox = g_strdup (mailbox);
  task->exchange.refused = task->refused;
  task->exchange.mailbox = task->mailbox;
  task->exchange.tag = task->tag;
  task->exchange.user_data = task;
  if (traits & (IMAP_TASK_NEEDS_MAILBOX | IMAP_TASK_NEEDS_WRITABLE))
    task->select = last_select (flight);
  g_ptr_array_add (flight->tasks, task);
  return task;
}

/* The exchanges that wait for answers, oldest first. */
static const ImapExchange *
chain (ImapFlight *flight)
{
  ImapExchange *first = NULL, *last = NULL;

  for (guint i = flight->oldest; i < flight->next; i++) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if (!task->sent || task->done)
      continue;
    /* what comes now cannot be for what waits behind a SELECT that is still to be carried out */
    if (first != NULL && (task->traits & IMAP_TASK_SELECTS))
      break;
    task->exchange.next = NULL;
    if (last != NULL)
      last->next = &task->exchange;
    else
      first = &task->exchange;
    last = &task->exchange;
  }
  return first;
}

/* The oldest task is the one the server is at: when that is a SELECT, what comes now is about its mailbox. */
static void
begin_oldest (ImapFlight *flight)
{
  while (flight->oldest < flight->next) {
    ImapTask *task = g_ptr_array_index (flight->tasks, flight->oldest);
    if (!task->done) {
      if ((task->traits & IMAP_TASK_SELECTS) && task->sent && !task->begun) {
        task->begun = TRUE;
        imap_state_begin_selected (flight->session, task->read_only);
      }
      return;
    }
    flight->oldest++;
  }
}

/* No mailbox, or another one of the same name: nothing that comes for those behind the SELECT is what was meant. */
static void
drop_dependents (ImapFlight *flight, ImapTask *select, gboolean anew)
{
  for (guint i = 0; i < flight->tasks->len; i++) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if (task->select != select)
      continue;
    task->exchange.dropped = TRUE;
    if (anew && task->error == NULL)
      base_error_set (
          &task->error, BASE_ERROR_GONE, NULL,
          _ ("The folder “%s” was made anew on the server; what was known of it is out of date."),
          select->mailbox);
  }
}

static void
finish_select (ImapFlight *flight, ImapTask *task, gboolean opened)
{
  ImapSession *session = flight->session;

  session->selecting = FALSE;
  if (!opened) {
    imap_state_forget_selected (session);
    drop_dependents (flight, task, FALSE);
    return;
  }
  session->selected_name = g_strdup (task->mailbox);
  session->selections++;
  task->selected = session->selected;
  if (task->uid_validity != 0 && session->selected.uid_validity != task->uid_validity)
    drop_dependents (flight, task, TRUE);
}

/* All that our own commands remove has been announced. */
static void
finish_expunging (ImapFlight *flight)
{
  for (guint i = flight->oldest; i < flight->next; i++) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if ((task->traits & IMAP_TASK_EXPUNGES) && task->sent && !task->done)
      return;
  }
  imap_gone_end (flight->session);
}

static void
finish_task (ImapFlight *flight, ImapTask *task, const ImapResponse *answer)
{
  gboolean ok = answer->condition == IMAP_CONDITION_OK;

  task->done = TRUE;
  flight->n_sent--;
  flight->octets -= task->octets;
  if (task->traits & IMAP_TASK_STATUS)
    flight->n_status--;
  if (!ok) {
    g_clear_error (&task->error);
    /* behind a SELECT that failed all is BAD */
    if (task->select == NULL || task->select->error == NULL)
      imap_talk_doubt (flight->session, task->command, answer);
    imap_talk_set_refused (flight->session, answer, &task->exchange, &task->error);
  }
  if (task->traits & IMAP_TASK_SELECTS)
    finish_select (flight, task, ok);
  if (ok && task->error == NULL && task->finish != NULL)
    task->finish (flight->session, task, answer, &task->error);
  if (task->traits & IMAP_TASK_EXPUNGES)
    finish_expunging (flight);
  begin_oldest (flight);
}

/* Whether `task` has to wait until more of those before it are answered. */
static gboolean
must_hold (ImapFlight *flight, ImapTask *task, gboolean alone)
{
  if (flight->n_sent == 0)
    return FALSE;
  if (alone || flight->octets + task->octets > MAX_OCTETS || flight->n_sent >= MAX_COMMANDS
      || ((task->traits & IMAP_TASK_STATUS) && flight->n_status >= MAX_STATUS))
    return TRUE;
  for (guint i = flight->oldest; i < flight->next; i++) {
    const ImapTask *before = g_ptr_array_index (flight->tasks, i);
    if (!before->sent || before->done)
      continue;
    if ((task->traits & IMAP_TASK_BY_SEQUENCE)
        && !(before->traits & (IMAP_TASK_SELECTS | IMAP_TASK_HOLDS_NUMBERS)))
      return TRUE;
    if ((task->traits & IMAP_TASK_NEEDS_WRITABLE) && (before->traits & IMAP_TASK_SELECTS))
      return TRUE;
  }
  return FALSE;
}

/* TRUE when it has nothing to be sent any more. */
static gboolean
is_settled (ImapFlight *flight, ImapTask *task)
{
  ImapSession *session = flight->session;

  if (task->error != NULL)
    return TRUE;
  if (task->select != NULL && task->select->done && task->select->error != NULL)
    task->error = g_error_copy (task->select->error);
  else if (task->after != NULL && task->after->done && task->after->error != NULL)
    task->error = g_error_copy (task->after->error);
  else if (task->select == NULL
           && (task->traits & (IMAP_TASK_NEEDS_MAILBOX | IMAP_TASK_NEEDS_WRITABLE)))
    imap_session_check_selected (session, &task->error);
  if (task->error == NULL && (task->traits & IMAP_TASK_NEEDS_WRITABLE))
    imap_session_check_writable (session, &task->error);
  if (task->error == NULL && task->prepare != NULL && task->command == NULL)
    task->prepare (session, task, &task->error);
  return task->error != NULL || task->command == NULL;
}

static gboolean
send_task (ImapFlight *flight, ImapTask *task, gboolean alone, GCancellable *cancellable,
           GError **error)
{
  ImapSession *session = flight->session;
  g_auto (ImapResponse) answer = { 0 };
  gboolean answered = FALSE;

  task->sent = TRUE;
  flight->n_sent++;
  flight->octets += task->octets;
  if (task->traits & IMAP_TASK_STATUS)
    flight->n_status++;
  if (task->traits & IMAP_TASK_EXPUNGES)
    imap_gone_begin (session, task->set);
  begin_oldest (flight);
  if (!imap_talk_queue (session, task->command, &task->exchange, task->tag, &answer, &answered,
                        cancellable, error))
    return FALSE;
  if (!alone)
    return TRUE;
  if (!answered
      && (!imap_talk_flush (session, cancellable, error)
          || !imap_talk_finish (session, task->tag, &task->exchange, &answer, cancellable, error)))
    return FALSE;
  finish_task (flight, task, &answer);
  return TRUE;
}

/* Before the server has nothing left to do. */
static void
add_more (ImapFlight *flight)
{
  guint n = flight->tasks->len;

  if (flight->more == NULL || flight->next < n || flight->n_sent >= MORE_BELOW)
    return;
  flight->more (flight, flight->more_data);
  if (flight->tasks->len == n)
    flight->more = NULL;
}

/* As many as may go now. */
static gboolean
send_some (ImapFlight *flight, GCancellable *cancellable, GError **error)
{
  gboolean wrote = FALSE;

  add_more (flight);
  /* not one by one as each answer comes, but when half of the room is free again */
  if (flight->n_sent > 0 && (flight->octets > MAX_OCTETS / 2 || flight->n_sent > MAX_COMMANDS / 2))
    return TRUE;
  while (flight->next < flight->tasks->len) {
    ImapTask *task = g_ptr_array_index (flight->tasks, flight->next);
    if ((task->traits & IMAP_TASK_NEEDS_WRITABLE) && must_hold (flight, task, FALSE))
      break;
    if (is_settled (flight, task)) {
      task->done = TRUE;
      flight->next++;
      begin_oldest (flight);
      continue;
    }
    gboolean alone = imap_talk_must_wait (flight->session, task->command, &task->octets);
    if (must_hold (flight, task, alone))
      break;
    flight->next++;
    if (!send_task (flight, task, alone, cancellable, error))
      return FALSE;
    wrote = TRUE;
  }
  /* Only then: what has come and waits to be taken is copied away before anything is sent. */
  return !wrote || flight->n_sent == 0 || imap_talk_flush (flight->session, cancellable, error);
}

static ImapTask *
find_task (ImapFlight *flight, const char *tag)
{
  for (guint i = flight->oldest; i < flight->next; i++) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if (task->sent && !task->done && strcmp (task->tag, tag) == 0)
      return task;
  }
  return NULL;
}

static gboolean
take_answer (ImapFlight *flight, GCancellable *cancellable, GError **error)
{
  ImapSession *session = flight->session;
  g_auto (ImapResponse) response = { 0 };
  ImapTask *task;

  if (!imap_talk_read (session, &response, cancellable, error))
    return FALSE;
  switch (response.kind) {
  case IMAP_RESPONSE_UNTAGGED:
    if (imap_state_take_untagged (session, &response, chain (flight), error))
      return TRUE;
    session->usable = FALSE;
    return FALSE;
  case IMAP_RESPONSE_TAGGED:
    task = find_task (flight, response.tag);
    if (task == NULL) {
      /* or garbage, say behind a literal whose length was wrong */
      imap_idle_take_answer (session, response.tag);
      return TRUE;
    }
    imap_guard_begin (session);
    if ((task->traits & IMAP_TASK_SELECTS) && !task->begun) {
      /* answered out of turn: what came before it cannot be told apart */
      session->usable = FALSE;
      base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("“%s” mixed up its answers."),
                      session->host);
      return FALSE;
    }
    imap_state_take_code (session, &response);
    finish_task (flight, task, &response);
    return TRUE;
  case IMAP_RESPONSE_CONTINUE:
    return TRUE;
  }
  return TRUE;
}

/* Dovecot says NO without a code, whether the mailbox is gone or only cannot be opened. */
static void
tell_missing (ImapFlight *flight, GCancellable *cancellable)
{
  for (guint i = 0; i < flight->tasks->len; i++) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if ((task->traits & IMAP_TASK_SELECTS) && flight->session->usable
        && g_error_matches (task->error, BASE_ERROR, BASE_ERROR_REFUSED)
        && imap_mailbox_is_missing (flight->session, task->mailbox, cancellable)) {
      g_autoptr (GError) refused = g_steal_pointer (&task->error);
      base_error_set (&task->error, BASE_ERROR_GONE, base_error_get_detail (refused),
                      _ ("The folder “%s” does not exist on the server."), task->mailbox);
    }
  }
}

/* What was sent behind a SELECT that failed got a NO of its own, which says nothing. */
static void
hand_on_errors (ImapFlight *flight)
{
  for (guint i = 0; i < flight->tasks->len; i++) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if (task->select == NULL || task->select->error == NULL)
      continue;
    g_clear_error (&task->error);
    task->error = g_error_copy (task->select->error);
  }
}

static void
fail_rest (ImapFlight *flight, const GError *error)
{
  for (guint i = 0; i < flight->tasks->len; i++) {
    ImapTask *task = g_ptr_array_index (flight->tasks, i);
    if (task->done)
      continue;
    g_clear_error (&task->error);
    task->error = g_error_copy (error);
  }
}

gboolean
imap_flight_run (ImapFlight *flight, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean alive;

  g_return_val_if_fail (!flight->ran, FALSE);
  flight->ran = TRUE;
  alive =
      imap_talk_check_usable (flight->session, &local)
      /* what still comes for the old mailbox would be taken for the new one's */
      && (last_select (flight) == NULL || imap_idle_settle (flight->session, cancellable, &local))
      && send_some (flight, cancellable, &local);
  while (alive && (flight->next < flight->tasks->len || flight->n_sent > 0))
    alive = (flight->n_sent == 0 || take_answer (flight, cancellable, &local))
            && send_some (flight, cancellable, &local);
  flight->session->selecting = FALSE;
  if (alive) {
    tell_missing (flight, cancellable);
    hand_on_errors (flight);
    return TRUE;
  }
  fail_rest (flight, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
imap_flight_run_alone (ImapFlight *flight, GCancellable *cancellable, GError **error)
{
  return imap_flight_run (flight, cancellable, error)
         && imap_flight_get_result (flight, imap_flight_get_index (flight), error);
}

gboolean
imap_flight_get_result (ImapFlight *flight, guint index, GError **error)
{
  const ImapTask *task = imap_flight_get_task (flight, index);
  g_return_val_if_fail (task != NULL && flight->ran, FALSE);
  if (task->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (task->error));
  return FALSE;
}

const ImapSelected *
imap_flight_get_selected (ImapFlight *flight, guint index)
{
  const ImapTask *task = imap_flight_get_task (flight, index);
  return (task->traits & IMAP_TASK_SELECTS) && task->done && task->error == NULL ? &task->selected
                                                                                 : NULL;
}

ImapResync
imap_flight_get_resync (ImapFlight *flight, guint index)
{
  const ImapTask *task = imap_flight_get_task (flight, index);
  if (!task->done || task->error != NULL
      || (task->changes != NULL && (!task->changes->done || task->changes->error != NULL)))
    return IMAP_RESYNC_NONE;
  return task->resync;
}

BaseUidSet *
imap_flight_steal_uids (ImapFlight *flight, guint index)
{
  ImapTask *task = imap_flight_get_task (flight, index);
  return task->done && task->error == NULL ? g_steal_pointer (&task->uids) : NULL;
}

GPtrArray *
imap_flight_steal_mailboxes (ImapFlight *flight, guint index)
{
  ImapTask *task = imap_flight_get_task (flight, index);
  return task->done && task->error == NULL ? g_steal_pointer (&task->mailboxes) : NULL;
}
