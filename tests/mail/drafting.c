#include "drafting.h"

void
save_draft (MailDraft *draft, gboolean editing)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_draft_save_async (draft, editing, NULL, on_result, &result);
  g_assert_true (mail_draft_save_finish (draft, wait_result (&result), &error));
  g_assert_no_error (error);
}

gboolean
attach_file (MailDraft *draft, const char *path, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  mail_draft_attach_async (draft, file, NULL, NULL, NULL, on_result, &result);
  g_assert_true (mail_draft_get_busy (draft));
  return mail_draft_attach_finish (draft, wait_result (&result), error);
}

typedef struct
{
  Bench *bench;
  int state;
} Wanted;

static gboolean
has_outgoing (gpointer data)
{
  Wanted *wanted = data;
  GListModel *outgoing = mail_engine_get_outgoing (wanted->bench->engine);
  g_autoptr (MailOutgoing) item = g_list_model_get_item (outgoing, 0);

  if (wanted->state < 0 || item == NULL)
    return item == NULL && wanted->state < 0;
  return (int)mail_outgoing_get_state (item) == wanted->state;
}

MailOutgoing *
wait_outgoing (Bench *bench, int state)
{
  Wanted wanted = { bench, state };

  wait_until (has_outgoing, &wanted);
  return g_list_model_get_item (mail_engine_get_outgoing (bench->engine), 0);
}

gboolean
no_outgoing (gpointer bench)
{
  return g_list_model_get_n_items (mail_engine_get_outgoing (((Bench *)bench)->engine)) == 0;
}

MailDraft *
take_back (Bench *bench, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_take_back_async (bench->engine, id, on_result, &result);
  return mail_engine_take_back_finish (bench->engine, wait_result (&result), error);
}
