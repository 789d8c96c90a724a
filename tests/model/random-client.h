/* Who changes the mailbox in the random test: people with Sosik's whole engine and a profile of their own, and other clients that have
 * a bare IMAP session.  Used by the test's thread; the engines' workers run beside it. */
#pragma once

#include "engine-told.h"
#include "imap-session.h"
#include "model-server.h"
#include "store-operation.h"
#include "sync-watch.h"

G_BEGIN_DECLS

/* Where they meet. */
typedef struct
{
  guint16 imap_port, smtp_port;
  char *ca_file, *user, *password;
  ModelServer *model; /* NULL: a real server */
} Place;

typedef struct
{
  const Place *place;
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  BaseAccount *account;
  SyncEngine *engine; /* NULL: not running */
  gint64 row;
  SyncTimes times;
  EngineTold told;
} Person;

Person *person_new (const Place *place) G_GNUC_WARN_UNUSED_RESULT;
void person_free (Person *person);
void person_start (Person *person);
void person_stop (Person *person);
/* In step as far as it knows, and nothing pending. */
gboolean person_is_done (Person *person);
gint64 person_find_folder (Person *person, const char *name); /* 0: none yet */
/* "MAILBOX<TAB>FLAGS<TAB>MESSAGE-ID<TAB>SHA1" of all messages in these mailboxes, sorted; a body that is not here: "-". */
GPtrArray *person_dump (Person *person, const char *const *mailboxes) G_GNUC_WARN_UNUSED_RESULT;

/* Signed in; tries for some seconds. */
ImapSession *other_new (const Place *place) G_GNUC_WARN_UNUSED_RESULT;
/* The same lines as the server has them, by a session of its own. */
GPtrArray *server_dump (const Place *place, const char *const *mailboxes) G_GNUC_WARN_UNUSED_RESULT;
/* Removes all messages of these mailboxes. */
void server_empty (const Place *place, const char *const *mailboxes);

/* A mail whose Message-ID is <NAME@model.test>. */
GBytes *mail_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
