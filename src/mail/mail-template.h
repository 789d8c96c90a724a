/* Texts that a person writes again and again, and what they become in a letter.  Main thread.
 *
 * Placeholders stand in braces, in English or in the language of the desktop: {name} and {address} of the first recipient, {me} and
 * {my-address}, {date} and {time} of today, {subject}.  What is not known yet stays as it is. */
#pragma once

#include "base-template.h"
#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_TEMPLATE (mail_template_get_type ())
G_DECLARE_FINAL_TYPE (MailTemplate, mail_template, MAIL, TEMPLATE, GObject)

const BaseTemplate *mail_template_get_plain (MailTemplate *self); /* borrowed */

/* All of the profile by name, of MailTemplate; borrowed, filled a moment after it is first asked for. */
GListModel *mail_engine_get_templates (MailEngine *engine);
/* Typed in full, in any case; NULL: none.  Borrowed from the model. */
MailTemplate *mail_engine_find_abbreviation (MailEngine *engine, const char *word);
/* New, or in the place of the one with its id.  REFUSED (base_template_check (), or another one has the abbreviation), DISK. */
void mail_engine_save_template_async (MailEngine *engine, const BaseTemplate *template,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_save_template_finish (MailEngine *engine, GAsyncResult *result,
                                           GError **error);
/* Undone by saving it again. */
void mail_engine_remove_template_async (MailEngine *engine, const char *id,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_remove_template_finish (MailEngine *engine, GAsyncResult *result,
                                             GError **error);

/* What it says in this letter; each nullable as in the template.  The draft remembers that it may hold placeholders now:
 * MAIL_WARN_PLACEHOLDER. */
void mail_template_fill (MailTemplate *self, MailDraft *draft, char **subject, char **text,
                         char **html);
/* Whether one of them is in it, outside of quoted lines. */
gboolean mail_template_text_has_placeholder (const char *text);
/* "{name}, {address}, …", in the language of the desktop. */
char *mail_template_list_placeholders (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
