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
  char *sender, *subject, *preview;
  gint64 date;
  StoreFlags flags;
  gboolean has_attachments;
  /* Borrowed, NULL when it is gone */
  MailFolder *folder;
};

G_DEFINE_FINAL_TYPE (MailMessage, mail_message, G_TYPE_OBJECT)

static guint changed_signal;

static void
mail_message_finalize (GObject *object)
{
  MailMessage *self = MAIL_MESSAGE (object);

  g_clear_weak_pointer (&self->folder);
  g_free (self->sender);
  g_free (self->subject);
  g_free (self->preview);
  G_OBJECT_CLASS (mail_message_parent_class)->finalize (object);
}

static void
mail_message_class_init (MailMessageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_message_finalize;
  changed_signal = g_signal_new ("changed", MAIL_TYPE_MESSAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
mail_message_init (MailMessage *self)
{
  self->sender = g_strdup ("");
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

static gboolean
set_string (char **field, const char *value)
{
  if (value == NULL)
    value = "";
  if (g_str_equal (*field, value))
    return FALSE;
  g_free (*field);
  *field = g_strdup (value);
  return TRUE;
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

gboolean
mail_message_fill (MailMessage *self, const StoreMessage *row, MailFolder *folder)
{
  gboolean moved = self->folder != folder;

  g_set_weak_pointer (&self->folder, row != NULL ? folder : NULL);
  if (row == NULL)
    return FALSE;
  gint64 date = row->received != 0 ? row->received : row->date;
  /* Whose it is, and in what colour, its folder says. */
  gboolean changed = !self->loaded || moved || self->flags != row->flags || self->date != date
                     || self->has_attachments != row->has_attachments;
  changed |= set_string (&self->sender, who (self, row, folder));
  changed |= set_string (&self->subject, row->subject);
  changed |= set_string (&self->preview, row->preview);
  self->loaded = TRUE;
  self->flags = row->flags;
  self->date = date;
  self->has_attachments = row->has_attachments;
  if (changed)
    g_signal_emit (self, changed_signal, 0);
  return changed;
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
