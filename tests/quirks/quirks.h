/* What the tests of server quirks share: transcripts with the odd lines of real servers, an IMAP session that is led through
 * one, and a whole account (engine, store, both servers scripted) at work on one.
 *
 * A transcript here is a set of rules (SERVE in fake-server.h), not a sequence, wherever the order of the commands is not the
 * matter: so it stays true when the engine learns to ask in another order.  The rules of a test come first, the ordinary
 * answers of an ordinary server behind them. */
#pragma once

#include "engine-told.h"
#include "fake-server.h"
#include "imap-session.h"
#include "store-operation.h"
#include "store-outgoing.h"

G_BEGIN_DECLS

/* ---- transcripts ---- */

/* One message of a scripted mailbox. */
typedef struct
{
  guint32 uid;
  const char *subject; /* also its Message-ID: <subject@quirks.test>; no spaces */
} QuirkMail;

/* What the server offers and holds; all of it has a default. */
typedef struct
{
  const char *greeting;   /* words of the OK; NULL: "ready" */
  const char *caps;       /* behind IMAP4rev1, before and after the sign-in */
  const char *mechanisms; /* "AUTH=PLAIN" */
  const char *id;         /* answer to ID; NULL: NIL */
  const char *folders;    /* LIST lines as script steps; NULL: INBOX alone */
  const char *
      select_codes; /* script steps with the codes of SELECT; NULL: UIDVALIDITY 9 and a true UIDNEXT */
  const char *rules;      /* of the quirk; they win; NULL: none */
  const QuirkMail *inbox; /* ends with uid 0; NULL: empty */
} QuirkServer;

/* The script: greeting, rules of the quirk, then those of an ordinary server that has this INBOX. */
char *quirk_script (const QuirkServer *server) G_GNUC_WARN_UNUSED_RESULT;
/* Steps "S: * <seq> FETCH (…)": all that a list row needs, and the body where `body`. */
char *quirk_fetch (guint seq, const QuirkMail *mail, gboolean body) G_GNUC_WARN_UNUSED_RESULT;
/* The whole message, CRLF; with `more` octets of text besides. */
char *quirk_message (const QuirkMail *mail, gsize more) G_GNUC_WARN_UNUSED_RESULT;
/* All that the client said on the nth connection, as text. */
char *quirk_said (FakeServer *server, guint connection) G_GNUC_WARN_UNUSED_RESULT;
/* How many lines of it match the GLOB of g_pattern_match_simple (). */
guint quirk_count_said (FakeServer *server, guint connection, const char *glob);

/* ---- a session ---- */

/* Connects to a server that plays `script` as the account user / secret at `host` (NULL: 127.0.0.1), and signs in. */
FakeServer *quirk_serve (const char *script, gboolean provider) G_GNUC_WARN_UNUSED_RESULT;
ImapSession *quirk_open (FakeServer *server, const char *host) G_GNUC_WARN_UNUSED_RESULT;
ImapSession *quirk_sign_in (FakeServer *server, const char *host) G_GNUC_WARN_UNUSED_RESULT;
ImapSession *quirk_select (FakeServer *server, const char *host) G_GNUC_WARN_UNUSED_RESULT;
/* The three steps for a server that plays this, INBOX selected: what most tests begin with. */
ImapSession *quirk_begin (const QuirkServer *quirk, FakeServer **server) G_GNUC_WARN_UNUSED_RESULT;
/* Drops the session, checks that the transcript was played without a failure, frees the server. */
void quirk_end (FakeServer *server, ImapSession *session);

/* "1: uid=7 flags=1 size=9 modseq=3 header=12 body=40 text=9\n" … of one UID FETCH 1:*. */
char *quirk_fetch_all (ImapSession *session, ImapFetchItems items) G_GNUC_WARN_UNUSED_RESULT;

/* ---- an account at work ---- */

typedef struct
{
  /* Owned */
  char *folder;
  BasePaths *paths;
  BaseAccount *account;
  Store *store;
  StoreDb *db; /* the test's own connection */
  SyncEngine *engine;
  FakeServer *imap, *smtp;
  gint64 row;

  EngineTold told;
} Quirk;

/* An account whose IMAP and SMTP servers are scripted; nothing runs yet.  Hosts NULL: 127.0.0.1; else names of FAKE_PROVIDER. */
Quirk *quirk_new (const char *imap_host, const char *smtp_host) G_GNUC_WARN_UNUSED_RESULT;
/* The script of the next connection. */
void quirk_add (Quirk *quirk, const QuirkServer *server);
/* The same of SMTP: the answer to EHLO (script steps, "S: 250-SIZE 1000\n"), and rules that win over the ordinary ones. */
void quirk_add_smtp (Quirk *quirk, const char *extensions, const char *rules);
void quirk_start (Quirk *quirk);
/* Stops the engine, checks both servers, removes the profile. */
void quirk_free (Quirk *quirk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Quirk, quirk_free)

typedef gboolean (*QuirkCondition) (Quirk *quirk, gconstpointer user_data);
/* All of these fail the test when it has not come true after 20 s. */
void quirk_wait (Quirk *quirk, QuirkCondition condition, gconstpointer user_data, const char *what);
/* Until the client began its nth IDLE on this IMAP connection: everything was looked at, and it listens. */
void quirk_wait_idle (Quirk *quirk, guint connection, guint n);
void quirk_wait_phase (Quirk *quirk, SyncPhase phase);
void quirk_wait_total (Quirk *quirk, const char *folder, guint total);
void quirk_wait_uid (Quirk *quirk, const char *folder, const char *subject, guint32 uid);
void quirk_wait_operations_done (Quirk *quirk);
void quirk_wait_outbox_empty (Quirk *quirk);
/* Until the nth IMAP connection was made; does not wait for the back-off. */
void quirk_wait_connections (Quirk *quirk, guint n);

gint64 quirk_folder (Quirk *quirk, const char *name);                      /* 0: none */
guint quirk_total (Quirk *quirk, const char *name);                        /* rows */
gint64 quirk_find (Quirk *quirk, const char *folder, const char *subject); /* row id, 0: none */
StoreMessage *quirk_get (Quirk *quirk, const char *folder,
                         const char *subject); /* fails when there is none */
/* Puts a mail of its own into the outbox. */
void quirk_send (Quirk *quirk, const char *subject);

/* ---- groups ---- */
void quirks_google_add (void);
void quirks_microsoft_add (void);
void quirks_yahoo_apple_add (void);
void quirks_asia_add (void);
void quirks_servers_add (void);
void quirks_structure_add (void);
void quirks_without_add (void);
void quirks_any_add (void);

G_END_DECLS
