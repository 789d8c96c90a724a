/* The templates of a profile in a model, and filling them in.  Main thread; files are read and written by pool threads.  It must never
 * put a value into HTML that could be read as HTML. */
#include "mail-template.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-date.h"
#include "base-error.h"
#include "base-log.h"
#include "mail-draft-private.h"
#include "mime-build.h"

#define MAX_WORD 64 /* octets between the braces */

struct _MailTemplate
{
  GObject parent_instance;

  BaseTemplate *plain; /* owned */
};

G_DEFINE_FINAL_TYPE (MailTemplate, mail_template, G_TYPE_OBJECT)

static void
mail_template_finalize (GObject *object)
{
  g_clear_pointer (&MAIL_TEMPLATE (object)->plain, base_template_free);
  G_OBJECT_CLASS (mail_template_parent_class)->finalize (object);
}

static void
mail_template_class_init (MailTemplateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_template_finalize;
}

static void
mail_template_init (MailTemplate *self)
{
}

const BaseTemplate *
mail_template_get_plain (MailTemplate *self)
{
  g_return_val_if_fail (MAIL_IS_TEMPLATE (self), NULL);
  return self->plain;
}

/* ---- the model ---- */

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const BaseTemplate *one = MAIL_TEMPLATE ((gpointer)a)->plain;
  const BaseTemplate *other = MAIL_TEMPLATE ((gpointer)b)->plain;

  return g_utf8_collate (one->name, other->name);
}

static void
take_out (MailEngine *engine, const char *id)
{
  GListModel *model = G_LIST_MODEL (engine->templates);

  for (guint i = g_list_model_get_n_items (model); i-- > 0;) {
    g_autoptr (MailTemplate) at = g_list_model_get_item (model, i);

    if (g_str_equal (at->plain->id, id))
      g_list_store_remove (engine->templates, i);
  }
}

/* Takes the template. */
static void
put_in (MailEngine *engine, BaseTemplate *plain)
{
  g_autoptr (MailTemplate) template = g_object_new (MAIL_TYPE_TEMPLATE, NULL);

  template->plain = plain;
  take_out (engine, plain->id);
  g_list_store_insert_sorted (engine->templates, template, compare, NULL);
}

/* Pool thread. */
static gpointer
run_load (gpointer data, GCancellable *cancellable, GError **error)
{
  return base_template_load_all (data);
}

static void
unref_paths (gpointer paths)
{
  base_paths_unref (paths);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MailEngine *engine = MAIL_ENGINE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = g_task_propagate_pointer (G_TASK (result), &error);

  engine->templates_read = all != NULL;
  if (all == NULL && !base_error_is_cancelled (error))
    base_log ("the templates could not be read: %s", error->message);
  while (all != NULL && all->len > 0)
    put_in (engine, g_ptr_array_steal_index (all, all->len - 1));
}

GListModel *
mail_engine_get_templates (MailEngine *engine)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (engine), NULL);

  if (!engine->templates_read) {
    engine->templates_read = TRUE;
    mail_engine_call_pool (engine, g_task_new (engine, NULL, on_loaded, NULL), run_load,
                           base_paths_ref (engine->paths), unref_paths,
                           (GDestroyNotify)g_ptr_array_unref);
  }
  return G_LIST_MODEL (engine->templates);
}

static MailTemplate *
find_abbreviation (MailEngine *engine, const char *word, const char *but)
{
  g_autofree char *wanted = g_utf8_casefold (word, -1);
  GListModel *model = mail_engine_get_templates (engine);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (MailTemplate) at = g_list_model_get_item (model, i);
    g_autofree char *folded =
        at->plain->abbreviation != NULL ? g_utf8_casefold (at->plain->abbreviation, -1) : NULL;

    if (g_strcmp0 (folded, wanted) == 0 && g_strcmp0 (at->plain->id, but) != 0)
      return at;
  }
  return NULL;
}

MailTemplate *
mail_engine_find_abbreviation (MailEngine *engine, const char *word)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (engine), NULL);
  return find_abbreviation (engine, word, NULL);
}

/* ---- writing ---- */

typedef struct
{
  BasePaths *paths;
  BaseTemplate *template; /* only its id counts where it goes */
} Job;

static Job *
job_new (MailEngine *engine, BaseTemplate *template)
{
  Job *job = g_new0 (Job, 1);

  job->paths = base_paths_ref (engine->paths);
  job->template = template;
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  base_paths_unref (job->paths);
  base_template_free (job->template);
  g_free (job);
}

/* Pool thread; gives what was written. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  return base_template_save (job->template, job->paths, error) ? base_template_dup (job->template)
                                                               : NULL;
}

static void
free_template (gpointer template)
{
  base_template_free (template);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  BaseTemplate *plain = g_task_propagate_pointer (G_TASK (result), &error);

  if (plain == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  put_in (MAIL_ENGINE (source), plain);
  g_task_return_boolean (outer, TRUE);
}

void
mail_engine_save_template_async (MailEngine *engine, const BaseTemplate *template,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine));
  g_autoptr (GTask) outer = g_task_new (engine, NULL, callback, user_data);
  MailTemplate *other = template->abbreviation != NULL
                            ? find_abbreviation (engine, template->abbreviation, template->id)
                            : NULL;

  if (other != NULL) {
    GError *error = NULL;

    /* Translators: the name of another template */
    base_error_set (&error, BASE_ERROR_REFUSED, NULL, _ ("“%s” has this abbreviation already."),
                    other->plain->name);
    g_task_return_error (outer, error);
    return;
  }
  mail_engine_call_pool (engine, g_task_new (engine, NULL, on_saved, g_steal_pointer (&outer)),
                         run_save, job_new (engine, base_template_dup (template)), job_free,
                         free_template);
}

gboolean
mail_engine_save_template_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Pool thread; gives the id. */
static gpointer
run_remove (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  return base_template_remove (job->template->id, job->paths, error) ? g_strdup (job->template->id)
                                                                     : NULL;
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  g_autofree char *id = g_task_propagate_pointer (G_TASK (result), &error);

  if (id == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  take_out (MAIL_ENGINE (source), id);
  g_task_return_boolean (outer, TRUE);
}

void
mail_engine_remove_template_async (MailEngine *engine, const char *id, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine));
  GTask *outer = g_task_new (engine, NULL, callback, user_data);
  BaseTemplate *template = g_new0 (BaseTemplate, 1);

  template->id = g_strdup (id);
  mail_engine_call_pool (engine, g_task_new (engine, NULL, on_removed, outer), run_remove,
                         job_new (engine, template), job_free, g_free);
}

gboolean
mail_engine_remove_template_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- placeholders ---- */

typedef enum
{
  NAME,
  ADDRESS,
  ME,
  MY_ADDRESS,
  DATE,
  TIME,
  SUBJECT,
  N_WORDS
} Word;

/* Translators: what stands in braces in a template: one word without spaces, such as {name}. */
static const char *const words[N_WORDS] = {
  [NAME] = NC_ ("placeholder", "name"),       [ADDRESS] = NC_ ("placeholder", "address"),
  [ME] = NC_ ("placeholder", "me"),           [MY_ADDRESS] = NC_ ("placeholder", "my-address"),
  [DATE] = NC_ ("placeholder", "date"),       [TIME] = NC_ ("placeholder", "time"),
  [SUBJECT] = NC_ ("placeholder", "subject"),
};

static const char *
get_word (Word word)
{
  return g_dpgettext2 (NULL, "placeholder", words[word]);
}

static gboolean
is_word (const char *text, gsize length, const char *word)
{
  g_autofree char *folded = g_utf8_casefold (text, (gssize)length);
  g_autofree char *wanted = g_utf8_casefold (word, -1);

  return g_str_equal (folded, wanted);
}

/* What begins at this brace; N_WORDS: nothing of ours. */
static Word
find_word (const char *brace, const char **end)
{
  const char *close = strchr (brace, '}');
  gsize length = close != NULL ? (gsize)(close - brace - 1) : 0;

  if (length == 0 || length > MAX_WORD)
    return N_WORDS;
  *end = close + 1;
  for (Word word = 0; word < N_WORDS; word++)
    if (is_word (brace + 1, length, words[word]) || is_word (brace + 1, length, get_word (word)))
      return word;
  return N_WORDS;
}

static char *
fill (const char *text, char *const *values, gboolean markup)
{
  g_autoptr (GString) filled = g_string_new (NULL);

  if (text == NULL)
    return NULL;
  while (*text != '\0') {
    gsize plain = strcspn (text, "{");
    const char *end = NULL;
    Word word;

    g_string_append_len (filled, text, (gssize)plain);
    text += plain;
    if (*text == '\0')
      break;
    word = find_word (text, &end);
    if (word == N_WORDS || values[word] == NULL) {
      g_string_append_c (filled, *text++);
      continue;
    }
    g_autofree char *value =
        markup ? g_markup_escape_text (values[word], -1) : g_strdup (values[word]);
    g_string_append (filled, value);
    text = end;
  }
  return g_strdup (filled->str);
}

static char *
dup_unless_empty (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

static void
collect_values (MailDraft *draft, char **values)
{
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (draft);
  g_autoptr (GPtrArray) to = mime_addresses_parse (mail_draft_get_to (draft));
  const MimeAddress *first = to->len > 0 ? to->pdata[0] : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (first != NULL && first->address[0] != '\0') {
    values[NAME] = dup_unless_empty (first->name);
    values[ADDRESS] = g_strdup (first->address);
  }
  if (identity != NULL) {
    const BaseIdentity *me = mail_identity_get_settings (identity);

    values[MY_ADDRESS] = dup_unless_empty (me->address);
    values[ME] = dup_unless_empty (me->name);
    if (values[ME] == NULL)
      values[ME] = g_strdup (values[MY_ADDRESS]);
  }
  values[DATE] = base_date_day (now);
  values[TIME] = base_date_clock (now);
  values[SUBJECT] = dup_unless_empty (mail_draft_get_subject (draft));
}

void
mail_template_fill (MailTemplate *self, MailDraft *draft, char **subject, char **text, char **html)
{
  g_return_if_fail (MAIL_IS_TEMPLATE (self) && MAIL_IS_DRAFT (draft));
  char *values[N_WORDS] = { NULL };

  collect_values (draft, values);
  *subject = fill (self->plain->subject, values, FALSE);
  *text = fill (self->plain->text, values, FALSE);
  *html = fill (self->plain->html, values, TRUE);
  mail_draft_set_from_template (draft);
  for (Word word = 0; word < N_WORDS; word++)
    g_free (values[word]);
}

gboolean
mail_template_text_has_placeholder (const char *text)
{
  gboolean quoted = *text == '>';

  for (; *text != '\0'; text++) {
    const char *end = NULL;

    if (*text == '\n')
      quoted = text[1] == '>';
    else if (*text == '{' && !quoted && find_word (text, &end) != N_WORDS)
      return TRUE;
  }
  return FALSE;
}

char *
mail_template_list_placeholders (void)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (Word word = 0; word < N_WORDS; word++)
    g_string_append_printf (list, "%s{%s}", word > 0 ? ", " : "", get_word (word));
  return g_strdup (list->str);
}
