/* HTML of others as what a letter is made of (mime_html_to_letter ()): for pasting, and for answers in rich text.  All of it is worked
 * out off the main thread, nothing is fetched. */
#pragma once

#include "mail-draft.h"

G_BEGIN_DECLS

/* `html` as another program gave it.  `ids`, nullable: it looks like a letter of ours (too long to be read at once), and pictures with these
 * Content-IDs stay.  NULL without an error: there is nothing to read in it.  `flat`: a table of it is larger than those of letters, and is lines of
 * text. */
void mail_letter_from_html_async (GBytes *html, const char *const *ids, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
char *mail_letter_from_html_finish (GAsyncResult *result, gboolean *flat,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An answer: what it quotes comes first, and who writes it goes on below that.  Before it is quoted with formats; others stay as they are. */
void mail_draft_write_below (MailDraft *draft);
gboolean mail_draft_is_written_below (MailDraft *draft);
/* `rich`: what mail_draft_new_reply () quoted of `content` as plain text is quoted with its formats and those of its pictures that are
 * stored here, up to some megabytes; the draft has HTML then.  Nothing changes where the message has no HTML, or its text was read, or the
 * quote is not (only) what the message says.  Else answers leave pictures out, and what is forwarded has them as files. */
void mail_draft_quote_async (MailDraft *draft, MailContent *content, gboolean rich,
                             GAsyncReadyCallback callback, gpointer user_data);
void mail_draft_quote_finish (MailDraft *draft, GAsyncResult *result);

/* A picture that the HTML shows as cid:`id`; it is sent as long as the HTML does.  `id` NULL: it is a file.  Finish with mail_draft_attach_finish (). */
void mail_draft_attach_picture_async (MailDraft *draft, const char *name, const char *content_type,
                                      GBytes *content, const char *id, GAsyncReadyCallback callback,
                                      gpointer user_data);
/* The bytes of a file of the draft. */
void mail_draft_read_file_async (MailDraft *draft, MailAttachment *file,
                                 GAsyncReadyCallback callback, gpointer user_data);
GBytes *mail_draft_read_file_finish (MailDraft *draft, GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The window shows what it was given as this text: as long as that is what stands there, the person wrote nothing. */
void mail_draft_set_shown_text (MailDraft *draft, const char *text);

G_END_DECLS
