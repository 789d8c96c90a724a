/* Messages of a list as attachments of a letter, one after the other; what of them is on the server alone is fetched.  Main thread, but for
 * what is marked.  One that cannot be had does not hold up the others. */
#include "mail-draft-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "store-listing.h"

#define MOST 50

typedef struct
{
  gint64 id, folder;
} Found;

typedef struct
{
  MailDraft *draft; /* owned */
  GArray *found;    /* of Found */
  guint next;
  GError *error; /* nullable: of the first that could not be had */
} Attaching;

static void
attaching_free (gpointer data)
{
  Attaching *attaching = data;

  g_object_unref (attaching->draft);
  g_clear_pointer (&attaching->found, g_array_unref);
  g_clear_error (&attaching->error);
  g_free (attaching);
}

/* Keeps the first. */
static void
note_error (Attaching *attaching, GError *error)
{
  if (attaching->error == NULL)
    attaching->error = error;
  else
    g_clear_error (&error);
}

static void attach_next (GTask *outer);

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;
  GError *error = NULL;

  if (!mail_draft_attach_finish (MAIL_DRAFT (source), result, &error))
    note_error (g_task_get_task_data (outer), error);
  attach_next (outer);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;
  Attaching *attaching = g_task_get_task_data (outer);
  GError *error = NULL;
  g_autoptr (MailContent) content =
      mail_engine_open_message_finish (MAIL_ENGINE (source), result, &error);

  if (content != NULL) {
    mail_draft_take_original_async (attaching->draft, content, on_attached, outer);
    return;
  }
  note_error (attaching, error);
  attach_next (outer);
}

static void
end (GTask *outer)
{
  g_autoptr (GTask) task = outer;
  Attaching *attaching = g_task_get_task_data (task);

  mail_draft_add_busy (attaching->draft, -1);
  if (attaching->error != NULL)
    g_task_return_error (task, g_steal_pointer (&attaching->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
attach_next (GTask *outer)
{
  Attaching *attaching = g_task_get_task_data (outer);
  MailEngine *engine = attaching->draft->engine;

  if (attaching->found == NULL || attaching->next >= attaching->found->len) {
    end (outer);
    return;
  }
  const Found *found = &g_array_index (attaching->found, Found, attaching->next++);
  g_autoptr (MailMessage) message =
      mail_message_new (found->id, mail_engine_find_folder (engine, found->folder));
  mail_engine_open_message_async (engine, message, NULL, on_opened, outer);
}

/* ---- which they are ---- */

typedef struct
{
  StoreListing listing;
  GArray *items; /* of gint64 */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_array_unref (question->items);
  g_free (question);
}

/* Store thread: a GArray of Found. */
static gpointer
run_find (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Question *question = data;
  g_autoptr (GArray) ids = store_listing_resolve (db, &question->listing,
                                                  (const gint64 *)(gpointer)question->items->data,
                                                  question->items->len, error);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));

  if (ids == NULL)
    return NULL;
  if (ids->len > MOST) {
    base_error_set (error, BASE_ERROR_LIMIT, NULL,
                    _ ("That many messages cannot be attached at once. Choose at most %'u."), MOST);
    return NULL;
  }
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (StoreMessage) row = store_message_get (db, g_array_index (ids, gint64, i), error);

    if (row == NULL)
      return NULL;
    g_array_append_val (found, ((Found){ row->id, row->folder }));
  }
  return g_steal_pointer (&found);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;
  Attaching *attaching = g_task_get_task_data (outer);

  attaching->found = g_task_propagate_pointer (G_TASK (result), &attaching->error);
  attach_next (outer);
}

void
mail_draft_attach_listed_async (MailDraft *self, MailMessageList *list, GArray *items,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_MESSAGE_LIST (list) && items != NULL);
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  Attaching *attaching = g_new0 (Attaching, 1);
  Question *question = g_new0 (Question, 1);

  attaching->draft = g_object_ref (self);
  g_task_set_task_data (outer, attaching, attaching_free);
  question->listing = *mail_message_list_get_listing (list);
  question->items = g_array_ref (items);
  mail_draft_add_busy (self, 1);
  mail_engine_call_store (self->engine, g_task_new (NULL, NULL, on_found, outer), run_find,
                          question, question_free, (GDestroyNotify)g_array_unref);
}
