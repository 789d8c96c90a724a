/* How large a message becomes on the wire, and what the server takes that is to send it.  Main thread; the store thread looks the
 * limit up, which the send worker learns whenever it signs in. */
#include "mail-draft-private.h"

#define PART_HEADER 300  /* octets: the boundary, and the header of a file */
#define HEADER      2000 /* of the message; long lists of recipients come on top */

guint64
mail_draft_weigh_file (guint64 octets)
{
  /* Base64 in lines of 76 characters and CRLF (RFC 2045, 6.8). */
  return (octets + 56) / 57 * 78 + PART_HEADER;
}

/* By the shorter of quoted-printable and base64, which with its ends of lines stays below this. */
static guint64
weigh_text (const char *text)
{
  guint64 octets = PART_HEADER;

  for (; text != NULL && *text != '\0'; text++)
    octets += *text == '\n' ? 2 : 1;
  return octets + octets * 2 / 5;
}

static guint64
weigh (const StoreDraft *draft)
{
  guint64 octets = HEADER + strlen (draft->to) + strlen (draft->cc) + weigh_text (draft->text)
                   + weigh_text (draft->html);

  for (guint i = 0; i < draft->attachments->len; i++) {
    const StoreAttachment *file = draft->attachments->pdata[i];

    if (draft->redirect)
      octets += file->size;
    else if (mail_draft_sends (draft, file))
      octets += mail_draft_weigh_file (file->size);
  }
  return octets;
}

typedef struct
{
  gint64 account;
  MailDraftWeight weight;
} Weighing;

/* Store thread. */
static gpointer
run_limit (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Weighing *weighing = data;

  return store_account_get_size_limit (db, weighing->account, &weighing->weight.limit, error)
             ? g_memdup2 (&weighing->weight, sizeof weighing->weight)
             : NULL;
}

void
mail_draft_weigh_async (MailDraft *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && self->account != NULL);
  Weighing *weighing = g_new0 (Weighing, 1);

  weighing->account = mail_account_get_row (self->account);
  weighing->weight.octets = weigh (self->plain);
  mail_engine_call_store (self->engine, g_task_new (self, NULL, callback, user_data), run_limit,
                          weighing, g_free, g_free);
}

gboolean
mail_draft_weigh_finish (MailDraft *self, GAsyncResult *result, MailDraftWeight *weight,
                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_autofree MailDraftWeight *found = g_task_propagate_pointer (G_TASK (result), error);

  if (found == NULL)
    return FALSE;
  *weight = *found;
  return TRUE;
}
