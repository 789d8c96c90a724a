/* One thing that was written and has not gone: a draft kept here, or a row of the outbox.  Main
 * thread; filled by the engine. */
#include "mail-outgoing-private.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-text.h"
#include "mail-private.h"

#define MAX_NAMES 10

struct _MailOutgoing
{
  GObject parent_instance;

  gint64 outbox, account; /* row ids, 0: a draft */
  char *draft;
  MailOutgoingState state;
  char *state_text, *detail, *subject, *recipients;
  gint64 date;
  double progress;
};

G_DEFINE_FINAL_TYPE (MailOutgoing, mail_outgoing, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_STATE_TEXT,
  PROP_DETAIL,
  PROP_SUBJECT,
  PROP_RECIPIENTS,
  PROP_DATE,
  PROP_PROGRESS,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
mail_outgoing_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MailOutgoing *self = MAIL_OUTGOING (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_int (value, (int)self->state);
    break;
  case PROP_STATE_TEXT:
    g_value_set_string (value, self->state_text);
    break;
  case PROP_DETAIL:
    g_value_set_string (value, self->detail);
    break;
  case PROP_SUBJECT:
    g_value_set_string (value, self->subject);
    break;
  case PROP_RECIPIENTS:
    g_value_set_string (value, self->recipients);
    break;
  case PROP_DATE:
    g_value_set_int64 (value, self->date);
    break;
  case PROP_PROGRESS:
    g_value_set_double (value, self->progress);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_outgoing_finalize (GObject *object)
{
  MailOutgoing *self = MAIL_OUTGOING (object);

  g_free (self->draft);
  g_free (self->state_text);
  g_free (self->detail);
  g_free (self->subject);
  g_free (self->recipients);
  G_OBJECT_CLASS (mail_outgoing_parent_class)->finalize (object);
}

static void
mail_outgoing_class_init (MailOutgoingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mail_outgoing_get_property;
  object_class->finalize = mail_outgoing_finalize;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  props[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  props[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, NULL, flags);
  props[PROP_RECIPIENTS] = g_param_spec_string ("recipients", NULL, NULL, NULL, flags);
  props[PROP_DATE] = g_param_spec_int64 ("date", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_outgoing_init (MailOutgoing *self)
{
  self->progress = -1;
  self->state_text = g_strdup ("");
  self->subject = g_strdup ("");
  self->recipients = g_strdup ("");
}

MailOutgoing *
mail_outgoing_new (const char *draft)
{
  MailOutgoing *self = g_object_new (MAIL_TYPE_OUTGOING, NULL);

  self->draft = g_strdup (draft);
  return self;
}

static void
set_string (MailOutgoing *self, char **field, const char *value, guint prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_state (MailOutgoing *self, MailOutgoingState state)
{
  if (state != MAIL_OUTGOING_SENDING && self->progress >= 0) {
    self->progress = -1;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  }
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_date (MailOutgoing *self, gint64 date)
{
  if (self->date == date)
    return;
  self->date = date;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DATE]);
}

static const char *
subject_or_none (const char *subject)
{
  return subject != NULL && *subject != '\0' ? subject : _ ("(No subject)");
}

void
mail_outgoing_fill_draft (MailOutgoing *self, const StoreDraft *draft)
{
  g_object_freeze_notify (G_OBJECT (self));
  self->outbox = self->account = 0;
  set_state (self, MAIL_OUTGOING_DRAFT);
  set_string (self, &self->state_text, _ ("Draft on this computer"), PROP_STATE_TEXT);
  set_string (self, &self->detail, NULL, PROP_DETAIL);
  set_string (self, &self->subject, subject_or_none (draft->subject), PROP_SUBJECT);
  set_string (self, &self->recipients, draft->to != NULL ? draft->to : "", PROP_RECIPIENTS);
  set_date (self, draft->modified);
  g_object_thaw_notify (G_OBJECT (self));
}

static char *
describe_state (const StoreOutbox *row, const char *obstacle)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  switch (row->state) {
  case STORE_OUTBOX_QUEUED:
    /* That the server cannot be asked yet whether it keeps it is nobody's trouble. */
    if (row->send_at > now && row->message_id != NULL) {
      g_autofree char *at = base_date_long (row->send_at);

      /* The server was asked, and keeps nothing. */
      if (row->attempts > 0)
        return g_strdup_printf (
            _ ("Waits on this computer until %s. Sosik has to be running then, or it goes later."),
            at);
      return g_strdup_printf (_ ("Will be sent on %s"), at);
    }
    if (row->error != NULL && row->next_try > now) {
      g_autofree char *at = base_date_short (row->next_try, row->next_try);

      /* Translators: %1$s is a whole sentence that says why, %2$s a time of day */
      return g_strdup_printf (_ ("%1$s Trying again at %2$s."), row->error, at);
    }
    if (row->error != NULL)
      return g_strdup (row->error);
    if (obstacle != NULL)
      return g_strdup (obstacle);
    return g_strdup (row->attempts == 0 && row->next_try > 0 ? _ ("Will be sent in a few seconds")
                                                             : _ ("Waiting to be sent"));
  case STORE_OUTBOX_SENDING:
  case STORE_OUTBOX_SENT:
    return g_strdup (_ ("Sending…"));
  case STORE_OUTBOX_UNCERTAIN:
    return g_strdup (
        row->error != NULL
            ? row->error
            : _ ("The connection was lost at the end of sending. Look whether it arrived "
                 "before you send it again."));
  case STORE_OUTBOX_FAILED:
    return g_strdup (row->error != NULL ? row->error : _ ("The message could not be sent."));
  }
  return g_strdup ("");
}

/* What is the rest of a message says who has got the other part of it. */
static char *
describe (const StoreOutbox *row, const char *obstacle)
{
  g_autofree char *state = describe_state (row, obstacle);
  g_autofree char *got = NULL, *others = NULL;

  if (row->got == NULL || row->state == STORE_OUTBOX_SENDING)
    return g_steal_pointer (&state);
  got = base_text_list ((const char *const *)row->got, MAX_NAMES);
  /* Translators: %s are addresses */
  others = g_strdup_printf (_ ("The others have got it: %s"), got);
  return g_strconcat (state, "\n", others, NULL);
}

static MailOutgoingState
state_of (StoreOutboxState state)
{
  switch (state) {
  case STORE_OUTBOX_QUEUED:
    return MAIL_OUTGOING_QUEUED;
  case STORE_OUTBOX_SENDING:
  case STORE_OUTBOX_SENT:
    return MAIL_OUTGOING_SENDING;
  case STORE_OUTBOX_UNCERTAIN:
    return MAIL_OUTGOING_UNCERTAIN;
  case STORE_OUTBOX_FAILED:
    return MAIL_OUTGOING_FAILED;
  }
  return MAIL_OUTGOING_FAILED;
}

void
mail_outgoing_fill_outbox (MailOutgoing *self, const StoreOutbox *row, const char *obstacle)
{
  g_autofree char *text = describe (row, obstacle);
  g_autofree char *recipients =
      row->recipients != NULL ? g_strjoinv (_ (", "), row->recipients) : g_strdup ("");

  g_object_freeze_notify (G_OBJECT (self));
  self->outbox = row->id;
  self->account = row->account;
  set_state (self, state_of (row->state));
  /* How far it is says more than that it goes. */
  if (self->progress < 0)
    set_string (self, &self->state_text, text, PROP_STATE_TEXT);
  set_string (self, &self->detail, row->detail, PROP_DETAIL);
  set_string (self, &self->subject, subject_or_none (row->subject), PROP_SUBJECT);
  set_string (self, &self->recipients, recipients, PROP_RECIPIENTS);
  set_date (self, row->created);
  g_object_thaw_notify (G_OBJECT (self));
}

void
mail_outgoing_set_progress (MailOutgoing *self, guint64 sent, guint64 total)
{
  g_autofree char *text = NULL;

  if (self->state != MAIL_OUTGOING_SENDING || total == 0)
    return;
  self->progress = (double)sent / (double)total;
  /* Translators: how much of a message the server has; %d is a number, %% the sign for per cent */
  text = g_strdup_printf (_ ("Sending… %d%%"), (int)(self->progress * 100));
  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->state_text, text, PROP_STATE_TEXT);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  g_object_thaw_notify (G_OBJECT (self));
}

double
mail_outgoing_get_progress (MailOutgoing *self)
{
  g_return_val_if_fail (MAIL_IS_OUTGOING (self), -1);
  return self->progress;
}

gint64
mail_outgoing_get_outbox (MailOutgoing *self)
{
  return self->outbox;
}

gint64
mail_outgoing_get_account (MailOutgoing *self)
{
  return self->account;
}

const char *
mail_outgoing_get_draft (MailOutgoing *self)
{
  return self->draft;
}

MailOutgoingState
mail_outgoing_get_state (MailOutgoing *self)
{
  g_return_val_if_fail (MAIL_IS_OUTGOING (self), MAIL_OUTGOING_DRAFT);
  return self->state;
}

const char *
mail_outgoing_get_state_text (MailOutgoing *self)
{
  g_return_val_if_fail (MAIL_IS_OUTGOING (self), NULL);
  return self->state_text;
}

const char *
mail_outgoing_get_detail (MailOutgoing *self)
{
  g_return_val_if_fail (MAIL_IS_OUTGOING (self), NULL);
  return self->detail;
}

const char *
mail_outgoing_get_subject (MailOutgoing *self)
{
  g_return_val_if_fail (MAIL_IS_OUTGOING (self), NULL);
  return self->subject;
}

const char *
mail_outgoing_get_recipients (MailOutgoing *self)
{
  g_return_val_if_fail (MAIL_IS_OUTGOING (self), NULL);
  return self->recipients;
}

gint64
mail_outgoing_get_date (MailOutgoing *self)
{
  g_return_val_if_fail (MAIL_IS_OUTGOING (self), 0);
  return self->date;
}
