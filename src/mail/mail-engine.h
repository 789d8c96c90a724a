/* Everything the window asks for: owns the store thread, the sync engine, the accounts and the
 * keyring access. The application makes one and hands it on. */
#pragma once

#include "mail-account.h"
#include "mail-content.h"
#include "mail-conversation.h"
#include "mail-discovery.h"
#include "mail-draft.h"
#include "mail-folder.h"
#include "mail-identity.h"
#include "mail-message-list.h"
#include "mail-message.h"

G_BEGIN_DECLS

#define MAIL_TYPE_ENGINE (mail_engine_get_type ())
G_DECLARE_FINAL_TYPE (MailEngine, mail_engine, MAIL, ENGINE, GObject)

/* Signals (main thread): "arrived" (MailFolder *folder, MailMessage *newest, guint count): new
 * mail, for a desktop notification "notice" (const char *sentence, const char *detail or NULL):
 * something was refused and taken back, sending failed, database rebuilt, an account file is
 * broken, no keyring ...: show a toast/banner "password-needed" (MailAccount *account, const
 * char *sentence, const char *detail): ask, once at a time per account, for the password, or to sign in again (mail_account_needs_sign_in (), mail-sign-in.h) "past-changed": mail_engine_list_past_async () would
 * give something else now.  Property "ready"
 * (notify): accounts and folders of the last session are loaded. */
MailEngine *mail_engine_new (BasePaths *paths) G_GNUC_WARN_UNUSED_RESULT;
/* Opens the store and loads accounts and folders in the store thread, then starts syncing.  A
 * disk error: the window says so and offers Retry (call again). */
void mail_engine_start_async (MailEngine *engine, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_start_finish (MailEngine *engine, GAsyncResult *result, GError **error);
/* Before the start: no server is called, and nothing is done behind the window's back, until mail_engine_begin_sync () or until
 * something is wanted of a server.  So the first rows have both cores for themselves. */
void mail_engine_defer_sync (MailEngine *engine);
void mail_engine_begin_sync (MailEngine *engine); /* more than once does no harm */
gboolean mail_engine_get_ready (MailEngine *engine);
/* TRUE: the text of some messages is not in the index of words yet, by which they are found: `done` of `total` are since that was begun with, the newest first; *up_to
 * (seconds): those received before are not.  Notified as "indexing", a boolean, each time that the index holds more.  All nullable. */
gboolean mail_engine_get_indexing (MailEngine *engine, guint64 *done, guint64 *total,
                                   gint64 *up_to);
/* Stops workers off the main thread; then the callback; call before the program ends. */
void mail_engine_stop_async (MailEngine *engine, GAsyncReadyCallback callback, gpointer user_data);
void mail_engine_stop_finish (MailEngine *engine, GAsyncResult *result);
BasePaths *mail_engine_get_paths (MailEngine *engine);

/* Times of day are written otherwise from now on (base_date_set_clock ()): so are the sentences about accounts, folders and what waits. */
void mail_engine_describe_again (MailEngine *engine);

/* ---- accounts ---- */
/* Borrowed, of MailAccount, in the person's order: those that are switched on, which is all that anybody but the preferences wants to see. */
GListModel *mail_engine_get_accounts (MailEngine *engine);
GListModel *mail_engine_get_known_accounts (MailEngine *engine); /* the same with the others */
/* Borrowed GListModel of MailFolder: what several folders of all accounts hold together; All Inboxes only with two or more. */
GListModel *mail_engine_get_views (MailEngine *engine);
/* Searches that a person keeps, as folders (of mail_folder_new_search ()) with what is unread of them, in a file of the profile.  The store must
 * be open. */
GListModel *mail_engine_get_searches (MailEngine *engine);
MailFolder *mail_engine_keep_search (MailEngine *engine, guint position, const char *name,
                                     const char *typed, gboolean best); /* borrowed */
void mail_engine_rename_search (MailEngine *engine, MailFolder *search, const char *name);
/* Where it stood; G_MAXUINT: it is none of them. */
guint mail_engine_drop_search (MailEngine *engine, MailFolder *search);
/* What a person has looked for lately, to be offered again: GPtrArray of char *, the newest first; a file of the profile, mode 0600.  Borrowed, until one of the
 * others is called.  Noted when it has led to something; forgotten for good.  Before the start there are none. */
GPtrArray *mail_engine_get_recent_searches (MailEngine *engine);
void mail_engine_note_recent_search (MailEngine *engine, const char *typed);
void mail_engine_forget_recent_searches (MailEngine *engine);
/* Finds servers by address, from all sources side by side; progress gets sentences on the main thread. */
typedef void (*MailProgressFunc) (const char *sentence, gpointer user_data);
void mail_engine_discover_async (MailEngine *engine, const BaseAccount *account,
                                 MailProgressFunc progress, gpointer progress_data,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Also where nothing was found, or not all (mail_discovery_get_problem ()); NULL: cancelled, or the address is none. */
MailDiscovery *mail_engine_discover_finish (MailEngine *engine, GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A person has seen these names (mail_discovery_get_strangers (), or what they typed themselves) and agreed to them.  Until then verify and save are
 * REFUSED for hosts that a discovery gave as strangers. */
void mail_engine_agree_to_hosts (MailEngine *engine, const char *const *hosts);
/* Whether the account's server for "imap" or "smtp" is there, answers and shows a good certificate.  Nothing is told to it. */
void mail_engine_probe_async (MailEngine *engine, const BaseAccount *account, const char *protocol,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean mail_engine_probe_finish (MailEngine *engine, GAsyncResult *result, GError **error);
/* Signs in to both for real; nothing is saved.  *protocol (static "imap" or "smtp") tells whose
 * fault.  Passwords NULL: the stored ones; for SMTP the one for IMAP where none is stored. */
void mail_engine_verify_async (MailEngine *engine, const BaseAccount *account,
                               const char *imap_password, const char *smtp_password,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean mail_engine_verify_finish (MailEngine *engine, GAsyncResult *result, const char **protocol,
                                    GError **error);
/* Where a person can do what the error of verify, or of an identity that was to be saved ("smtp-ID"), says; NULL: nowhere in particular.  Lives as
 * long as the program. */
const char *mail_engine_find_advice_link (MailEngine *engine, const BaseAccount *account,
                                          const char *protocol, const GError *error);
/* Secrets, file, rows; then it syncs.  Of an id that is known, all is as `account` has it.  Passwords
 * NULL: unchanged.  *session_only: there is no keyring, the password is kept until Sosik ends. */
void mail_engine_save_account_async (MailEngine *engine, const BaseAccount *account,
                                     const char *imap_password, const char *smtp_password,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean mail_engine_save_account_finish (MailEngine *engine, GAsyncResult *result,
                                          gboolean *session_only, GError **error);
/* The same for an account that is known, where somebody changed it from `before`, whenever that was: what differs is done to what it is
 * now.  Finishes by mail_engine_save_account_finish (). */
void mail_engine_change_account_async (MailEngine *engine, const BaseAccount *before,
                                       const BaseAccount *after, const char *imap_password,
                                       const char *smtp_password, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
/* A change of what needs no sign-in: begun, written into `settings`, saved as often as it takes.  Whatever else became of the account
 * meanwhile stays. */
typedef struct
{
  BaseAccount *settings; /* at first as the account will be when all that is on its way was saved */
  BaseAccount *before;
} MailEdit;
MailEdit *mail_engine_begin_edit (MailEngine *engine,
                                  MailAccount *account) G_GNUC_WARN_UNUSED_RESULT;
void mail_edit_free (MailEdit *edit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailEdit, mail_edit_free)
/* Changes of an account are saved in the order in which they were made; one that fails leaves no trace.  Switched on or off, the account
 * comes or goes at once.  Nothing is proved. */
void mail_engine_save_edit_async (MailEngine *engine, const MailEdit *edit,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_save_edit_finish (MailEngine *engine, GAsyncResult *result, GError **error);
/* The same for an edit of that identity, which may have a server of its own by then: where anything of that was changed, or it waits for a
 * person, signs in there for real before anything is saved, which can take its time and be cancelled: TRUE.  `password` NULL: the one that is stored
 * for that server and user. */
gboolean mail_engine_save_identity_async (MailEngine *engine, const MailEdit *edit, const char *id,
                                          const char *password, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_save_identity_finish (MailEngine *engine, GAsyncResult *result,
                                           GError **error);
/* It was removed and nobody can bring it back any more: the password of its server goes, unless it is there again.  Returns at once, the keyring is
 * asked later; when the engine stops, all go of which nobody said so. */
void mail_engine_forget_identity (MailEngine *engine, MailAccount *account, const char *id);
/* To that place among all that are known; seen at once, and taken back where it could not be saved. */
void mail_engine_move_account_async (MailEngine *engine, MailAccount *account, guint place,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_move_account_finish (MailEngine *engine, GAsyncResult *result, GError **error);
/* A certificate that was refused is taken for its place from then on, as long as base_trust_get_agreed_until () says; the account goes on
 * at once.  And no certificate is, any more.  Both finish by mail_engine_save_account_finish (). */
void mail_engine_add_exception_async (MailEngine *engine, MailAccount *account,
                                      const BaseTrust *trust, GAsyncReadyCallback callback,
                                      gpointer user_data);
void mail_engine_remove_exception_async (MailEngine *engine, MailAccount *account, const char *host,
                                         guint16 port, GAsyncReadyCallback callback,
                                         gpointer user_data);
/* A sentence about each account file that cannot be used, which is left alone; property "broken" (notify). */
const char *const *mail_engine_get_broken (MailEngine *engine);
/* Reads the files again: accounts that were not known come, with their mail. */
void mail_engine_read_accounts_async (MailEngine *engine, GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean mail_engine_read_accounts_finish (MailEngine *engine, GAsyncResult *result,
                                           GError **error);
/* Removes its mail, rows, secrets and file. */
void mail_engine_remove_account_async (MailEngine *engine, MailAccount *account,
                                       GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_remove_account_finish (MailEngine *engine, GAsyncResult *result,
                                            GError **error);
/* A person answered "password-needed", which was about `protocol` (static; mail_account_get_asked () when they were asked, for it may be another
 * one by now) with the settings of that time; remember FALSE: session only.  REFUSED: there is another server by now, or none. */
void mail_engine_set_password_async (MailEngine *engine, const BaseAccount *asked,
                                     const char *protocol, const char *password, gboolean remember,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_set_password_finish (MailEngine *engine, GAsyncResult *result, GError **error);
void mail_engine_retry (MailEngine *engine, MailAccount *account); /* NULL: all */
/* Where the keyring stayed locked (mail_account_needs_unlock ()): the desktop asks for its password once more. */
void mail_engine_unlock (MailEngine *engine);
/* The person looks at this folder: sync it next. */
void mail_engine_show_folder (MailEngine *engine, MailFolder *folder);

/* ---- reading ---- */
/* Fetches when it is not here (GONE, RETRY offline: sentence), parses off the main thread. */
void mail_engine_open_message_async (MailEngine *engine, MailMessage *message,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
MailContent *mail_engine_open_message_finish (MailEngine *engine, GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One remote image the person allowed; `uri` is the http(s) URL.  No cookies, no Referer, no
 * loopback or private addresses, at most 20 MB, images only. */
void mail_engine_fetch_remote_async (MailEngine *engine, const char *uri, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
GBytes *mail_engine_fetch_remote_finish (MailEngine *engine, GAsyncResult *result,
                                         char **content_type,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- actions: durable, at once visible; messages = GPtrArray of MailMessage ---- */
typedef enum
{
  MAIL_ACTION_SEEN, /* read because it was opened: not remembered for undo */
  MAIL_ACTION_READ,
  MAIL_ACTION_UNREAD,
  MAIL_ACTION_STAR,
  MAIL_ACTION_UNSTAR,
  MAIL_ACTION_ARCHIVE, /* to the Archive folder, else to All Mail; REFUSED when there is neither */
  MAIL_ACTION_TRASH,
  MAIL_ACTION_MOVE, /* to `target` */
  MAIL_ACTION_COPY, /* to `target` */
  MAIL_ACTION_JUNK, /* to Junk, with the marks that filters learn from ($Junk) where the server keeps them */
  MAIL_ACTION_NOT_JUNK, /* the opposite ($NotJunk): from Junk to the inbox; what lies elsewhere stays */
  MAIL_ACTION_DELETE, /* for good: ask before */
} MailAction;
/* undo (out of finish): token for mail_engine_undo_async (), good after a restart too (0: not remembered), *sentence: "3
 * messages moved to Archive".  All of it is one step, and one change of the lists; REFUSED: nothing of it was done. */
void mail_engine_act_async (MailEngine *engine, GPtrArray *messages, MailAction action,
                            MailFolder *target, GAsyncReadyCallback callback, gpointer user_data);
/* The same for items of a list (GArray of gint64, from mail_conversation_get_id ()), however many: what they mean is found out in
 * the store thread.  Finish as above. */
void mail_engine_act_on_items_async (MailEngine *engine, MailMessageList *list, GArray *items,
                                     MailAction action, MailFolder *target,
                                     GAsyncReadyCallback callback, gpointer user_data);
/* The same for all messages of a folder that are here (not of a view). */
void mail_engine_act_on_folder_async (MailEngine *engine, MailFolder *folder, MailAction action,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_act_finish (MailEngine *engine, GAsyncResult *result, gint64 *undo,
                                 char **sentence, GError **error);
void mail_engine_undo_async (MailEngine *engine, gint64 undo, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mail_engine_undo_finish (MailEngine *engine, GAsyncResult *result, GError **error);

/* What was done lately (thirty days, two hundred at most), newest first, also before the last restart. */
typedef struct
{
  gint64 undo; /* for mail_engine_undo_async () */
  gint64 at;   /* seconds */
  char *sentence;
  char *reason; /* why it cannot be undone; NULL: it can */
} MailPast;
void mail_past_free (MailPast *past);
void mail_engine_list_past_async (MailEngine *engine, GAsyncReadyCallback callback,
                                  gpointer user_data);
/* GPtrArray of MailPast. */
GPtrArray *mail_engine_list_past_finish (MailEngine *engine, GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Nothing of it can be undone any more. */
void mail_engine_forget_past_async (MailEngine *engine, GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean mail_engine_forget_past_finish (MailEngine *engine, GAsyncResult *result, GError **error);

/* Folders: durable and shown at once, on the server when their turn comes; what the server refuses is taken back and told by
 * "notice".  `name` is one part of a path.  Finish and undo as for act.  REFUSED: a name that is taken or none at all, and what
 * cannot be done to the inbox. */
void mail_engine_create_folder_async (MailEngine *engine, MailAccount *account, MailFolder *parent,
                                      const char *name, GAsyncReadyCallback callback,
                                      gpointer user_data); /* parent nullable */
/* With all folders in it. */
void mail_engine_rename_folder_async (MailEngine *engine, MailFolder *folder, const char *name,
                                      GAsyncReadyCallback callback, gpointer user_data);
/* Into `parent` (NULL: to the top) of the same account, with its name. */
void mail_engine_move_folder_async (MailEngine *engine, MailFolder *folder, MailFolder *parent,
                                    GAsyncReadyCallback callback, gpointer user_data);
/* With all folders and messages in it: ask before.  Can be undone for some seconds. */
void mail_engine_delete_folder_async (MailEngine *engine, MailFolder *folder,
                                      GAsyncReadyCallback callback, gpointer user_data);
void mail_engine_subscribe_folder_async (MailEngine *engine, MailFolder *folder,
                                         gboolean subscribed, GAsyncReadyCallback callback,
                                         gpointer user_data);

/* ---- what is written ---- */
#define MAIL_TYPE_OUTGOING (mail_outgoing_get_type ())
G_DECLARE_FINAL_TYPE (MailOutgoing, mail_outgoing, MAIL, OUTGOING, GObject)
typedef enum
{
  MAIL_OUTGOING_DRAFT, /* kept on this computer, not open */
  MAIL_OUTGOING_QUEUED,
  MAIL_OUTGOING_SENDING,
  MAIL_OUTGOING_UNCERTAIN,
  MAIL_OUTGOING_FAILED,
} MailOutgoingState;
/* Properties (notify): "state" (int), "state-text" ("Waiting for the network", the reason ...),
 * "subject", "recipients", "date", "detail". */
MailOutgoingState mail_outgoing_get_state (MailOutgoing *outgoing);
const char *mail_outgoing_get_state_text (MailOutgoing *outgoing);
const char *mail_outgoing_get_detail (MailOutgoing *outgoing);
const char *mail_outgoing_get_subject (MailOutgoing *outgoing);
const char *mail_outgoing_get_recipients (MailOutgoing *outgoing);
gint64 mail_outgoing_get_date (MailOutgoing *outgoing);
double mail_outgoing_get_progress (
    MailOutgoing *outgoing); /* share of it that the server has; below 0: not known */
const char *mail_outgoing_get_draft (MailOutgoing *outgoing); /* for taking it back */
/* Borrowed GListModel of MailOutgoing: drafts on this computer and the outbox. */
GListModel *mail_engine_get_outgoing (MailEngine *engine);
gboolean mail_engine_is_sending (MailEngine *engine); /* something is on the wire right now */
/* Something was told to be sent, was not tried yet, and could be. */
gboolean mail_engine_has_unsent (MailEngine *engine);
/* What is only held back for a while so that it could be taken back goes now. */
void mail_engine_send_held (MailEngine *engine);
/* Send now: failed ones again, uncertain ones after the person said so. */
void mail_engine_send_again_async (MailEngine *engine, MailOutgoing *outgoing,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_send_again_finish (MailEngine *engine, GAsyncResult *result, GError **error);
/* While it is being sent: it fails then, with what a person can do about it.  REFUSED: too late, the server has all of it. */
gboolean mail_engine_stop_sending (MailEngine *engine, MailOutgoing *outgoing, GError **error);
/* Takes it out of the outbox (REFUSED while sending) and gives it as a draft to edit. */
void mail_engine_edit_outgoing_async (MailEngine *engine, MailOutgoing *outgoing,
                                      GAsyncReadyCallback callback, gpointer user_data);
MailDraft *mail_engine_edit_outgoing_finish (MailEngine *engine, GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A draft that was sent and has not left yet, or was discarded, by its id: out of the outbox or the bin, as it was.  REFUSED: it is
 * just being sent; GONE: it was sent, or the bin was emptied. */
void mail_engine_take_back_async (MailEngine *engine, const char *draft,
                                  GAsyncReadyCallback callback, gpointer user_data);
MailDraft *mail_engine_take_back_finish (MailEngine *engine, GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A draft that was closed within the last MAIL_JUST_KEPT_S seconds, by its id: as mail_draft_discard_async ().  REFUSED: it was opened again or
 * sent; GONE: it is not here any more. */
#define MAIL_JUST_KEPT_S 60
void mail_engine_discard_draft_async (MailEngine *engine, const char *draft,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_discard_draft_finish (MailEngine *engine, GAsyncResult *result,
                                           GError **error);
/* As discarding a draft: out of the outbox (REFUSED while sending), and to be taken back for a day. */
void mail_engine_remove_outgoing_async (MailEngine *engine, MailOutgoing *outgoing,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_engine_remove_outgoing_finish (MailEngine *engine, GAsyncResult *result,
                                             GError **error);
/* Drafts that a composer had open when the program died (taken once): GPtrArray of MailDraft. */
GPtrArray *mail_engine_take_crashed_drafts (MailEngine *engine) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
