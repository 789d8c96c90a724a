/* Shared by the files of the draft: its fields and its queue of steps.  Main thread only. */
#pragma once

#include "mail-engine-private.h"
#include "mail-private.h"
#include "mime-build.h"

G_BEGIN_DECLS

struct _MailDraft
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  StoreDraft *plain;               /* what would be written now */
  GListStore *attachments;         /* of MailAttachment, the same ones as in plain */
  StoreDraft *initial;             /* as it was given to the person */
  char *quoted_text, *quoted_html; /* of the excerpt that it quotes; NULL: none, no HTML */
  GQueue steps;                    /* of Step: what waits for its turn on the disk */

  /* Borrowed, NULL when none or gone */
  MailAccount *account;

  guint64 serial, saved_serial; /* grows with every change; as last written */
  guint64 put_serial;           /* as it stands in the Drafts folder */
  guint busy;
  /* Files of the person's (mail-draft-attach.c): how many are being read, those that wait for their turn, and the sending (of GTask) that waits for all */
  guint reading;
  GQueue to_read, after_reading;
  gpointer latest; /* borrowed: what was begun last and has not ended */
  guint patience;
  guint hold; /* seconds before it may leave */
  gboolean names_once;
  gboolean stepping;
  gboolean on_disk, saved_editing;
  gboolean fresh;         /* made in this session, of nothing or of a message to answer */
  gboolean files_touched; /* the person added or removed a file */
  gboolean answers;       /* who reads it has what it quotes */
  gboolean below;         /* the quote comes first */
  gboolean gone;          /* sent or discarded: never written again */
};

/* One thing at a time touches the draft's folder.  `start` must end in mail_draft_end_step ().
 * Takes the task, whose source is the draft. */
typedef void (*MailDraftStart) (MailDraft *draft, GTask *task);
void mail_draft_step (MailDraft *draft, GTask *task, MailDraftStart start);
void mail_draft_end_step (MailDraft *draft);

/* What a worker may take with it. */
StoreDraft *mail_draft_snapshot (MailDraft *draft, gboolean editing) G_GNUC_WARN_UNUSED_RESULT;
void mail_draft_add_busy (MailDraft *draft, int change);
/* Of the program itself; finish with mail_draft_attach_finish (). */
void mail_draft_attach_bytes_async (MailDraft *draft, const char *name, const char *content_type,
                                    GBytes *content, GAsyncReadyCallback callback,
                                    gpointer user_data);
/* Takes them (of StoreAttachment) into the draft and its model. */
void mail_draft_add_files (MailDraft *draft, GPtrArray *files);
/* mail-draft-attach.c: sends (takes the task) when all files are here; mail-draft-send.c: now. */
void mail_draft_after_reading (MailDraft *draft, GTask *send);
void mail_draft_send_now (MailDraft *draft, GTask *send);
/* mail-draft-send.c, store thread: what it answers or forwards gets its arrow, or loses the one that it got by this draft; the
 * draft remembers which. */
gboolean mail_draft_mark_source (StoreDb *db, BasePaths *paths, StoreDraft *draft, gboolean mark,
                                 GError **error);
/* mail-draft-files.c: copies the attachments of a message into the draft; finish with mail_draft_attach_finish (). */
void mail_draft_take_along_async (MailDraft *draft, MailContent *content,
                                  GAsyncReadyCallback callback, gpointer user_data);
/* The same of the message itself, all of it. */
void mail_draft_take_original_async (MailDraft *draft, MailContent *content,
                                     GAsyncReadyCallback callback, gpointer user_data);
/* mail-letter.c: the HTML of `content`, a draft that another program or another computer wrote, becomes that of the draft, with its pictures.
 * Finish with mail_draft_quote_finish (). */
void mail_draft_read_letter_async (MailDraft *draft, MailContent *content,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* Pictures that the text shows, of the message which it quotes: files of the draft which nobody attached.  `ids` (NULL: none has one) go with
 * `contents` (of GBytes); finish with mail_draft_attach_finish (). */
void mail_draft_take_pictures_async (MailDraft *draft, GPtrArray *contents, GPtrArray *types,
                                     GPtrArray *names, GPtrArray *ids, GAsyncReadyCallback callback,
                                     gpointer user_data);
/* The ends of their Content-IDs: an answer that became plain text leaves them out. */
#define MAIL_QUOTED_PICTURE "@quoted"
/* mail-draft-send.c, any thread.  A picture that was taken out of the text again stays with the draft, for that can be undone, but is
 * not sent.  One of a letter that became plain text is a file. */
gboolean mail_draft_sends (const StoreDraft *draft, const StoreAttachment *file);
/* mail-draft-send.c, pool thread: without Message-ID and date. */
MimeDraft *mail_draft_to_mime (BasePaths *paths, const StoreDraft *draft, const BaseIdentity *from,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* mail-draft.c: the same without Bcc, for what goes without having been seen. */
void mail_draft_put_identity (MailDraft *draft, MailIdentity *identity);
/* For mail_template_fill (). */
void mail_draft_set_from_template (MailDraft *draft);
/* mail-draft-recipients.c */
MailDraftWarnings mail_draft_warn_of_recipients (MailDraft *draft);
void mail_draft_learn_domains (MailEngine *engine); /* a moment later; for the warning */
/* mail-draft-copy.c: the copy on the server goes, for it is no draft any more. */
void mail_draft_take_off (MailEngine *engine, const StoreDraft *draft);

G_END_DECLS
