/* A part of a message for an answer: the person selected it.  Main thread; the HTML is cut by a thread that holds strings only.  What a window says
 * of its selection are places in the clean HTML, so that nothing else can come into the answer by this road. */
#include "mail-content.h"
#include "mail-private.h"

#include <string.h>

#include "mime-html.h"

void
mail_excerpt_free (MailExcerpt *excerpt)
{
  g_free (excerpt->text);
  g_free (excerpt->html);
  g_free (excerpt);
}

/* Lines that are empty at both ends go; how far the first one is indented stays. */
static char *
trim (const char *text)
{
  const char *start = text;

  for (const char *at = text; g_ascii_isspace (*at); at++)
    if (*at == '\n')
      start = at + 1;
  return g_strchomp (g_strdup (start));
}

MailExcerpt *
mail_excerpt_new_text (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_autofree char *trimmed = trim (text);
  MailExcerpt *excerpt;

  if (*trimmed == '\0')
    return NULL;
  excerpt = g_new0 (MailExcerpt, 1);
  excerpt->text = g_steal_pointer (&trimmed);
  return excerpt;
}

typedef struct
{
  MailParsed *parsed;
  GArray *runs; /* of guint */
  char *said;
} Cut;

static void
cut_free (gpointer data)
{
  Cut *cut = data;

  mail_parsed_unref (cut->parsed);
  g_array_unref (cut->runs);
  g_free (cut->said);
  g_free (cut);
}

/* Any thread. */
static void
run_cut (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Cut *cut = data;
  gsize n = cut->runs->len / 2;
  g_autofree MimeHtmlRun *runs = g_new0 (MimeHtmlRun, n + 1);
  MailExcerpt *excerpt = NULL;

  for (gsize i = 0; i < n; i++)
    runs[i] = (MimeHtmlRun){ g_array_index (cut->runs, guint, 2 * i),
                             g_array_index (cut->runs, guint, 2 * i + 1) };
  g_autofree char *html = mime_html_cut (cut->parsed->html, runs, n, cut->said);
  if (html != NULL) {
    g_autofree char *text = mime_html_to_quote (html);

    excerpt = mail_excerpt_new_text (text);
    if (excerpt != NULL)
      excerpt->html = g_steal_pointer (&html);
  }
  g_task_return_pointer (task, excerpt, (GDestroyNotify)mail_excerpt_free);
}

void
mail_content_cut_async (MailContent *self, GArray *runs, const char *said,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (self) && mail_content_has_html (self));
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Cut *cut = g_new0 (Cut, 1);

  cut->parsed = mail_parsed_ref (mail_content_get_parsed (self));
  cut->runs = g_array_ref (runs);
  cut->said = g_strdup (said);
  g_task_set_task_data (task, cut, cut_free);
  g_task_run_in_thread (task, run_cut);
}

MailExcerpt *
mail_content_cut_finish (MailContent *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
