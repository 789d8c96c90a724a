/* A running engine in a throw-away profile with one account whose server does not answer, and
 * short ways to fill its store. */
#pragma once

#include "mail-engine-private.h"
#include "mail-private.h"

typedef struct
{
  char *folder;
  BasePaths *paths;
  MailEngine *engine;
  MailAccount *account;               /* borrowed */
  MailFolder *inbox, *archive, *sent; /* borrowed */
  StoreDb *db;                        /* of the test's main thread */
  guint32 next_uid;
  GPtrArray *notices; /* of char */
} Bench;

Bench *bench_new (void);
/* With accounts and folders as above. */
Bench *bench_new_ready (void);
void bench_stop (Bench *bench);
/* A new engine over the same profile, as after a restart. */
void bench_restart (Bench *bench);
/* All of them, as the account is from then on. */
gboolean bench_save_settings (Bench *bench, const BaseAccount *settings, GError **error);
/* The same, and it has to be. */
void save_settings (Bench *bench, const BaseAccount *settings);
/* An identity "shop" with a server of its own, at that port; 0: without one. */
void put_sender (BaseAccount *settings, guint16 port);
/* bench_new_ready () with it, by a server that nobody reaches. */
Bench *bench_new_with_shop (void);
/* As its form does; and where that has to fail. */
gboolean save_identity (Bench *bench, const MailEdit *edit, const char *password, GError **error);
void assert_identity_refused (Bench *bench, const MailEdit *edit, const char *password, int code);
void bench_free (Bench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

BaseAccount *bench_account_new (const char *id);
void bench_make_folders (Bench *bench);
/* The header (and what follows it), and a word that stands further down than the row shows. */
char *test_make_letter (const char *header, const char *word) G_GNUC_WARN_UNUSED_RESULT;
/* One message; body may be NULL.  Returns its row id. */
gint64 bench_add (Bench *bench, MailFolder *folder, gint64 received, const char *body);
gint64 bench_add_from (Bench *bench, MailFolder *folder, gint64 received, const char *address,
                       const char *body);

/* Runs the main loop until `*slot` holds a result or `condition` is true; fails after some
 * seconds. */
void on_result (GObject *source, GAsyncResult *result, gpointer slot);
GAsyncResult *wait_result (GAsyncResult **slot);
typedef gboolean (*Condition) (gpointer data);
void wait_until (Condition condition, gpointer data);
MailContent *bench_open (Bench *bench, MailMessage *message, GError **error);
/* First item of a list of `folder`, loaded. */
MailMessage *bench_first (Bench *bench, MailFolder *folder);
/* Into the outbox. */
gboolean send_draft (MailDraft *draft, GError **error);
void write_file (const char *path, const char *text);

void add_account_tests (void);
void add_accounts_tests (void);
void add_actions_tests (void);
void add_asked_tests (void);
void add_bulk_tests (void);
void add_choices_tests (void);
void add_content_tests (void);
void add_desktop_tests (void);
void add_draft_tests (void);
void add_engine_tests (void);
void add_found_tests (void);
void add_identity_tests (void);
void add_indexer_tests (void);
void add_keyring_tests (void);
void add_keys_tests (void);
void add_link_tests (void);
void add_list_tests (void);
void add_network_tests (void);
void add_oauth_tests (void);
void add_order_tests (void);
void add_outbox_tests (void);
void add_parts_tests (void);
void add_person_tests (void);
void add_place_tests (void);
void add_recipient_tests (void);
void add_reindex_tests (void);
void add_remote_tests (void);
void add_server_search_tests (void);
void add_reply_tests (void);
void add_template_tests (void);
void add_thread_actions_tests (void);
void add_tokens_kept_tests (void);
void add_tokens_tests (void);
void add_truth_tests (void);
void add_unsubscribe_tests (void);
void add_wake_tests (void);
void add_writer_tests (void);
