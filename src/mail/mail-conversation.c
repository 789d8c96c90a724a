/* One row of a message list, on the main thread: empty until its list fills it from the store, then told of every change.  It
 * must never read the store itself. */
#include "mail-private.h"

#include <glib/gi18n.h>

struct _MailConversation
{
  GObject parent_instance;

  /* Owned */
  char *participants;
  GStrv labels;
  MailMessage *newest; /* NULL until it is loaded */

  gint64 id;
  guint count;
  gboolean is_thread, loaded, unread, starred, has_attachments;
};

G_DEFINE_FINAL_TYPE (MailConversation, mail_conversation, G_TYPE_OBJECT)

enum
{
  PROP_LOADED = 1,
  PROP_PARTICIPANTS,
  PROP_COUNT,
  PROP_SUBJECT,
  PROP_PREVIEW,
  PROP_DATE,
  PROP_UNREAD,
  PROP_STARRED,
  PROP_ANSWERED,
  PROP_FORWARDED,
  PROP_HAS_ATTACHMENTS,
  PROP_LABELS,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
mail_conversation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MailConversation *self = MAIL_CONVERSATION (object);

  switch (id) {
  case PROP_LOADED:
    g_value_set_boolean (value, self->loaded);
    break;
  case PROP_PARTICIPANTS:
    g_value_set_string (value, self->participants);
    break;
  case PROP_COUNT:
    g_value_set_uint (value, self->count);
    break;
  case PROP_SUBJECT:
    g_value_set_string (value, mail_conversation_get_subject (self));
    break;
  case PROP_PREVIEW:
    g_value_set_string (value, mail_conversation_get_preview (self));
    break;
  case PROP_DATE:
    g_value_set_int64 (value, mail_conversation_get_date (self));
    break;
  case PROP_UNREAD:
    g_value_set_boolean (value, self->unread);
    break;
  case PROP_STARRED:
    g_value_set_boolean (value, self->starred);
    break;
  case PROP_ANSWERED:
    g_value_set_boolean (value, mail_conversation_get_answered (self));
    break;
  case PROP_FORWARDED:
    g_value_set_boolean (value, mail_conversation_get_forwarded (self));
    break;
  case PROP_HAS_ATTACHMENTS:
    g_value_set_boolean (value, self->has_attachments);
    break;
  case PROP_LABELS:
    g_value_set_boxed (value, self->labels);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_conversation_finalize (GObject *object)
{
  MailConversation *self = MAIL_CONVERSATION (object);

  g_free (self->participants);
  g_strfreev (self->labels);
  g_clear_object (&self->newest);
  G_OBJECT_CLASS (mail_conversation_parent_class)->finalize (object);
}

static void
mail_conversation_class_init (MailConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mail_conversation_get_property;
  object_class->finalize = mail_conversation_finalize;
  props[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  props[PROP_PARTICIPANTS] = g_param_spec_string ("participants", NULL, NULL, NULL, flags);
  props[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, NULL, flags);
  props[PROP_PREVIEW] = g_param_spec_string ("preview", NULL, NULL, NULL, flags);
  props[PROP_DATE] = g_param_spec_int64 ("date", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_UNREAD] = g_param_spec_boolean ("unread", NULL, NULL, FALSE, flags);
  props[PROP_STARRED] = g_param_spec_boolean ("starred", NULL, NULL, FALSE, flags);
  props[PROP_ANSWERED] = g_param_spec_boolean ("answered", NULL, NULL, FALSE, flags);
  props[PROP_FORWARDED] = g_param_spec_boolean ("forwarded", NULL, NULL, FALSE, flags);
  props[PROP_HAS_ATTACHMENTS] = g_param_spec_boolean ("has-attachments", NULL, NULL, FALSE, flags);
  props[PROP_LABELS] = g_param_spec_boxed ("labels", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_conversation_init (MailConversation *self)
{
  self->participants = g_strdup ("");
  self->labels = g_new0 (char *, 1);
}

MailConversation *
mail_conversation_new (gint64 id, gboolean is_thread)
{
  MailConversation *self = g_object_new (MAIL_TYPE_CONVERSATION, NULL);

  self->id = id;
  self->is_thread = is_thread;
  return self;
}

/* What comes from the newest message may all be new when that is another one; else it tells what changed. */
static void
pass_on (MailMessage *message, GParamSpec *pspec, MailConversation *self)
{
  static const struct
  {
    const char *name;
    guint prop;
  } passed[] = {
    { "subject", PROP_SUBJECT },   { "preview", PROP_PREVIEW },     { "date", PROP_DATE },
    { "answered", PROP_ANSWERED }, { "forwarded", PROP_FORWARDED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (passed); i++)
    if (g_str_equal (pspec->name, passed[i].name))
      g_object_notify_by_pspec (G_OBJECT (self), props[passed[i].prop]);
}

static void
set_newest (MailConversation *self, const StoreMessage *row, MailFolder *folder)
{
  if (self->newest == NULL || mail_message_get_id (self->newest) != row->id) {
    g_clear_object (&self->newest);
    self->newest = mail_message_new (row->id, folder);
  }
  gulong handler = g_signal_connect (self->newest, "notify", G_CALLBACK (pass_on), self);
  mail_message_fill (self->newest, row, folder);
  g_signal_handler_disconnect (self->newest, handler);
}

static void
set_flag (MailConversation *self, gboolean *field, gboolean value, guint prop)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
mail_conversation_fill (MailConversation *self, const StoreItem *item, MailFolder *folder)
{
  /* Of a single message that one sent oneself, the folder decides who is named. */
  MailRole role = folder != NULL ? mail_folder_get_role (folder) : MAIL_ROLE_NONE;
  gboolean outgoing = role == MAIL_ROLE_SENT || role == MAIL_ROLE_DRAFTS;
  static const char *const none[] = { NULL };
  const char *const *labels = item->labels != NULL ? (const char *const *)item->labels : none;

  g_object_freeze_notify (G_OBJECT (self));
  set_newest (self, item->newest, folder);
  const char *participants = item->participants;
  if ((outgoing && item->total < 2) || participants == NULL || *participants == '\0')
    participants = mail_message_get_sender (self->newest);
  if (!g_str_equal (self->participants, participants)) {
    g_free (self->participants);
    self->participants = g_strdup (participants);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PARTICIPANTS]);
  }
  if (self->count != item->total) {
    self->count = item->total;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COUNT]);
  }
  if (!g_strv_equal ((const char *const *)self->labels, labels)) {
    g_strfreev (self->labels);
    self->labels = g_strdupv ((char **)labels);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LABELS]);
  }
  set_flag (self, &self->unread, item->unread > 0, PROP_UNREAD);
  set_flag (self, &self->starred, item->starred, PROP_STARRED);
  set_flag (self, &self->has_attachments, item->has_attachments, PROP_HAS_ATTACHMENTS);
  set_flag (self, &self->loaded, TRUE, PROP_LOADED);
  g_object_thaw_notify (G_OBJECT (self));
}

void
mail_conversation_leave (MailConversation *self, const StoreMessage *row, MailFolder *folder)
{
  if (self->newest != NULL)
    mail_message_fill (self->newest, row, folder);
}

gint64
mail_conversation_get_id (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), 0);
  return self->id;
}

gint64
mail_conversation_get_thread (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), 0);
  return self->is_thread ? self->id : 0;
}

gboolean
mail_conversation_get_loaded (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), FALSE);
  return self->loaded;
}

const char *
mail_conversation_get_participants (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), NULL);
  return self->participants;
}

guint
mail_conversation_get_count (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), 0);
  return self->count;
}

const char *
mail_conversation_get_subject (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), NULL);
  return self->newest != NULL ? mail_message_get_subject (self->newest) : "";
}

const char *
mail_conversation_get_preview (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), NULL);
  return self->newest != NULL ? mail_message_get_preview (self->newest) : "";
}

gint64
mail_conversation_get_date (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), 0);
  return self->newest != NULL ? mail_message_get_date (self->newest) : 0;
}

gboolean
mail_conversation_get_unread (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), FALSE);
  return self->unread;
}

gboolean
mail_conversation_get_starred (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), FALSE);
  return self->starred;
}

gboolean
mail_conversation_get_answered (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), FALSE);
  return self->newest != NULL && mail_message_get_answered (self->newest);
}

gboolean
mail_conversation_get_forwarded (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), FALSE);
  return self->newest != NULL && mail_message_get_forwarded (self->newest);
}

gboolean
mail_conversation_get_has_attachments (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), FALSE);
  return self->has_attachments;
}

const char *const *
mail_conversation_get_labels (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), NULL);
  return (const char *const *)self->labels;
}

MailMessage *
mail_conversation_dup_newest (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), NULL);
  return self->newest != NULL ? g_object_ref (self->newest) : NULL;
}
