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
  Store *store;                  /* from a good start to stop */
  MailStoreThread *store_thread; /* the same */
  SyncEngine *sync;              /* the same */
  GNetworkMonitor *monitor;
  MailWake *wake;
  MailPeople *people;        /* from a good start to stop */
  MailCatchUp *catch_up;     /* the same */
  GListStore *known;         /* of MailAccount: all of them */
  GListStore *accounts;      /* of MailAccount: those that are switched on */
  GListStore *identities;    /* of MailIdentity */
  GListStore *views;         /* of MailFolder */
  MailFolder *all_inboxes;   /* a view that is not always among them */
  GListStore *outgoing;      /* of MailOutgoing */
  GListStore *templates;     /* of MailTemplate, see mail-template.h */
  GPtrArray *crashed;        /* of StoreDraft: open when the program died, not yet taken */
  GPtrArray *requests;       /* of GCancellable: calls into the sync engine that stop must end */
  GHashTable *stale_folders; /* gint64 ids whose rows are to be read again */
  GQueue remote_waiting;     /* of GTask: pictures not yet begun */
  GHashTable *servers;       /* account id -> whose word of senders counts, as it was learnt */
  MimeDomains *domains;      /* nullable: of those who were written to, ready to be compared */
  GHashTable *strangers; /* host names that nobody agreed to, see mail_engine_agree_to_hosts () */
  GHashTable *unlearned; /* account id -> StoreKey, newest in the inbox when it could not be */
  GQueue unpack_waiting; /* see mail_unpack_call () */
  GTask *stop_task;

  MailEngineState state;
  guint calls; /* store and pool calls whose callback has not run yet */
  guint stop_source;
  guint count_source; /* a moment before the views are counted */
  guint remote_running, unpack_running;
  gboolean folders_running, folder_list_stale;
  gboolean count_running, count_stale;
  gboolean outgoing_running, outgoing_stale;
  gboolean sending, unsent;
  gboolean templates_read;
  gboolean said_session_only;
  gboolean deferred; /* no worker runs yet */

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
/* After one of them came or changed: their order, and which are shown (mail-engine-settings.c). */
void mail_engine_arrange_accounts (MailEngine *engine);
MailFolder *mail_engine_find_folder (MailEngine *engine, gint64 folder);
gboolean mail_engine_owns_address (MailEngine *engine, const char *address);

/* ---- what the store and the workers say (mail-engine-events.c) ---- */
extern const MailChangesHandlers mail_engine_handlers;
extern const SyncEvents mail_engine_sync_events; /* user_data is the engine */
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

/* ---- accounts (mail-engine-accounts.c) ---- */
/* Their rows are gone already: their secrets, and what is left of their files. */
void mail_engine_forget_accounts (MailEngine *self, GStrv ids);
MailAccount *mail_engine_put_account (MailEngine *engine, const BaseAccount *settings, gint64 row);
void mail_engine_update_online (MailEngine *engine);
/* (mail-engine-discover.c) REFUSED: a password for one of its hosts was not agreed to. */
gboolean mail_engine_check_agreed (MailEngine *engine, const BaseAccount *account, GError **error);

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
