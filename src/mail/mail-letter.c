/* Letters out of HTML.  Main thread; the work is done by threads that hold nothing of it but strings.  What cannot be quoted with its
 * formats stays quoted as text. */
#include "mail-letter.h"

#include <string.h>

#include "mail-draft-private.h"
#include "mime-build.h"

/* A page that somebody pastes; more is nothing that a person wants in a letter. */
#define MAX_PASTED ((gsize)2 * 1024 * 1024)

/* Any thread. */
static void
run_from_html (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *text = mime_bytes_to_text (data, NULL);
  g_autofree char *clean = mime_html_clean (text, FALSE, NULL, NULL, NULL);
  g_autofree char *lines = mime_html_to_letter (clean, 0, MAX_PASTED, NULL, NULL);

  g_task_return_pointer (task, *lines != '\0' ? g_strconcat ("<div>", lines, "</div>", NULL) : NULL,
                         g_free);
}

void
mail_letter_from_html_async (GBytes *html, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_bytes_ref (html), (GDestroyNotify)g_bytes_unref);
  g_task_run_in_thread (task, run_from_html);
}

char *
mail_letter_from_html_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- quotes ---- */

typedef struct
{
  MailParsed *parsed;
  char *excerpt;        /* HTML; NULL: all of it is quoted */
  char *before, *after; /* of the quote in the text of the draft */
  gboolean forward;
} Quote;

static void
quote_free (gpointer data)
{
  Quote *quote = data;

  mail_parsed_unref (quote->parsed);
  g_free (quote->excerpt);
  g_free (quote->before);
  g_free (quote->after);
  g_free (quote);
}

/* NULL: the quote is not to be found in the text. */
static Quote *
find_quote (MailDraft *self, MailContent *content)
{
  g_autofree char *read = g_strchomp (
      g_strdup (self->quoted_text != NULL ? self->quoted_text : mail_content_get_quote (content)));
  g_autofree char *quoted = mime_quote (read);
  const char *wanted = g_strchomp (self->plain->forward ? read : quoted);
  const char *text = self->plain->text;
  const char *found = *wanted != '\0' ? strstr (text, wanted) : NULL;
  Quote *quote;

  if (found == NULL)
    return NULL;
  quote = g_new0 (Quote, 1);
  quote->parsed = mail_parsed_ref (mail_content_get_parsed (content));
  quote->excerpt = g_strdup (self->quoted_html);
  quote->before = g_strndup (text, (gsize)(found - text));
  quote->after = g_strdup (found + strlen (wanted));
  quote->forward = self->plain->forward;
  return quote;
}

/* Any thread. */
static void
run_quote (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Quote *quote = data;
  g_autofree char *lines =
      mime_html_to_letter (quote->excerpt != NULL ? quote->excerpt : quote->parsed->html,
                           quote->forward ? 0 : 1, MAIL_MAX_QUOTE, NULL, NULL);
  g_autofree char *before = mime_text_to_letter (quote->before);
  g_autofree char *after = mime_text_to_letter (g_strstrip (quote->after));

  g_task_return_pointer (
      task,
      g_strconcat ("<div>", before, lines, *quote->after != '\0' ? after : "", "</div>", NULL),
      g_free);
}

static void
on_quoted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailDraft *self = g_task_get_source_object (outer);
  g_autofree char *html = g_task_propagate_pointer (G_TASK (result), NULL);

  mail_draft_set_body (self, self->plain->text, html);
  g_task_return_boolean (outer, TRUE);
}

void
mail_draft_quote_richly_async (MailDraft *self, MailContent *content, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_CONTENT (content));
  g_autoptr (GTask) outer = g_task_new (self, NULL, callback, user_data);
  gboolean rich = mail_content_has_html (content) && !mail_content_is_read_as_text (content)
                  && (self->quoted_text == NULL || self->quoted_html != NULL);
  Quote *quote = rich ? find_quote (self, content) : NULL;

  if (quote == NULL) {
    g_task_return_boolean (outer, TRUE);
    return;
  }
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_quoted, g_steal_pointer (&outer));
  g_task_set_task_data (task, quote, quote_free);
  g_task_run_in_thread (task, run_quote);
}

void
mail_draft_quote_richly_finish (MailDraft *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
mail_draft_set_shown_text (MailDraft *self, const char *text)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && text != NULL);
  if (g_strcmp0 (self->plain->text, self->initial->text) != 0)
    return;
  g_free (self->initial->text);
  self->initial->text = g_strdup (text);
  mail_draft_set_body (self, text, self->plain->html);
}
