#include "nothing.h"

#include "ui-environment.h"
#include "ui-headers.h"
#include "ui-part.h"
#include "ui-web-module.h"
#include "ui-web-pictures.h"

World world;

/* Another one may stand there still: who asked gave it up. */
static void
ask (gpointer source, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_clear_object (&world.asked);
  world.asked = g_task_new (source, cancellable, callback, data);
  world.n_asked++;
}

#define OBJECT(name)                                                                               \
  GType name##_get_type (void)                                                                     \
  {                                                                                                \
    return G_TYPE_OBJECT;                                                                          \
  }
OBJECT (mail_engine)
OBJECT (mail_account)
OBJECT (mail_message)
OBJECT (mail_content)
OBJECT (mail_part)

void
mail_person_free (MailPerson *person)
{
  g_ptr_array_unref (person->others);
  g_ptr_array_unref (person->latest);
  g_free (person);
}

void
mail_engine_get_person_async (MailEngine *engine, const char *address, guint n_latest,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  ask (engine, cancellable, callback, user_data);
}

MailPerson *
mail_engine_get_person_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mail_engine_open_message_async (MailEngine *engine, MailMessage *message, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  ask (engine, cancellable, callback, user_data);
}

MailContent *
mail_engine_open_message_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
mail_account_get_asked (MailAccount *account)
{
  return "imap";
}

BaseAccount *
mail_account_dup_settings (MailAccount *account)
{
  return base_account_dup (world.settings);
}

const char *
mail_account_get_advice_link (MailAccount *account)
{
  return NULL;
}

void
mail_engine_set_password_async (MailEngine *engine, const BaseAccount *asked, const char *protocol,
                                const char *password, gboolean remember,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_clear_pointer (&world.answered, base_account_free);
  world.answered = base_account_dup (asked);
  ask (engine, NULL, callback, user_data);
}

gboolean
mail_engine_set_password_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

gint64
mail_message_get_id (MailMessage *message)
{
  return 1;
}

gint64
mail_message_get_date (MailMessage *message)
{
  return world.date;
}

const char *
mail_message_get_subject (MailMessage *message)
{
  return "Subject";
}

const char *
mail_content_get_subject (MailContent *content)
{
  return "Subject of the message";
}

gint64
mail_content_get_date (MailContent *content)
{
  return 0;
}

#define PEOPLE(name)                                                                               \
  GPtrArray *mail_content_get_##name (MailContent *content)                                        \
  {                                                                                                \
    return world.people;                                                                           \
  }
PEOPLE (from)
PEOPLE (to)
PEOPLE (cc)
PEOPLE (bcc)

const char *
mail_content_get_text (MailContent *content)
{
  return "Text of the message";
}

gboolean
mail_content_has_html (MailContent *content)
{
  return TRUE;
}

const char *
mail_content_get_html (MailContent *content)
{
  return "<p>HTML of the message</p>";
}

guint
mail_content_get_blocked (MailContent *content)
{
  return 0;
}

gboolean
mail_content_are_images_chosen (MailContent *content)
{
  return FALSE;
}

GListModel *
mail_content_get_attachments (MailContent *content)
{
  return G_LIST_MODEL (world.parts);
}

void
mail_content_get_html_with_images_async (MailContent *content, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_assert_not_reached ();
}

char *
mail_content_get_html_with_images_finish (MailContent *content, GAsyncResult *result,
                                          GError **error)
{
  g_assert_not_reached ();
}

const char *
mail_part_get_name (MailPart *part)
{
  return "plan.file";
}

char *
mail_part_dup_size_text (MailPart *part)
{
  return g_strdup ("1 kB");
}

MailPartKind
mail_part_get_kind (MailPart *part)
{
  return world.kind;
}

void
mail_picture_free (MailPicture *picture)
{
  g_assert_not_reached ();
}

void
mail_pages_unref (MailPages *pages)
{
  g_assert_not_reached ();
}

#define READ(name, Result, ...)                                                                    \
  void mail_part_##name##_async (MailPart *part, GCancellable *cancellable,                        \
                                 GAsyncReadyCallback callback, gpointer user_data)                 \
  {                                                                                                \
    ask (part, cancellable, callback, user_data);                                                  \
  }                                                                                                \
  Result mail_part_##name##_finish (MailPart *part, GAsyncResult *result, ##__VA_ARGS__,           \
                                    GError **error)                                                \
  {                                                                                                \
    return g_task_propagate_pointer (G_TASK (result), error);                                      \
  }
READ (open, MailContent *)
READ (read_pages, MailPages *)
READ (read_text, char *, gboolean *cut)

void
mail_part_judge_async (MailPart *part, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  ask (part, cancellable, callback, user_data);
}

gboolean
mail_part_judge_finish (MailPart *part, GAsyncResult *result, MailDanger *danger, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mail_part_read_picture_async (MailPart *part, guint edge, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_assert_not_reached ();
}

MailPicture *
mail_part_read_picture_finish (MailPart *part, GAsyncResult *result, GError **error)
{
  g_assert_not_reached ();
}

void
mail_part_read_page_async (MailPart *part, MailPages *pages, guint index, guint width,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_assert_not_reached ();
}

MailPicture *
mail_part_read_page_finish (MailPart *part, GAsyncResult *result, GError **error)
{
  g_assert_not_reached ();
}

void
ui_environment_show_uri_async (GtkWindow *parent, const char *uri, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_assert_not_reached ();
}

gboolean
ui_part_can_preview (MailPart *part)
{
  return TRUE;
}

GdkTexture *
ui_part_make_texture (const MailPicture *picture)
{
  g_assert_not_reached ();
}

GCancellable *
ui_part_get_cancellable (MailPart *part)
{
  return world.fetch;
}

char *
ui_headers_dup_addresses (GPtrArray *addresses, const char *separator)
{
  return g_strdup ("Bob Miller");
}

gboolean
ui_web_module_is_linked (void)
{
  return world.linked;
}

void
ui_web_module_link_async (GAsyncReadyCallback callback, gpointer user_data)
{
  ask (NULL, NULL, callback, user_data);
}

static char *
join (GPtrArray *texts)
{
  g_autoptr (GString) all = g_string_new (NULL);
  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? "|" : "", (char *)texts->pdata[i]);
  return g_strdup (all->str);
}

static void
print (GtkWidget *page, const UiWebPaper *paper, UiWebPrintedFunc done, gpointer data)
{
  g_assert_null (world.head);
  world.head = join (paper->heads);
  world.body = join (paper->bodies);
  done (TRUE, NULL, NULL, data);
}

void
nothing_page_class_init (gpointer klass, gpointer data)
{
  g_signal_new ("picture-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_TASK);
}

GtkWidget *
ui_web_module_create_page (MailEngine *engine, const UiWebPageApi **api)
{
  static const UiWebPageApi made = { .print = print };

  *api = &made;
  return g_object_new (g_type_from_name ("Page"), NULL);
}

void
ui_web_pictures_answer (MailEngine *engine, MailContent *content, const char *uri, GTask *task)
{
  g_assert_not_reached ();
}
