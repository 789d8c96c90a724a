/* Invitations: what sosik-unpack read in one, in words for a person; and the answer, which goes the road of every mail.  Main thread
 * but for the work marked.  The address that is answered to is the organizer's of the event; the answer is shown to the person
 * before it goes only by its words on the button, so nothing of the event's text is in it but its title. */
#include "mail-invitation.h"

#include <string.h>

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "base-log.h"
#include "base-text.h"
#include "mail-choices.h"
#include "mail-draft-private.h"
#include "mail-part-private.h"
#include "mail-unpack.h"
#include "mime-build.h"

#define MAX_TITLE 200

static const struct
{
  MailAnswer answer;
  const char *partstat;
} answers[] = {
  { MAIL_ANSWER_ACCEPT, "ACCEPTED" },
  { MAIL_ANSWER_MAYBE, "TENTATIVE" },
  { MAIL_ANSWER_DECLINE, "DECLINED" },
};

static MailAnswer
answer_from_partstat (const char *partstat)
{
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_ascii_strcasecmp (answers[i].partstat, partstat) == 0)
      return answers[i].answer;
  return MAIL_ANSWER_NONE;
}

static const char *
answer_to_partstat (MailAnswer answer)
{
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (answers[i].answer == answer)
      return answers[i].partstat;
  g_return_val_if_reached ("DECLINED");
}

static void
attendee_free (gpointer data)
{
  MailAttendee *attendee = data;

  g_free (attendee->name);
  g_free (attendee->address);
  g_free (attendee);
}

void
mail_invitation_free (MailInvitation *self)
{
  g_free (self->summary);
  g_free (self->description);
  g_free (self->location);
  g_free (self->url);
  g_free (self->comment);
  g_free (self->when);
  g_free (self->elsewhere);
  g_free (self->recurrence);
  g_free (self->next);
  g_free (self->uid);
  g_variant_unref (self->event);
  g_clear_pointer (&self->organizer, attendee_free);
  g_clear_pointer (&self->attendees, g_ptr_array_unref);
  g_clear_object (&self->identity);
  g_free (self);
}

/* ---- when ---- */

static char *
format (GDateTime *time, gboolean with_day, gboolean with_clock)
{
  if (!with_clock)
    return base_date_day (time);
  return with_day ? base_date_day_and_clock (time) : base_date_clock (time);
}

static GDateTime *
in_zone (gint64 seconds, GTimeZone *zone)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_to_timezone (time, zone) : NULL;
}

static gboolean
is_same_day (GDateTime *a, GDateTime *b)
{
  return g_date_time_get_year (a) == g_date_time_get_year (b)
         && g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

char *
mail_invitation_describe_when (gint64 start, gint64 end, gboolean all_day, gboolean floating,
                               GTimeZone *zone)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  /* A day, or an hour "wherever you are", is no moment: it is kept as if it were in UTC. */
  GTimeZone *shown = all_day || floating ? utc : zone;
  /* Whole days end with the beginning of the next. */
  gint64 last = all_day && end > start ? end - 1 : end;
  g_autoptr (GDateTime) from = in_zone (start, shown);
  g_autoptr (GDateTime) to = last > start ? in_zone (last, shown) : NULL;

  if (from == NULL)
    return g_strdup ("");
  g_autofree char *first = format (from, TRUE, !all_day);
  if (to == NULL || (all_day && is_same_day (from, to)))
    return g_steal_pointer (&first);
  g_autofree char *second = format (to, !is_same_day (from, to), !all_day);
  return g_strdup_printf ("%s – %s", first, second);
}

/* The hour where the organizer is, if that is another. */
static char *
describe_elsewhere (gint64 start, const char *name, GTimeZone *local)
{
  g_autoptr (GTimeZone) zone = name[0] != '\0' ? g_time_zone_new_identifier (name) : NULL;
  g_autoptr (GDateTime) here = in_zone (start, local), there = zone ? in_zone (start, zone) : NULL;

  if (there == NULL || here == NULL
      || g_date_time_get_utc_offset (here) == g_date_time_get_utc_offset (there))
    return g_strdup ("");
  g_autofree char *when = format (there, !is_same_day (here, there), TRUE);
  /* Translators: "09:00 in Asia/Tokyo": a time, the name of a time zone */
  return g_strdup_printf (_ ("%s in %s"), when, name);
}

/* ---- reading ---- */

static char *
dup_text (GVariant *event, const char *key, gboolean one_line)
{
  const char *text = "";

  g_variant_lookup (event, key, "&s", &text);
  if (one_line)
    return base_text_one_line (text, 1000);
  return g_strstrip (g_strdup (text));
}

static MailAttendee *
attendee_new (const char *name, const char *address, const char *partstat, const char *role)
{
  MailAttendee *attendee = g_new0 (MailAttendee, 1);

  attendee->name = base_text_one_line (name, 200);
  attendee->address = base_text_one_line (address, 300);
  attendee->answer = answer_from_partstat (partstat);
  attendee->optional = g_ascii_strcasecmp (role, "OPT-PARTICIPANT") == 0;
  return attendee;
}

static void
read_people (MailInvitation *self, GVariant *event)
{
  g_autoptr (GVariant) people =
      g_variant_lookup_value (event, "attendees", G_VARIANT_TYPE ("a(ssss)"));
  const char *name, *address, *partstat, *role;

  self->attendees = g_ptr_array_new_with_free_func (attendee_free);
  if (g_variant_lookup (event, "organizer", "(&s&s)", &name, &address))
    self->organizer = attendee_new (name, address, "", "");
  for (gsize i = 0; people != NULL && i < g_variant_n_children (people); i++) {
    g_variant_get_child (people, i, "(&s&s&s&s)", &name, &address, &partstat, &role);
    g_ptr_array_add (self->attendees, attendee_new (name, address, partstat, role));
  }
}

static void
describe_time (MailInvitation *self)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  gint64 start = 0, end = 0, next = 0;
  gboolean all_day = FALSE, floating = FALSE;
  const char *zone = "";
  GVariant *event = self->event;

  if (!g_variant_lookup (event, "start", "x", &start)) {
    self->when = g_strdup ("");
    self->elsewhere = g_strdup ("");
    self->next = g_strdup ("");
    return;
  }
  g_variant_lookup (event, "end", "x", &end);
  g_variant_lookup (event, "all-day", "b", &all_day);
  g_variant_lookup (event, "floating", "b", &floating);
  g_variant_lookup (event, "zone", "&s", &zone);
  self->when = mail_invitation_describe_when (start, end, all_day, floating, local);
  self->elsewhere = all_day || floating ? g_strdup ("") : describe_elsewhere (start, zone, local);
  self->next = g_variant_lookup (event, "next", "x", &next) && next > start
                   ? mail_invitation_describe_when (next, 0, all_day, floating, local)
                   : g_strdup ("");
}

void
mail_invitation_describe_again (MailInvitation *self)
{
  g_free (self->when);
  g_free (self->elsewhere);
  g_free (self->next);
  describe_time (self);
}

static void
read_time (MailInvitation *self, GVariant *event)
{
  gint64 start = 0, end = 0, now = g_get_real_time () / G_USEC_PER_SEC;

  self->recurrence = mail_recurrence_describe (event);
  describe_time (self);
  if (!g_variant_lookup (event, "start", "x", &start))
    return;
  g_variant_lookup (event, "end", "x", &end);
  self->over = self->recurrence[0] != '\0' ? !g_variant_lookup (event, "next", "x", NULL)
                                           : MAX (start, end) < now;
}

static MailInvitation *
invitation_from_value (GVariant *value)
{
  const char *method;
  g_autoptr (GVariant) events = NULL;

  g_variant_get (value, "(&s@aa{sv})", &method, &events);
  if (g_variant_n_children (events) == 0)
    return NULL;
  g_autoptr (GVariant) event = g_variant_get_child_value (events, 0);
  MailInvitation *self = g_new0 (MailInvitation, 1);
  self->event = g_variant_ref (event);
  g_autofree char *status = dup_text (event, "status", TRUE);
  self->summary = dup_text (event, "summary", TRUE);
  self->description = dup_text (event, "description", FALSE);
  self->location = dup_text (event, "location", TRUE);
  self->url = dup_text (event, "url", TRUE);
  self->comment = dup_text (event, "comment", FALSE);
  self->uid = dup_text (event, "uid", TRUE);
  g_variant_lookup (event, "sequence", "i", &self->sequence);
  self->more = (guint)g_variant_n_children (events) - 1;
  read_people (self, event);
  read_time (self, event);
  if (g_ascii_strcasecmp (method, "CANCEL") == 0 || g_ascii_strcasecmp (status, "CANCELLED") == 0)
    self->kind = MAIL_INVITATION_CANCELLED;
  else if (g_ascii_strcasecmp (method, "REQUEST") == 0)
    self->kind = MAIL_INVITATION_REQUEST;
  else if (g_ascii_strcasecmp (method, "REPLY") == 0 || g_ascii_strcasecmp (method, "COUNTER") == 0)
    self->kind = MAIL_INVITATION_ANSWER;
  self->updated = self->kind == MAIL_INVITATION_REQUEST && self->sequence > 0;
  return self;
}

/* Pool thread. */
static gpointer
run_read (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / G_USEC_PER_SEC);
  const char *const arguments[] = { "calendar", now, NULL };
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);
  g_autoptr (GVariant) value =
      bytes != NULL
          ? mail_unpack_run (arguments, bytes, G_VARIANT_TYPE (UNPACK_EVENTS), cancellable, error)
          : NULL;

  if (value == NULL)
    return NULL;
  MailInvitation *self = invitation_from_value (value);
  if (self == NULL)
    base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("There is no event in this calendar."));
  return self;
}

static void
invitation_free (gpointer invitation)
{
  mail_invitation_free (invitation);
}

/* The one that is invited; who was invited through a list answers as whom the mail came to. */
static MailIdentity *
find_identity (MailEngine *engine, const MailInvitation *self, const MailParsed *parsed)
{
  GListModel *identities = mail_engine_get_identities (engine);
  MailAccount *home =
      parsed->account != NULL ? mail_engine_find_account (engine, parsed->account) : NULL;

  for (guint i = 0; i < g_list_model_get_n_items (identities); i++) {
    g_autoptr (MailIdentity) identity = g_list_model_get_item (identities, i);
    const char *address = mail_identity_get_settings (identity)->address;

    for (guint n = 0; n < self->attendees->len; n++)
      if (base_address_match (address, ((MailAttendee *)self->attendees->pdata[n])->address)
          == BASE_ADDRESS_SAME)
        return g_steal_pointer (&identity);
  }
  return home != NULL && mail_account_can_send (home)
             ? mail_engine_dup_default_identity (engine, home)
             : NULL;
}

/* "ACCEPTED 3": what was answered, and to which version of the event. */
static MailAnswer
read_choice (const char *value, int sequence)
{
  g_auto (GStrv) words = g_strsplit (value, " ", 2);

  if (g_strv_length (words) != 2 || g_ascii_strtoll (words[1], NULL, 10) < sequence)
    return MAIL_ANSWER_NONE;
  return answer_from_partstat (words[0]);
}

static void
on_choice (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailInvitation *self = g_task_get_task_data (outer);
  g_autoptr (GError) error = NULL;
  g_autoptr (MailChoice) choice = NULL;

  if (!mail_choices_get_finish (MAIL_ENGINE (source), result, &choice, &error))
    base_log ("What was answered to an invitation could not be read: %s", error->message);
  else if (choice != NULL)
    self->answer = read_choice (choice->value, self->sequence);
  g_task_set_task_data (outer, NULL, NULL);
  g_task_return_pointer (outer, self, invitation_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailPart *part = g_task_get_source_object (outer);
  GError *error = NULL;
  MailInvitation *self = g_task_propagate_pointer (G_TASK (result), &error);

  if (self == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  /* What stands in an attached message was sent to somebody else. */
  if (self->kind == MAIL_INVITATION_REQUEST && part->depth == 0 && self->organizer != NULL
      && mime_address_is_valid (self->organizer->address) && self->uid[0] != '\0'
      && !mail_engine_owns_address (part->engine, self->organizer->address))
    self->identity = find_identity (part->engine, self, part->parsed);
  if (self->identity == NULL) {
    g_task_return_pointer (outer, self, invitation_free);
    return;
  }
  g_task_set_task_data (outer, self, NULL);
  mail_choices_get_async (part->engine, MAIL_CHOICE_INVITATION, self->uid, NULL, on_choice,
                          g_steal_pointer (&outer));
}

void
mail_part_read_invitation_async (MailPart *part, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (part));
  GTask *outer = g_task_new (part, cancellable, callback, user_data);
  GTask *task = g_task_new (part, cancellable, on_read, outer);

  g_task_set_check_cancellable (outer, FALSE); /* its result is freed by nobody else */
  mail_unpack_call (part->engine, task, run_read, mail_part_job_new (part, task),
                    mail_part_job_free, invitation_free);
}

MailInvitation *
mail_part_read_invitation_finish (MailPart *part, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, part), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- answering ---- */

typedef struct
{
  MailAnswer answer;
  MailIdentity *identity; /* owned */
  MailDraft *draft;       /* owned; nullable until the answer is written */
  char *uid, *organizer, *title;
  int sequence;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_object (&answer->identity);
  g_clear_object (&answer->draft);
  g_free (answer->uid);
  g_free (answer->organizer);
  g_free (answer->title);
  g_free (answer);
}

typedef struct
{
  MailPartJob *job;
  char *address, *name;
  const char *partstat;
} AnswerJob;

static void
answer_job_free (gpointer data)
{
  AnswerJob *job = data;

  mail_part_job_free (job->job);
  g_free (job->address);
  g_free (job->name);
  g_free (job);
}

/* Pool thread: the calendar part of the answer. */
static gpointer
run_answer (gpointer data, GCancellable *cancellable, GError **error)
{
  AnswerJob *job = data;
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / G_USEC_PER_SEC);
  const char *const arguments[] = { "calendar-reply", job->address, job->name,
                                    job->partstat,    now,          NULL };
  g_autoptr (GBytes) bytes = mail_part_job_decode (job->job, cancellable, error);
  g_autoptr (GVariant) value =
      bytes != NULL
          ? mail_unpack_run (arguments, bytes, G_VARIANT_TYPE (UNPACK_TEXT), cancellable, error)
          : NULL;

  return value != NULL ? g_variant_dup_string (value, NULL) : NULL;
}

static void
on_remembered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  g_autoptr (GError) error = NULL;

  /* The answer is on its way all the same. */
  if (!mail_choices_set_finish (MAIL_ENGINE (source), result, &error))
    base_log ("What was answered to an invitation could not be kept: %s", error->message);
  g_task_return_boolean (outer, TRUE);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailPart *part = g_task_get_source_object (outer);
  const Answer *answer = g_task_get_task_data (outer);
  GError *error = NULL;

  if (!mail_draft_send_finish (MAIL_DRAFT (source), result, &error)) {
    g_task_return_error (outer, error);
    return;
  }
  g_autofree char *value =
      g_strdup_printf ("%s %d", answer_to_partstat (answer->answer), answer->sequence);
  mail_choices_set_async (part->engine, MAIL_CHOICE_INVITATION, answer->uid, value, on_remembered,
                          g_steal_pointer (&outer));
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;

  if (!mail_draft_attach_finish (MAIL_DRAFT (source), result, &error)) {
    g_task_return_error (outer, error);
    return;
  }
  mail_draft_send_async (MAIL_DRAFT (source), NULL, on_sent, g_steal_pointer (&outer));
}

static void
fill_draft (MailDraft *draft, const Answer *answer, const MailParsed *parsed)
{
  const BaseIdentity *own = mail_identity_get_settings (answer->identity);
  const char *who = own->name != NULL && own->name[0] != '\0' ? own->name : own->address;
  const char *title = answer->title[0] != '\0' ? answer->title : _ ("Event without a title");
  const char *subject = NULL, *text = NULL;

  switch (answer->answer) {
  case MAIL_ANSWER_NONE:
    g_assert_not_reached ();
  case MAIL_ANSWER_ACCEPT:
    /* Translators: subject of an answer to an invitation; the title of the event */
    subject = _ ("Accepted: %s");
    /* Translators: text of an answer; a person, the title of the event */
    text = _ ("%s has accepted the invitation to “%s”.\n");
    break;
  case MAIL_ANSWER_MAYBE:
    subject = _ ("Tentative: %s");
    text = _ ("%s will perhaps come to “%s”.\n");
    break;
  case MAIL_ANSWER_DECLINE:
    subject = _ ("Declined: %s");
    text = _ ("%s has declined the invitation to “%s”.\n");
    break;
  }
  g_autofree char *full_subject = g_strdup_printf (subject, title);
  g_autofree char *full_text = g_strdup_printf (text, who, title);
  mail_draft_set_recipients (draft, answer->organizer, "", "");
  mail_draft_set_subject (draft, full_subject);
  mail_draft_set_body (draft, full_text, NULL);
  g_free (draft->plain->in_reply_to);
  draft->plain->in_reply_to = g_strdup (parsed->message_id);
  g_free (draft->plain->references);
  draft->plain->references = g_strdup (parsed->message_id);
}

static void
on_answer_built (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailPart *part = g_task_get_source_object (outer);
  Answer *answer = g_task_get_task_data (outer);
  GError *error = NULL;
  char *text = g_task_propagate_pointer (G_TASK (result), &error);

  if (text == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  answer->draft = mail_draft_new (part->engine, NULL);
  mail_draft_put_identity (answer->draft, answer->identity);
  fill_draft (answer->draft, answer, part->parsed);
  mail_draft_attach_bytes_async (answer->draft, "reply.ics", MIME_CALENDAR_REPLY, bytes,
                                 on_attached, g_steal_pointer (&outer));
}

void
mail_part_answer_async (MailPart *part, const MailInvitation *invitation, MailAnswer answer,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (part) && invitation->identity != NULL
                    && answer != MAIL_ANSWER_NONE);
  GTask *outer = g_task_new (part, NULL, callback, user_data);
  const BaseIdentity *own = mail_identity_get_settings (invitation->identity);
  Answer *given = g_new0 (Answer, 1);
  AnswerJob *job = g_new0 (AnswerJob, 1);

  given->answer = answer;
  given->identity = g_object_ref (invitation->identity);
  given->uid = g_strdup (invitation->uid);
  given->organizer = g_strdup (invitation->organizer->address);
  given->title = base_text_one_line (invitation->summary, MAX_TITLE);
  given->sequence = invitation->sequence;
  g_task_set_task_data (outer, given, answer_free);
  g_task_set_check_cancellable (outer, FALSE);

  GTask *task = g_task_new (part, NULL, on_answer_built, outer);
  job->job = mail_part_job_new (part, task);
  job->address = g_strdup (own->address);
  job->name = g_strdup (own->name != NULL ? own->name : "");
  job->partstat = answer_to_partstat (answer);
  mail_unpack_call (part->engine, task, run_answer, job, answer_job_free, g_free);
}

gboolean
mail_part_answer_finish (MailPart *part, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, part), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
