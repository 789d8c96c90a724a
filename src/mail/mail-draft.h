/* A message being written.  Setters only change memory; saving writes the draft's folder off the
 * main thread. */
#pragma once

#include "mail-content.h"
#include "mail-identity.h"

G_BEGIN_DECLS

#define MAIL_TYPE_DRAFT (mail_draft_get_type ())
G_DECLARE_FINAL_TYPE (MailDraft, mail_draft, MAIL, DRAFT, GObject)
#define MAIL_TYPE_ATTACHMENT (mail_attachment_get_type ())
G_DECLARE_FINAL_TYPE (MailAttachment, mail_attachment, MAIL, ATTACHMENT, GObject)

typedef enum
{
  MAIL_REPLY,
  MAIL_REPLY_ALL,
  MAIL_REPLY_LIST,       /* to what List-Post names; else as MAIL_REPLY */
  MAIL_FORWARD,          /* text below a heading of who wrote it when, attachments taken along */
  MAIL_FORWARD_ATTACHED, /* the message itself as an attachment */
  MAIL_EDIT_AS_NEW, /* recipients, subject, text and attachments of it, as if it had not been sent */
  MAIL_REDIRECT, /* sent on as it is: only recipients are to be said; its answers go to who wrote it */
} MailReplyKind;

MailEngine *mail_draft_get_engine (MailDraft *draft); /* borrowed */
MailDraft *mail_draft_new (MailEngine *engine, MailAccount *account) G_GNUC_WARN_UNUSED_RESULT;
/* Addresses (Reply-To/From; own ones left out of reply-all), subject, attribution and quote,
 * threading headers. For those of forwarding and editing the attachments appear a moment later ("busy").  What is quoted is what was read:
 * mail_content_get_quote ().  `excerpt` (nullable): that is quoted instead, by answers; see mail_excerpt_new_text (). */
MailDraft *mail_draft_new_reply (MailEngine *engine, MailContent *content, MailReplyKind kind,
                                 const MailExcerpt *excerpt) G_GNUC_WARN_UNUSED_RESULT;
/* mailto: (RFC 6068): to, cc, bcc, subject, body; everything else, attach above all, is ignored.
 * NULL when it is no mailto: URI. */
MailDraft *mail_draft_new_mailto (MailEngine *engine, MailAccount *account,
                                  const char *uri) G_GNUC_WARN_UNUSED_RESULT;

MailAccount *mail_draft_get_account (MailDraft *draft); /* nullable */
/* As whom it is written, as the settings are now.  NULL: there is no account. */
MailIdentity *mail_draft_dup_identity (MailDraft *draft) G_GNUC_WARN_UNUSED_RESULT;
/* The account that it was written from was removed, and no other one was chosen since. */
gboolean mail_draft_has_lost_account (MailDraft *draft);
/* With its account.  Its own address comes into Bcc where it wants that, and that of the one before goes. */
void mail_draft_set_identity (MailDraft *draft, MailIdentity *identity);
/* Nobody has written in it yet, and it was not on the disk: a signature may go into it. */
gboolean mail_draft_is_fresh (MailDraft *draft);
const char *mail_draft_get_to (MailDraft *draft); /* none of the getters is ever NULL but html */
const char *mail_draft_get_cc (MailDraft *draft);
const char *mail_draft_get_bcc (MailDraft *draft);
const char *mail_draft_get_subject (MailDraft *draft);
const char *mail_draft_get_text (MailDraft *draft);
const char *mail_draft_get_html (MailDraft *draft); /* NULL: plain text */
void mail_draft_set_recipients (MailDraft *draft, const char *to, const char *cc, const char *bcc);
void mail_draft_set_subject (MailDraft *draft, const char *subject);
void mail_draft_set_body (MailDraft *draft, const char *text, const char *html);
/* Reports about the delivery that are asked of the servers on the way; one that knows no such thing sends none. */
typedef enum
{
  MAIL_NOTIFY_SUCCESS = 1 << 0,
  MAIL_NOTIFY_FAILURE = 1 << 1,
  MAIL_NOTIFY_DELAY = 1 << 2,
} MailNotify;
MailNotify mail_draft_get_notify (MailDraft *draft);
void mail_draft_set_notify (MailDraft *draft, MailNotify notify);
typedef enum
{
  MAIL_PRIORITY_LOW = -1,
  MAIL_PRIORITY_NORMAL = 0,
  MAIL_PRIORITY_HIGH = 1,
} MailPriority;
MailPriority mail_draft_get_priority (MailDraft *draft);
void mail_draft_set_priority (MailDraft *draft, MailPriority priority);
/* The readers' programs are asked to tell when it was read; most ask their readers first. */
gboolean mail_draft_get_receipt (MailDraft *draft);
void mail_draft_set_receipt (MailDraft *draft, gboolean receipt);
/* Which its spelling is checked in, "en_US ko"; NULL: nobody chose any.  Of this computer only. */
const char *mail_draft_get_languages (MailDraft *draft);
void mail_draft_set_languages (MailDraft *draft, const char *languages);
/* Not to be sent before that (seconds UTC; 0 or past: at once).  The server keeps it where it can, else it waits in the
 * outbox. */
gint64 mail_draft_get_send_at (MailDraft *draft);
void mail_draft_set_send_at (MailDraft *draft, gint64 send_at);
/* So many seconds pass before it leaves, in which mail_engine_take_back_async () still gets it; of this sending only. */
void mail_draft_set_hold (MailDraft *draft, guint seconds);
/* The names of its files are written as RFC 2231 says and in no other way; of this sending only. */
void mail_draft_set_names_once (MailDraft *draft, gboolean once);
const char *mail_draft_get_id (MailDraft *draft);   /* for taking it back */
/* It answers a message or passes one on: others' words may stand in it. */
gboolean mail_draft_is_answer (MailDraft *draft);
/* What an answer says above what it quotes. */
gboolean mail_draft_is_attribution (const char *line);
gboolean mail_draft_is_redirect (MailDraft *draft); /* MAIL_REDIRECT: not for a composer */
gboolean mail_draft_is_empty (MailDraft *draft);    /* nothing a person would miss */

/* Borrowed GListModel of MailAttachment. */
GListModel *mail_draft_get_attachments (MailDraft *draft);
const char *mail_attachment_get_name (MailAttachment *attachment);
const char *mail_attachment_get_content_type (MailAttachment *attachment);
/* NULL unless it is a picture that stands in the text. */
const char *mail_attachment_get_content_id (MailAttachment *attachment);
guint64 mail_attachment_get_size (MailAttachment *attachment); /* octets */
char *mail_attachment_dup_size_text (MailAttachment *attachment) G_GNUC_WARN_UNUSED_RESULT;
/* Copies the bytes now (a file that changes or vanishes later does not matter), while the draft can be saved and sending it waits. Folders and
 * unreadable files fail with a sentence.  Cancelled, it ends at once, even where the file does not answer.  `progress` (nullable): how much of it is
 * here, from 0 to 1, some times a second until `callback`. */
typedef void (*MailAttachProgress) (double fraction, gpointer data);
void mail_draft_attach_async (MailDraft *draft, GFile *file, GCancellable *cancellable,
                              MailAttachProgress progress, gpointer progress_data,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_draft_attach_finish (MailDraft *draft, GAsyncResult *result, GError **error);
/* Messages of a list (GArray of gint64, from mail_conversation_get_id ()), whole: of a conversation all that are in the folder.  Those that
 * can be had are there even where it fails.  LIMIT.  Finish as above. */
void mail_draft_attach_listed_async (MailDraft *draft, MailMessageList *list, GArray *items,
                                     GAsyncReadyCallback callback, gpointer user_data);
void mail_draft_detach (MailDraft *draft, MailAttachment *attachment);
/* FALSE: it is a picture that stands in the text, or did.  One of a letter that became plain text, and still says where it stood, is a file. */
gboolean mail_draft_shows_file (MailDraft *draft, MailAttachment *attachment);
/* Property "busy" (boolean, notify): attachments are being copied; Send waits for it. */
gboolean mail_draft_get_busy (MailDraft *draft);

/* Saves when something changed since the last save (else succeeds at once). `editing`: still
 * open in a composer. */
void mail_draft_save_async (MailDraft *draft, gboolean editing, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_draft_save_finish (MailDraft *draft, GAsyncResult *result, GError **error);
/* Its copy in the Drafts folder of its account, for other computers: follows what was written since the last time; on the server as soon as that
 * can be reached.  What nobody has written in stays here.  `editing` as for saving, which it does too where there was something to put.  Signal "conflict": another
 * computer had changed or deleted the copy; both are kept. */
void mail_draft_put_async (MailDraft *draft, gboolean editing, GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean mail_draft_put_finish (MailDraft *draft, GAsyncResult *result, GError **error);
/* Octets of the files attached. */
guint64 mail_draft_get_files_size (MailDraft *draft);
/* A message of a Drafts folder, written on this computer or another one, to go on with.  REFUSED: it is open already. */
void mail_draft_open_async (MailEngine *engine, MailContent *content, GAsyncReadyCallback callback,
                            gpointer user_data);
/* It is a version of this draft that stands there. */
gboolean mail_draft_is_copied_in (MailDraft *draft, MailContent *content);
MailDraft *mail_draft_open_finish (MailEngine *engine, GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* It is in no list any more, and gone for good after a day; until then mail_engine_take_back_async () has it, as it is now.  One
 * that is empty goes at once. */
void mail_draft_discard_async (MailDraft *draft, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_draft_discard_finish (MailDraft *draft, GAsyncResult *result, GError **error);

/* What a person should be asked before sending. */
typedef enum
{
  MAIL_WARN_NO_SUBJECT = 1 << 0,
  MAIL_WARN_NO_ATTACHMENT = 1 << 1, /* the text speaks of one */
  MAIL_WARN_NO_TEXT = 1 << 2,
  MAIL_WARN_MANY_VISIBLE =
      1 << 3,                     /* more recipients than a letter has see each other's addresses */
  MAIL_WARN_ODD_DOMAIN = 1 << 4,  /* mail_draft_find_slip () */
  MAIL_WARN_PLACEHOLDER = 1 << 6, /* a template was used, and not all of it could be filled in */
  MAIL_WARN_WAS_HIDDEN = 1 << 5,  /* answers all, to whom the person was not shown (Bcc) */
} MailDraftWarnings;
/* False with REFUSED when it cannot be sent: no recipient, a wrong address (the sentence names
 * it), no account. */
gboolean mail_draft_check (MailDraft *draft, MailDraftWarnings *warnings, GError **error);
typedef struct
{
  guint64 octets; /* what it will have when it is built, at most a little less */
  guint64 limit;  /* what the server of its account takes (RFC 1870); 0: none is known */
} MailDraftWeight;
/* It must have an account. */
void mail_draft_weigh_async (MailDraft *draft, GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_draft_weigh_finish (MailDraft *draft, GAsyncResult *result, MailDraftWeight *weight,
                                  GError **error);
/* What a file of so many octets adds. */
guint64 mail_draft_weigh_file (guint64 octets);

/* Builds, writes (fsync), queues.  Success: the message is safe on disk, the composer may close;
 * the answered mail gets its flag. */
void mail_draft_send_async (MailDraft *draft, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_draft_send_finish (MailDraft *draft, GAsyncResult *result, GError **error);

/* ---- recipients ---- */
/* Those in To and Cc, who see each other. */
guint mail_draft_count_visible (MailDraft *draft);
/* To and Cc go to Bcc. */
void mail_draft_hide_recipients (MailDraft *draft);
/* The first domain of a recipient that looks like one of the person's, of somebody whom the person wrote to or of a big provider, and is another
 * one; and which was perhaps meant.  Both are yours and nullable, as people read them. */
gboolean mail_draft_find_slip (MailDraft *draft, char **written, char **meant);
/* The recipients with the first such domain get the one that was perhaps meant. */
void mail_draft_mend_slip (MailDraft *draft);

/* ---- address helpers for the entries ---- */
gboolean mail_address_list_check (
    const char *text,
    char **first_wrong); /* every address in "A <a@b>, c" is well-formed; empty is fine */

G_END_DECLS
