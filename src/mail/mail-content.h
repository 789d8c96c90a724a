/* An opened message: parsed off the main thread, immutable. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_CONTENT (mail_content_get_type ())
G_DECLARE_FINAL_TYPE (MailContent, mail_content, MAIL, CONTENT, GObject)
#define MAIL_TYPE_PART (mail_part_get_type ())
G_DECLARE_FINAL_TYPE (MailPart, mail_part, MAIL, PART, GObject)

typedef struct
{
  char *name, *address; /* name "" when none */
} MailAddress;

MailMessage *mail_content_get_message (MailContent *content);
gint64 mail_content_get_message_id (MailContent *content);   /* row id */
const char *mail_content_get_subject (MailContent *content); /* "" when none */
gint64 mail_content_get_date (MailContent *content);
/* It is an attachment of a message (mail_part_open_async ()): what its headers say was checked by nobody, and there is nothing to
 * archive, flag or answer. */
gboolean mail_content_is_nested (MailContent *content);
/* Borrowed GPtrArray of MailAddress, empty when none. */
GPtrArray *mail_content_get_from (MailContent *content);
GPtrArray *mail_content_get_reply_to (MailContent *content);
GPtrArray *mail_content_get_to (MailContent *content);
GPtrArray *mail_content_get_cc (MailContent *content);
GPtrArray *mail_content_get_bcc (MailContent *content);
const char *mail_content_get_text (MailContent *content); /* never NULL */
/* The text of what the person reads, which answers quote: that of the HTML (see mime_message_dup_quote ()), or the plain one where
 * there is no HTML or it is not what is shown.  Never NULL. */
const char *mail_content_get_quote (MailContent *content);
/* Whoever shows it says so: the plain text is what the person sees, whatever HTML there is.  At first FALSE. */
void mail_content_set_read_as_text (MailContent *content, gboolean as_text);
gboolean mail_content_is_read_as_text (MailContent *content);

/* A part of what is read, that an answer quotes instead of all of it. */
typedef struct _MailExcerpt MailExcerpt;
void mail_excerpt_free (MailExcerpt *excerpt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailExcerpt, mail_excerpt_free)
/* Of the plain text; NULL if there is nothing to read in it. */
MailExcerpt *mail_excerpt_new_text (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* Of the clean HTML: its words from `runs[2n]` to before `runs[2n + 1]`, which are `said`, as mime_html_cut () counts them.  NULL without an
 * error: these are not the words. */
void mail_content_cut_async (MailContent *content, GArray *runs, const char *said,
                             GAsyncReadyCallback callback, gpointer user_data);
MailExcerpt *mail_content_cut_finish (MailContent *content,
                                      GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;
gboolean mail_content_has_html (MailContent *content);
/* Clean HTML without remote images; NULL when !has_html. */
const char *mail_content_get_html (MailContent *content);
guint mail_content_get_blocked (MailContent *content); /* remote images left out */
/* The person wants them from this sender or its domain, and it is the sender (mail_content_is_authenticated ()). */
gboolean mail_content_are_images_chosen (MailContent *content);
/* Borrowed GPtrArray of char: addresses of pictures that only tell the sender that the message was opened; never loaded, whatever
 * the person allows.  NULL when !has_html. */
GPtrArray *mail_content_get_trackers (MailContent *content);
typedef enum
{
  MAIL_LOOK_LETTER,   /* text with hardly a background */
  MAIL_LOOK_DESIGNED, /* a layout that counts on light paper */
  MAIL_LOOK_ADAPTIVE, /* has a dark style of its own */
} MailLook;
MailLook mail_content_get_look (MailContent *content);
/* The same with remote images as sosik-remote: URIs (see mail_engine_fetch_remote_async ()). */
void mail_content_get_html_with_images_async (MailContent *content, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
char *mail_content_get_html_with_images_finish (MailContent *content, GAsyncResult *result,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Borrowed GListModel of MailPart: the attachments to show. */
GListModel *mail_content_get_attachments (MailContent *content);
const char *mail_part_get_name (MailPart *part); /* safe file name */
const char *mail_part_get_content_type (MailPart *part);
char *mail_part_dup_size_text (MailPart *part) G_GNUC_WARN_UNUSED_RESULT;
/* Property "is-here" (notify): FALSE for a large one that was left on the server.  What needs it (save, export, forwarding)
 * fetches it first; a cancelled fetch ends at once. */
gboolean mail_part_is_here (MailPart *part);
/* Property "progress" (notify): 0 to 1 while it is fetched, else -1. */
double mail_part_get_progress (MailPart *part);

/* Decoded bytes of any part by the index that stands in a sosik-cid: URI. */
void mail_content_get_part_bytes_async (MailContent *content, guint index,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);
GBytes *mail_content_get_part_bytes_finish (MailContent *content, GAsyncResult *result,
                                            char **content_type,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Decodes and writes whole or not at all; an existing file is replaced (the dialog asked). DISK. */
void mail_part_save_async (MailPart *part, GFile *file, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_part_save_finish (MailPart *part, GAsyncResult *result, GError **error);
/* Saves all attachments into a folder, or none: what was written before one failed is taken back.  A name that exists gets
 * " (2)". */
void mail_content_save_all_async (MailContent *content, GFile *folder, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_content_save_all_finish (MailContent *content, GAsyncResult *result, GError **error);
/* Writes the part into the cache (read-only, 0400, never executable) for opening in another
 * program. */
void mail_part_export_async (MailPart *part, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
GFile *mail_part_export_finish (MailPart *part, GAsyncResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: large parts are on the server still. */
gboolean mail_content_is_whole (MailContent *content);
/* Fetches all of it, for mail_content_dup_source ().  RETRY offline. */
void mail_content_fetch_whole_async (MailContent *content, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_content_fetch_whole_finish (MailContent *content, GAsyncResult *result,
                                          GError **error);
/* Writes the raw bytes of the message ("Save as … .eml"); whole or not at all, an existing file
 * is replaced.  Fetches what is not here. */
void mail_content_save_async (MailContent *content, GFile *file, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_content_save_finish (MailContent *content, GAsyncResult *result, GError **error);
/* The raw source as text (valid UTF-8), for "View source"; at most its first megabyte.  Of what is here: see
 * mail_content_is_whole (). */
char *mail_content_dup_source (MailContent *content) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
