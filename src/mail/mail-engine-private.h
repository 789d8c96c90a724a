/* What the files of this layer share behind MailEngine's back.  Main thread only, unless a line
 * says otherwise.
 *
 * The two roads off the main thread are mail_engine_call_store () and mail_engine_call_pool ().
 * Both take a GTask that never leaves the main thread: only plain data travels, so that no
 * GObject is ever finalized by a worker. */
#pragma once

#include "mail-changes.h"
#include "mail-credentials.h"
#include "mail-engine.h"
#include "mail-catch-up.h"
#include "mail-indexer.h"
#include "mail-people-private.h"
#include "mail-remote.h"
#include "mail-store-thread.h"
#include "mail-wake.h"
#include "mime-authentication.h"
#include "store-outgoing.h"
#include "sync-engine.h"

G_BEGIN_DECLS

typedef enum
{
  MAIL_ENGINE_NEW,
  MAIL_ENGINE_STARTING,
  MAIL_ENGINE_READY,
  MAIL_ENGINE_STOPPING, /* what runs may finish, follow-ups included */
  MAIL_ENGINE_STOPPED,
} MailEngineState;

struct _MailEngine
{
  GObject parent_instance;

  /* Owned */
  BasePaths *paths;
  GMainContext *context;
  MailChanges *changes;
  MailCredentials *credentials;
  Store *store;                   /* from a good start to stop */
  MailStoreThread *store_thread;  /* the same */
  MailStoreThread *search_thread; /* the same; for what may last: searches only */
  SyncEngine *sync;               /* the same */
  GNetworkMonitor *monitor;
  char *network; /* Owned: mail_network_describe () of the last time */
  MailWake *wake;
  MailPeople *people;     /* from a good start to stop */
  MailCatchUp *catch_up;  /* the same */
  MailIndexer *indexer;   /* the same */
  GListStore *known;      /* of MailAccount: all of them */
  GStrv broken;           /* sentences about files of accounts that cannot be used; nullable */
  GListStore *accounts;   /* of MailAccount: those that are switched on */
  GListStore *identities; /* of MailIdentity */
  GListStore *views;      /* of MailFolder */
  GListStore *searches;   /* of MailFolder: those that are kept */
  GPtrArray *recent;      /* of char *: what was looked for, the newest first; NULL: not read yet */
  MailFolder *all_inboxes;   /* a view that is not always among them */
  GListStore *outgoing;      /* of MailOutgoing */
  GListStore *templates;     /* of MailTemplate, see mail-template.h */
  GPtrArray *crashed;        /* of StoreDraft: open when the program died, not yet taken */
  GPtrArray *requests;       /* of GCancellable: calls into the sync engine that stop must end */
  GHashTable *stale_folders; /* gint64 ids whose rows are to be read again */
  GQueue remote_waiting;     /* of GTask: pictures not yet begun */
  GHashTable *servers;       /* account id -> whose word of senders counts, as it was learnt */
  MimeDomains *domains;      /* nullable: of those who were written to, ready to be compared */
  GHashTable *writers;       /* account id -> MailWriter, where one is at work */
  GHashTable *
      removed; /* "account identity": of those whose password is known until nobody can bring them back */
  GHashTable *strangers; /* host names that nobody agreed to, see mail_engine_agree_to_hosts () */
  GHashTable *unlearned; /* account id -> StoreKey, newest in the inbox when it could not be */
  GQueue unpack_waiting; /* see mail_unpack_call () */
  GTask *stop_task;

  MailEngineState state;
  guint calls; /* store and pool calls whose callback has not run yet */
  guint stop_source;
  guint count_source;                 /* a moment before the views are counted */
  GCancellable *searches_cancellable; /* of those that are being counted; NULL: none were yet */
  guint searches_source,
      searches_counting; /* the same for searches that are kept; how many are being counted */
  guint remote_running, unpack_running;
  gboolean folders_running, folder_list_stale;
  gboolean count_running, count_stale;
  gboolean outgoing_running, outgoing_stale;
  gboolean sending, unsent;
  struct
  {
    gint64 outbox; /* 0: none */
    guint64 sent, total;
  } on_its_way; /* told last, maybe before its row says that it goes */
  gboolean templates_read;
  gboolean said_session_only;
  gboolean deferred;                     /* no worker runs yet */
  guint64 indexing_done, indexing_total; /* see mail_engine_get_indexing () */
  gint64 indexing_up_to;

  /* Borrowed */
  GPtrArray *lists;   /* of MailMessageList, which take themselves out */
  GPtrArray *threads; /* of MailThread, the same */
};

/* ---- roads off the main thread (mail-engine-calls.c) ---- */
/* For functions that succeed with nothing to give. */
#define MAIL_CALL_DONE ((gpointer)1)

/* Runs `func` in the store thread; calls run in the order made.  Takes the task and the data;
 * the task returns what `func` returned (NULL: the error) as a pointer freed by `free_result`. */
void mail_engine_call_store (MailEngine *engine, GTask *task, MailStoreFunc func, gpointer data,
                             GDestroyNotify free_data, GDestroyNotify free_result);
/* The same in the search thread, which has a connection of its own: for what may last longer than a window waits.  Only reads. */
void mail_engine_call_search (MailEngine *engine, GTask *task, MailStoreFunc func, gpointer data,
                              GDestroyNotify free_data, GDestroyNotify free_result);
/* What a person does (mail-actions.c), in one transaction of the store thread: `run` fills in the groups of operations it made
 * (GArray of gint64), how many messages it was about, and the sentence that says so (taken).  `outer` then returns what
 * mail_engine_act_finish () takes apart.  `forget`: it is not remembered for undo.  Takes the task and the data. */
typedef struct
{
  GArray *groups;
  guint count;
  char *sentence;
} MailDeed;
typedef gboolean (*MailActFunc) (StoreDb *db, gpointer data, MailDeed *deed, GError **error);
void mail_engine_act_in_store (MailEngine *engine, GTask *outer, gboolean forget, MailActFunc run,
                               gpointer data, GDestroyNotify data_free);
/* The same for what remembers itself: `func` gives mail_acted_new (); undo 0: nothing was done. */
void mail_engine_call_acting (MailEngine *engine, GTask *outer, MailStoreFunc func, gpointer data,
                              GDestroyNotify data_free);
gpointer mail_acted_new (gint64 undo, const char *sentence) G_GNUC_WARN_UNUSED_RESULT;
/* gint64 row of each account -> its label, for sentences made elsewhere. */
GHashTable *mail_engine_list_labels (MailEngine *engine) G_GNUC_WARN_UNUSED_RESULT;
/* Time for undo before the server is told to delete for good, seconds. */
#define MAIL_DELETE_DELAY_S 10
/* In a pool thread.  NULL is an error. */
typedef gpointer (*MailPoolFunc) (gpointer data, GCancellable *cancellable, GError **error);
void mail_engine_call_pool (MailEngine *engine, GTask *task, MailPoolFunc func, gpointer data,
                            GDestroyNotify free_data, GDestroyNotify free_result);
/* One after the other, without coming by the main thread between them, which may be busy drawing: what `first` gives is the data of `func`, and
 * `free_between` frees it.  `data` is borrowed, until the callback of the task. */
void mail_engine_call_store_then_pool (MailEngine *engine, GTask *task, MailStoreFunc first,
                                       gpointer data, MailPoolFunc func,
                                       GDestroyNotify free_between, GDestroyNotify free_result);
/* The same for what may have to wait for a server: `func` gets a cancellable that stop cancels too. */
void mail_engine_call_waiting (MailEngine *engine, GTask *task, MailPoolFunc func, gpointer data,
                               GDestroyNotify free_data, GDestroyNotify free_result);
/* A call into the sync engine that may last: a cancellable that also follows `cancellable`
 * (nullable) and is cancelled by stop.  Take it out again with mail_engine_end_request (). */
GCancellable *mail_engine_begin_request (MailEngine *engine,
                                         GCancellable *cancellable) G_GNUC_WARN_UNUSED_RESULT;
void mail_engine_end_request (MailEngine *engine, GCancellable *request);
/* Begins the teardown when stop waits and nothing runs any more. */
void mail_engine_consider_stop (MailEngine *engine);

/* ---- looking up ---- */
MailAccount *mail_engine_find_account (MailEngine *engine, const char *id); /* of all known */
/* A copy is taken (mail-engine-broken.c). */
void mail_engine_set_broken (MailEngine *engine, GStrv broken);
/* After one of them came or changed: their order, and which are shown (mail-engine-settings.c). */
void mail_engine_arrange_accounts (MailEngine *engine);
MailFolder *mail_engine_find_folder (MailEngine *engine, gint64 folder);
gboolean mail_engine_owns_address (MailEngine *engine, const char *address);

/* ---- what the store and the workers say (mail-engine-events.c) ---- */
extern const MailChangesHandlers mail_engine_handlers;
extern const SyncEvents mail_engine_sync_events; /* user_data is the engine */
void mail_engine_set_indexing (MailEngine *engine, guint64 done, guint64 total, gint64 up_to);
void mail_engine_emit_notice (MailEngine *engine, const char *sentence, const char *detail);
/* Reads these folders' rows again (coalesced).  `list`: folders came or went. */
void mail_engine_reload_folders (MailEngine *engine, gboolean list);
void mail_engine_set_folders (MailEngine *engine, GPtrArray *folders);
/* mail-engine-identities.c.  Before the account gets these rows (of StoreFolder): an identity whose own folder for sent mail has another name in
 * them takes that over, and where the folder is gone the person is told. */
void mail_engine_follow_folders (MailEngine *engine, MailAccount *account, GPtrArray *rows);
/* ---- views (mail-engine-views.c) ---- */
void mail_engine_init_views (MailEngine *engine);
MailFolder *mail_engine_find_view (MailEngine *engine, gint64 view); /* borrowed */
/* After accounts came or went, or counts changed. */
void mail_engine_update_views (MailEngine *engine);
/* What is unread in Starred and With Attachments, in a moment: more changes may come. */
void mail_engine_count_views_soon (MailEngine *engine);

/* ---- searches that are kept (mail-engine-searches.c) ---- */
/* Once, when the store is open. */
void mail_engine_load_searches (MailEngine *engine);
/* What is unread of each, in a moment (mail-engine-search-counts.c). */
void mail_engine_count_searches_soon (MailEngine *engine);
/* Somebody looks for something: those that are being counted are given up, and counted a while after the last word. */
void mail_engine_put_off_counts (MailEngine *engine);
/* The program ends. */
void mail_engine_stop_counts (MailEngine *engine);
/* A file of that name in the profile; written in the search thread, one after another; text "": it goes.  What fails is told. */
char *mail_engine_dup_search_file (MailEngine *engine, const char *name) G_GNUC_WARN_UNUSED_RESULT;
void mail_engine_write_search_file (MailEngine *engine, const char *name, const char *text);
/* What accounts are called, for "account:" (mail-message-list-search.c): rows (gint64), and lines for each. */
void mail_search_list_accounts (MailEngine *engine, GArray *rows, GPtrArray *words);

/* ---- accounts (mail-engine-accounts.c) ---- */
/* Their rows are gone already: their secrets, and what is left of their files. */
void mail_engine_forget_accounts (MailEngine *self, GStrv ids);
MailAccount *mail_engine_put_account (MailEngine *engine, const BaseAccount *settings, gint64 row);
void mail_engine_update_online (MailEngine *engine);
/* After its file was written (mail-engine-settings.c): before is NULL where it is a new one; `shown` is `saved` with what is seen before it is
 * written; `servers`: they, or how one signs in there, may be others now. */
void mail_engine_take_settings (MailEngine *engine, const BaseAccount *before,
                                const BaseAccount *saved, const BaseAccount *shown, gint64 row,
                                gboolean servers);
/* (mail-engine-discover.c) REFUSED: a password for one of its hosts was not agreed to. */
gboolean mail_engine_check_agreed (MailEngine *engine, const BaseAccount *account, GError **error);

/* Secrets on their way (mail-engine-accounts.c).  Pool thread: into the keyring, and out of it where the account did not come to be; tokens once
 * its file is written, or out of it where no server takes one any more. */
typedef struct _MailAccountJob MailAccountJob;
void mail_account_job_keep (MailAccountJob *job, const BaseAccount *account,
                            gboolean *session_only);
void mail_account_job_keep_tokens (MailAccountJob *job, const BaseAccount *account,
                                   gboolean *session_only);
/* FALSE: a password of it was proved with another server, or for another user, than `account` has. */
gboolean mail_account_job_fits (const MailAccountJob *job, const BaseAccount *account,
                                GError **error);
void mail_account_job_undo (MailAccountJob *job);
/* What its servers let a person in by is not refused there any more. */
void mail_account_job_retry (const MailAccountJob *job, SyncEngine *sync);
void mail_account_job_free (MailAccountJob *job);
/* `protocol` static; its password (nullable) is the one. */
MailAccountJob *mail_account_job_new_for (MailEngine *engine, const BaseAccount *account,
                                          const char *protocol,
                                          const char *password) G_GNUC_WARN_UNUSED_RESULT;
/* After a person wanted something of the keyring, and may have unlocked it for that: whoever waits for it goes on, too. */
void mail_engine_note_keyring (MailEngine *engine);
/* What the keyring does not take is kept for the session, and that is said, why, too. */
typedef enum
{
  MAIL_PASSWORD_KEPT,
  MAIL_SIGN_IN_KEPT,
} MailKept;
void mail_engine_say_session_only (MailEngine *engine, MailKept what);
/* mail-engine-senders.c.  Whether the same servers of identities are at work; and the passwords of those that an identity has no more go, but for
 * identities that are gone altogether: mail_engine_forget_identity (). */
gboolean mail_engine_same_senders (const BaseAccount *a, const BaseAccount *b);
void mail_engine_forget_senders (MailEngine *engine, const BaseAccount *before,
                                 const BaseAccount *saved);
/* The program ends: nobody can bring one back any more. */
void mail_engine_forget_removed (MailEngine *engine);

/* ---- changes of settings, one file after the other for each account (mail-engine-writer.c) ---- */
typedef struct _MailWriter MailWriter;
void mail_writer_free (MailWriter *writer);
typedef struct
{
  GTask *outer;        /* owned; returns an int: 1 where a secret is kept for this session only */
  BaseAccount *before; /* owned, nullable: a new account, or all of one */
  BaseAccount *after;  /* owned */
  gboolean at_once;    /* it is seen before it is written */
  MailAccountJob *secrets; /* owned, nullable: servers, or what is told to them, change */
  gboolean session_only;   /* out */
} MailChange;
MailChange *mail_change_new (GTask *outer, const BaseAccount *before,
                             const BaseAccount *after) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the change.  One that is seen at once has to be arranged by the caller. */
void mail_engine_queue_change (MailEngine *engine, MailChange *change);
/* The same of an edit (mail-engine-settings.c); finishes by mail_engine_save_edit_finish (). */
void mail_engine_save_edit_at_once (MailEngine *engine, const MailEdit *edit,
                                    GAsyncReadyCallback callback, gpointer user_data);
/* As the account will be when all that is on its way was written. */
BaseAccount *mail_engine_dup_expected (MailEngine *engine,
                                       MailAccount *account) G_GNUC_WARN_UNUSED_RESULT;
/* No more changes are taken, and when those before are written, `func` is called, maybe at once.  FALSE: somebody holds it already. */
typedef void (*MailHeldFunc) (gpointer data);
gboolean mail_engine_hold_writer (MailEngine *engine, const char *id, MailHeldFunc func,
                                  gpointer data);
void mail_engine_release_writer (MailEngine *engine, const char *id);

/* ---- outgoing (mail-engine-outgoing.c) ---- */
typedef struct
{
  GPtrArray *outbox; /* of StoreOutbox */
  GPtrArray *drafts; /* of StoreDraft */
} MailOutgoingRows;

MailOutgoingRows *mail_outgoing_rows_read (StoreDb *db, BasePaths *paths, GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* store thread */
void mail_outgoing_rows_free (MailOutgoingRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailOutgoingRows, mail_outgoing_rows_free)
void mail_engine_set_outgoing (MailEngine *engine, const MailOutgoingRows *rows);
void mail_engine_reload_outgoing (MailEngine *engine);
/* When what was just kept is so no more (MAIL_JUST_KEPT_S). */
void mail_engine_reload_outgoing_later (MailEngine *engine);

/* ---- choices (mail-choices.c) ---- */
/* Store thread: whether images are wanted from whom this message says that it is from. */
gboolean mail_choices_read_images (StoreDb *db, gint64 message);

/* Signal ids, for the files that emit. */
enum
{
  MAIL_ENGINE_ARRIVED,
  MAIL_ENGINE_NOTICE,
  MAIL_ENGINE_PASSWORD_NEEDED,
  MAIL_ENGINE_PAST_CHANGED,
  MAIL_ENGINE_N_SIGNALS
};
extern guint mail_engine_signals[MAIL_ENGINE_N_SIGNALS];

G_END_DECLS
