/* One row of a message list, on the main thread: empty until its list fills it from the store, then told of every change.  It
 * must never read the store itself. */
#include "mail-private.h"

#include "base-label.h"

struct _MailConversation
{
  GObject parent_instance;

  /* Owned */
  char *participants;
  GStrv labels;
  MailMessage *newest; /* NULL until it is loaded */
  MailMarks *marks;    /* nullable */
  char *excerpt;       /* nullable */
  GArray *ranges;      /* of MailRange, in excerpt; nullable */

  gint64 id;
  guint count;
  gboolean is_thread, unread, starred, has_attachments;
};

G_DEFINE_FINAL_TYPE (MailConversation, mail_conversation, G_TYPE_OBJECT)

static guint changed_signal;

static void
mail_conversation_finalize (GObject *object)
{
  MailConversation *self = MAIL_CONVERSATION (object);

  g_free (self->participants);
  g_strfreev (self->labels);
  g_clear_object (&self->newest);
  g_clear_pointer (&self->marks, mail_marks_unref);
  g_free (self->excerpt);
  g_clear_pointer (&self->ranges, g_array_unref);
  G_OBJECT_CLASS (mail_conversation_parent_class)->finalize (object);
}

static void
mail_conversation_class_init (MailConversationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_conversation_finalize;
  changed_signal = g_signal_new ("changed", MAIL_TYPE_CONVERSATION, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
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

static gboolean
set_newest (MailConversation *self, const StoreMessage *row, MailFolder *folder)
{
  if (self->newest == NULL || mail_message_get_id (self->newest) != row->id) {
    g_clear_object (&self->newest);
    self->newest = mail_message_new (row->id, folder);
  }
  return mail_message_fill (self->newest, row, folder);
}

static GStrv
dup_shown_labels (const char *const *labels)
{
  g_autoptr (GStrvBuilder) shown = g_strv_builder_new ();

  for (guint i = 0; labels != NULL && labels[i] != NULL; i++) {
    const char *label = base_label_get_shown (labels[i]);
    if (label != NULL)
      g_strv_builder_add (shown, label);
  }
  return g_strv_builder_end (shown);
}

void
mail_conversation_fill (MailConversation *self, const StoreItem *item, MailFolder *folder)
{
  /* Of a single message that one sent oneself, the folder decides who is named. */
  MailRole role = folder != NULL ? mail_folder_get_role (folder) : MAIL_ROLE_NONE;
  gboolean outgoing = role == MAIL_ROLE_SENT || role == MAIL_ROLE_DRAFTS;
  g_auto (GStrv) labels = dup_shown_labels ((const char *const *)item->labels);
  gboolean changed = set_newest (self, item->newest, folder);
  const char *participants = item->participants;

  if ((outgoing && item->total < 2) || participants == NULL || *participants == '\0')
    participants = mail_message_get_sender (self->newest);
  if (!g_str_equal (self->participants, participants)) {
    g_free (self->participants);
    self->participants = g_strdup (participants);
    changed = TRUE;
  }
  if (!g_strv_equal ((const char *const *)self->labels, (const char *const *)labels)) {
    g_strfreev (self->labels);
    self->labels = g_steal_pointer (&labels);
    changed = TRUE;
  }
  changed |= self->count != item->total || self->unread != (item->unread > 0)
             || self->starred != item->starred || self->has_attachments != item->has_attachments;
  self->count = item->total;
  self->unread = item->unread > 0;
  self->starred = item->starred;
  self->has_attachments = item->has_attachments;
  if (changed)
    g_signal_emit (self, changed_signal, 0);
}

void
mail_conversation_set_found (MailConversation *self, MailMarks *marks, const char *excerpt,
                             GArray *ranges)
{
  gboolean changed = self->marks != marks || g_strcmp0 (self->excerpt, excerpt) != 0;

  if (self->marks != marks) {
    g_clear_pointer (&self->marks, mail_marks_unref);
    self->marks = marks != NULL ? mail_marks_ref (marks) : NULL;
  }
  g_free (self->excerpt);
  self->excerpt = g_strdup (excerpt);
  g_clear_pointer (&self->ranges, g_array_unref);
  self->ranges = ranges != NULL ? g_array_ref (ranges) : NULL;
  if (changed)
    g_signal_emit (self, changed_signal, 0);
}

MailMarks *
mail_conversation_get_marks (MailConversation *self)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), NULL);
  return self->marks;
}

const char *
mail_conversation_get_excerpt (MailConversation *self, GArray **ranges)
{
  g_return_val_if_fail (MAIL_IS_CONVERSATION (self), NULL);
  *ranges = self->ranges;
  return self->ranges != NULL ? self->excerpt : NULL;
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
  return self->newest != NULL;
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
