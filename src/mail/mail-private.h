/* How the objects of this layer are made and fed.  Main thread only, unless a line says
 * otherwise. */
#pragma once

#include "mail-account.h"
#include "mail-content.h"
#include "mail-conversation.h"
#include "mail-draft.h"
#include "mail-folder.h"
#include "mail-found.h"
#include "mail-message-list.h"
#include "mail-message.h"
#include "mail-thread.h"
#include "mail-truth.h"
#include "mime-message.h"
#include "store-folder.h"
#include "store-listing.h"
#include "store-outgoing.h"
#include "sync-engine.h"

G_BEGIN_DECLS

/* The list becomes `wanted` (of GObject) by one change of what differs. */
void mail_splice_difference (GListStore *list, GPtrArray *wanted);

/* ---- account ---- */
MailAccount *mail_account_new (const BaseAccount *settings, gint64 row) G_GNUC_WARN_UNUSED_RESULT;
gint64 mail_account_get_row (MailAccount *account);
const BaseAccount *mail_account_get_settings (MailAccount *account);
void mail_account_set_settings (MailAccount *account, const BaseAccount *settings);
void mail_account_set_state (MailAccount *account, const SyncState *state);
/* In the same state still, told in the words of now. */
void mail_account_describe_again (MailAccount *account);
/* All rows of this account (GPtrArray of StoreFolder, others are skipped): objects stay the same
 * for the same id. */
void mail_account_set_folders (MailAccount *account, GPtrArray *rows);
/* The one sentence of the sidebar for a state; pure. */
char *mail_account_describe (MailAccount *account, const SyncState *state,
                             gint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* "In step at 12:03"; an older moment with its day; `in_step` 0: not known when. */
char *mail_describe_in_step (gint64 in_step, gint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* ---- folder ---- */
MailFolder *mail_folder_new (MailAccount *account, gint64 id) G_GNUC_WARN_UNUSED_RESULT;
MailFolder *mail_folder_new_view (MailView view) G_GNUC_WARN_UNUSED_RESULT;
void mail_folder_set_search_name (MailFolder *folder, const char *name);
void mail_folder_set_unread (MailFolder *folder, guint unread);
void mail_folder_set_family (MailFolder *folder, MailFolder *parent, gboolean has_children);
/* `name` is what the person reads. */
void mail_folder_update (MailFolder *folder, const StoreFolder *row, const char *name, guint depth);
/* Counts and freshness, which change often. */
void mail_folder_update_state (MailFolder *folder, const StoreFolder *row);
/* "In step at 12:03: the server tells of changes by itself", or why not; pure. */
char *mail_folder_describe (const StoreFolder *row, gint64 now) G_GNUC_WARN_UNUSED_RESULT;
/* "1,234 messages, 56.0 MB", without the size where it is not known, "" where nothing is; pure. */
char *mail_folder_describe_contents (const StoreFolder *row) G_GNUC_WARN_UNUSED_RESULT;
/* As the person reads it: of those with a role that, else the last part of the path. Any thread. */
char *mail_folder_dup_shown_name (const StoreFolder *row) G_GNUC_WARN_UNUSED_RESULT;

/* ---- message ---- */
MailMessage *mail_message_new (gint64 id, MailFolder *folder) G_GNUC_WARN_UNUSED_RESULT;
/* One whose "sender" is who wrote it, in Sent too: in a conversation that tells them apart. */
MailMessage *mail_message_new_with_author (gint64 id, MailFolder *folder) G_GNUC_WARN_UNUSED_RESULT;
/* `row` NULL: it does not exist any more. `folder` is the row's. Returns whether anything that is shown changed. */
gboolean mail_message_fill (MailMessage *message, const StoreMessage *row, MailFolder *folder);

/* ---- conversation ---- */
MailConversation *mail_conversation_new (gint64 id, gboolean is_thread) G_GNUC_WARN_UNUSED_RESULT;
/* `folder` is that of the newest message, nullable. */
void mail_conversation_fill (MailConversation *conversation, const StoreItem *item,
                             MailFolder *folder);
/* `marks`, `excerpt` and `ranges` (of MailRange, which nobody changes any more) nullable. */
void mail_conversation_set_found (MailConversation *conversation, MailMarks *marks,
                                  const char *excerpt, GArray *ranges);
/* It is not in its list any more; its newest message still tells where it is.  `row` NULL: nowhere. */
void mail_conversation_leave (MailConversation *conversation, const StoreMessage *row,
                              MailFolder *folder);

/* ---- message list ---- */
/* `part` is of `change`, about any folder. Large changes are applied in slices. */
void mail_message_list_apply (MailMessageList *list, StoreChange *change,
                              const StoreFolderChange *part);
/* Somebody is known who was not. */
void mail_message_list_people_changed (MailMessageList *list);
/* Folders came: what was read before its folder was known, as in the first moments of an account, gets it now. */
void mail_message_list_folders_came (MailMessageList *list);
const StoreListing *mail_message_list_get_listing (MailMessageList *list); /* borrowed */
/* Where items of a view that have been looked at lie, gint64 id -> gint64 folder: what has fallen out of the view, and stays for now, is
 * looked for there.  NULL: the list is no view. */
GHashTable *mail_message_list_collect_seen (MailMessageList *list) G_GNUC_WARN_UNUSED_RESULT;

/* Of a search: in which folders its items were found, the one that is shown first, for any thread; NULL: it is none. */
MailFoundTable *mail_message_list_ref_found (MailMessageList *list) G_GNUC_WARN_UNUSED_RESULT;
/* The engine stops: nothing holds on to the search thread's connection any more. */
void mail_message_list_close_search (MailMessageList *list);
/* The program ends: nobody waits for it. */
void mail_message_list_stop_search (MailMessageList *list);

/* ---- conversation ---- */
/* What is to be read again, and the beginning of it: the lists are told of the change in between. */
void mail_thread_note (MailThread *thread, const StoreChange *change);
void mail_thread_go_on (MailThread *thread);

/* ---- content ---- */
/* ---- (mail-parsed.c) ---- Everything a reader needs, made in a pool thread.  Atomic reference
 * count; `mime` only with `lock` held (GMime objects belong to one thread at a time). */
typedef struct
{
  gatomicrefcount ref_count;
  GMutex lock;
  MimeMessage *mime;
  GBytes *bytes; /* `is_partial`: they lack the content of some parts (see mail-fetch.h) */
  gboolean is_partial;
  char *account; /* nullable; with `message`, the row: where the rest is to be had */
  gint64 message;
  char *subject, *text, *html;
  char *quote;                                 /* of what the HTML shows; NULL without HTML */
  char *message_id, *in_reply_to, *references; /* nullable */
  gint64 date;
  char *charset;                              /* nullable: chosen by the person for this sender */
  GPtrArray *from, *reply_to, *to, *cc, *bcc; /* of MailAddress */
  GPtrArray *delivered_to;                    /* of MailAddress: as the servers say that took it */
  /* Of MailAddress: whom the server that received it last says that it was for, the surest first */
  GPtrArray *received_for;
  gboolean was_received;  /* by any server */
  MimeHtmlFacts facts;    /* of html */
  gboolean several_from;  /* more than one From field */
  gboolean images_chosen; /* the person wants images of this sender, or its domain */
  /* set by mail_truth_judge () */
  char *new_list; /* nullable: address of the list that sent it, of which nothing was read before */
  gboolean is_authenticated;
  MailTruth *truth; /* nullable */
  MailList *list;   /* nullable */
} MailParsed;

/* Of a MailMessage whose sender's charset was forgotten: its row is to be written anew when it is opened the next time. */
#define MAIL_CHARSET_GONE "mail-charset-gone"

/* Any thread, slow.  `missing` (nullable, n of them): parts that the bytes lack. */
MailParsed *mail_parsed_new (GBytes *bytes, const MimeMissing *missing,
                             gsize n) G_GNUC_WARN_UNUSED_RESULT;
/* The same, in the charset that a person said (nullable). */
MailParsed *mail_parsed_new_in_charset (GBytes *bytes, const MimeMissing *missing, gsize n,
                                        const char *charset) G_GNUC_WARN_UNUSED_RESULT;
MailParsed *mail_parsed_ref (MailParsed *parsed);
void mail_parsed_unref (MailParsed *parsed); /* any thread */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailParsed, mail_parsed_unref)
/* Any thread; GONE when the index is out of range, or the part is missing. */
GBytes *mail_parsed_decode (MailParsed *parsed, guint index,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

MailContent *mail_content_new (MailEngine *engine, MailMessage *message,
                               MailParsed *parsed) G_GNUC_WARN_UNUSED_RESULT;
MailParsed *mail_content_get_parsed (MailContent *content);
MailEngine *mail_content_get_engine (MailContent *content);
/* One in a message that stands in another (`depth` of them). */
MailContent *mail_content_new_nested (MailEngine *engine, MailMessage *message, MailParsed *parsed,
                                      guint depth) G_GNUC_WARN_UNUSED_RESULT;
MailPart *mail_part_new (MailEngine *engine, MailParsed *parsed, guint depth,
                         const MimePart *part) G_GNUC_WARN_UNUSED_RESULT;
/* A file out of `parent`, a winmail.dat. */
MailPart *mail_part_new_unpacked (MailPart *parent, const char *name, const char *content_type,
                                  GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
guint mail_part_get_index (MailPart *part);
GBytes *mail_part_get_unpacked (
    MailPart *part); /* borrowed, nullable: then its content is not that of the index */
/* A winmail.dat: what is in it takes its place in the list. */
gboolean mail_part_is_winmail (MailPart *part);
void mail_part_unpack_async (MailPart *part, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
/* GPtrArray of MailPart. */
GPtrArray *mail_part_unpack_finish (MailPart *part, GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- saving files (mail-save.c; any thread, blocks) ---- */
/* Whole or not at all. `replace` FALSE: fails with G_IO_ERROR_EXISTS.  Other errors are
 * BASE_ERROR or CANCELLED. */
gboolean mail_save_file (GFile *file, GBytes *bytes, gboolean replace, GCancellable *cancellable,
                         GError **error);
/* Into `folder` under `name`, or "name (2)" and so on: the file that it became. */
GFile *mail_save_unique (GFile *folder, const char *name, GBytes *bytes, GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes files (GFile) that were just saved. */
void mail_save_take_back (GPtrArray *files);
/* cache/open/<random>/name, mode 0400. */
GFile *mail_save_export (BasePaths *paths, const char *name, GBytes *bytes,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- draft ---- */
/* Takes the plain draft. `loaded`: it is on disk already and so not empty by itself. */
MailDraft *mail_draft_new_take (MailEngine *engine, StoreDraft *plain,
                                gboolean loaded) G_GNUC_WARN_UNUSED_RESULT;
MailAttachment *mail_attachment_new (const StoreAttachment *plain) G_GNUC_WARN_UNUSED_RESULT;

/* ---- reply (mail-reply.c; pure) ---- */
/* Octets of a quote; a body of many megabytes is none any more. */
#define MAIL_MAX_QUOTE (1024 * 1024)
struct _MailExcerpt
{
  char *text;
  char *html; /* nullable: it is one of plain text */
};
typedef gboolean (*MailOwnAddressFunc) (const char *address, gpointer user_data);
/* `read`: what is quoted. */
StoreDraft *mail_reply_build (const MailParsed *parsed, MailReplyKind kind, const char *read,
                              MailOwnAddressFunc own, gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* mailto: (mail-mailto.c; pure).  NULL when it is none. */
StoreDraft *mail_mailto_parse (const char *uri) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a mail that goes out without having been seen: to the one address in the path of the URI, never to its to, cc and bcc, with a line each
 * of subject and text ("" where there is none).  FALSE where that is not exactly one address. */
gboolean mail_mailto_parse_request (const char *uri, char **address, char **subject,
                                    char **text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
