/* One row of a message list, on the main thread: empty until its list fills it from the store,
 * then told of every change.  It must never read the store itself. */
#include "mail-private.h"

#include <glib/gi18n.h>

struct _MailMessage
{
  GObject parent_instance;

  gint64 id;
  gboolean loaded;
  gboolean author; /* in Sent, too, "sender" is who wrote */
  char *sender, *sender_address, *subject, *preview;
  gint64 date;
  StoreFlags flags;
  gboolean has_attachments;
  /* Borrowed, NULL when it is gone */
  MailFolder *folder;
};

G_DEFINE_FINAL_TYPE (MailMessage, mail_message, G_TYPE_OBJECT)

enum
{
  PROP_LOADED = 1,
  PROP_SENDER,
  PROP_SENDER_ADDRESS,
  PROP_SUBJECT,
  PROP_PREVIEW,
  PROP_DATE,
  PROP_UNREAD,
  PROP_STARRED,
  PROP_ANSWERED,
  PROP_FORWARDED,
  PROP_HAS_ATTACHMENTS,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
mail_message_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MailMessage *self = MAIL_MESSAGE (object);

  switch (id) {
  case PROP_LOADED:
    g_value_set_boolean (value, self->loaded);
    break;
  case PROP_SENDER:
    g_value_set_string (value, self->sender);
    break;
  case PROP_SENDER_ADDRESS:
    g_value_set_string (value, self->sender_address);
    break;
  case PROP_SUBJECT:
    g_value_set_string (value, mail_message_get_subject (self));
    break;
  case PROP_PREVIEW:
    g_value_set_string (value, self->preview);
    break;
  case PROP_DATE:
    g_value_set_int64 (value, self->date);
    break;
  case PROP_UNREAD:
    g_value_set_boolean (value, mail_message_get_unread (self));
    break;
  case PROP_STARRED:
    g_value_set_boolean (value, mail_message_get_starred (self));
    break;
  case PROP_ANSWERED:
    g_value_set_boolean (value, mail_message_get_answered (self));
    break;
  case PROP_FORWARDED:
    g_value_set_boolean (value, mail_message_get_forwarded (self));
    break;
  case PROP_HAS_ATTACHMENTS:
    g_value_set_boolean (value, self->has_attachments);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_message_finalize (GObject *object)
{
  MailMessage *self = MAIL_MESSAGE (object);

  g_clear_weak_pointer (&self->folder);
  g_free (self->sender);
  g_free (self->sender_address);
  g_free (self->subject);
  g_free (self->preview);
  G_OBJECT_CLASS (mail_message_parent_class)->finalize (object);
}

static void
mail_message_class_init (MailMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mail_message_get_property;
  object_class->finalize = mail_message_finalize;
  props[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  props[PROP_SENDER] = g_param_spec_string ("sender", NULL, NULL, NULL, flags);
  props[PROP_SENDER_ADDRESS] = g_param_spec_string ("sender-address", NULL, NULL, NULL, flags);
  props[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, NULL, flags);
  props[PROP_PREVIEW] = g_param_spec_string ("preview", NULL, NULL, NULL, flags);
  props[PROP_DATE] = g_param_spec_int64 ("date", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_UNREAD] = g_param_spec_boolean ("unread", NULL, NULL, FALSE, flags);
  props[PROP_STARRED] = g_param_spec_boolean ("starred", NULL, NULL, FALSE, flags);
  props[PROP_ANSWERED] = g_param_spec_boolean ("answered", NULL, NULL, FALSE, flags);
  props[PROP_FORWARDED] = g_param_spec_boolean ("forwarded", NULL, NULL, FALSE, flags);
  props[PROP_HAS_ATTACHMENTS] = g_param_spec_boolean ("has-attachments", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_message_init (MailMessage *self)
{
  self->sender = g_strdup ("");
  self->sender_address = g_strdup ("");
  self->subject = g_strdup ("");
  self->preview = g_strdup ("");
  /* An empty row must not flash as unread. */
  self->flags = STORE_FLAG_SEEN;
}

MailMessage *
mail_message_new (gint64 id, MailFolder *folder)
{
  MailMessage *self = g_object_new (MAIL_TYPE_MESSAGE, NULL);

  self->id = id;
  g_set_weak_pointer (&self->folder, folder);
  return self;
}

MailMessage *
mail_message_new_with_author (gint64 id, MailFolder *folder)
{
  MailMessage *self = mail_message_new (id, folder);

  self->author = TRUE;
  return self;
}

static void
set_string (MailMessage *self, char **field, const char *value, guint prop)
{
  if (value == NULL)
    value = "";
  if (g_str_equal (*field, value))
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_flags (MailMessage *self, StoreFlags flags)
{
  static const struct
  {
    StoreFlags flag;
    guint prop;
  } shown[] = {
    { STORE_FLAG_SEEN, PROP_UNREAD },
    { STORE_FLAG_FLAGGED, PROP_STARRED },
    { STORE_FLAG_ANSWERED, PROP_ANSWERED },
    { STORE_FLAG_FORWARDED, PROP_FORWARDED },
  };
  guint differences = (guint)self->flags ^ (guint)flags;

  self->flags = flags;
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    if (differences & shown[i].flag)
      g_object_notify_by_pspec (G_OBJECT (self), props[shown[i].prop]);
}

/* In Sent and Drafts everything is from oneself: what tells the rows apart is to whom. */
static const char *
who (MailMessage *self, const StoreMessage *row, MailFolder *folder)
{
  MailRole role = folder != NULL ? mail_folder_get_role (folder) : MAIL_ROLE_NONE;

  if (!self->author && (role == MAIL_ROLE_SENT || role == MAIL_ROLE_DRAFTS) && row->to != NULL
      && *row->to != '\0')
    return row->to;
  return row->from_name != NULL && *row->from_name != '\0' ? row->from_name : row->from_address;
}

void
mail_message_fill (MailMessage *self, const StoreMessage *row, MailFolder *folder)
{
  g_set_weak_pointer (&self->folder, row != NULL ? folder : NULL);
  if (row == NULL)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->sender, who (self, row, folder), PROP_SENDER);
  set_string (self, &self->sender_address, row->from_address, PROP_SENDER_ADDRESS);
  set_string (self, &self->subject, row->subject, PROP_SUBJECT);
  set_string (self, &self->preview, row->preview, PROP_PREVIEW);
  set_flags (self, row->flags);
  gint64 date = row->date != 0 ? row->date : row->received;
  if (self->date != date) {
    self->date = date;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DATE]);
  }
  if (self->has_attachments != row->has_attachments) {
    self->has_attachments = row->has_attachments;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HAS_ATTACHMENTS]);
  }
  if (!self->loaded) {
    self->loaded = TRUE;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADED]);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUBJECT]); /* "(No subject)" */
  }
  g_object_thaw_notify (G_OBJECT (self));
}

gint64
mail_message_get_id (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), 0);
  return self->id;
}

MailFolder *
mail_message_get_folder (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), NULL);
  return self->folder;
}

gboolean
mail_message_get_loaded (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), FALSE);
  return self->loaded;
}

const char *
mail_message_get_sender (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), NULL);
  return self->sender;
}

const char *
mail_message_get_subject (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), NULL);
  return self->loaded && *self->subject == '\0' ? _ ("(No subject)") : self->subject;
}

const char *
mail_message_get_preview (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), NULL);
  return self->preview;
}

gint64
mail_message_get_date (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), 0);
  return self->date;
}

gboolean
mail_message_get_unread (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), FALSE);
  return (self->flags & STORE_FLAG_SEEN) == 0;
}

gboolean
mail_message_get_starred (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), FALSE);
  return (self->flags & STORE_FLAG_FLAGGED) != 0;
}

gboolean
mail_message_get_answered (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), FALSE);
  return (self->flags & STORE_FLAG_ANSWERED) != 0;
}

gboolean
mail_message_get_forwarded (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), FALSE);
  return (self->flags & STORE_FLAG_FORWARDED) != 0;
}

gboolean
mail_message_get_has_attachments (MailMessage *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE (self), FALSE);
  return self->has_attachments;
}
