/* A small true mail server for tests: IMAP and SMTP over one model of accounts, mailboxes and messages in memory.
 *
 * Unlike the scripted server (fake-server.h) it answers whatever it is asked, to many connections at once, and tells
 * the others what one of them changed.  It listens on 127.0.0.1, TLS from the first byte, with the certificate and CA
 * of fake-certificates.h.  Its state lives as long as the ModelServer, whatever becomes of the clients.
 *
 *   g_autoptr (ModelServer) server = model_server_new (NULL);
 *   model_server_add_account (server, "alice", "alicepw", "alice@model.test");
 *   guint32 uid = model_act_deliver (server, "alice", "INBOX", bytes, "\\Seen", 0);
 *   ... a client syncs ...
 *   g_autofree char *dump = model_server_dump (server, "alice");
 *
 * All functions may be called from any thread, and from a hook.  The model_act_ functions are another client's doing:
 * who is connected hears of it as from a real server.  A mailbox or UID that does not exist is an error of the test and
 * ends the program, except where it is said to be asked.
 *
 * The stand-alone program `model-server` is the same with a control socket: see model-program.c. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ModelServer ModelServer;

/* The words of CAPABILITY are also the switches: what is not named is not known, its commands are BAD. */
#define MODEL_CAPS_FULL                                                                            \
  "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UNSELECT UIDPLUS MOVE CONDSTORE QRESYNC "   \
  "ESEARCH SPECIAL-USE LIST-EXTENDED LIST-STATUS CHILDREN UTF8=ACCEPT OBJECTID STATUS=SIZE"
#define MODEL_CAPS_CONDSTORE                                                                       \
  "IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE NAMESPACE UIDPLUS MOVE CONDSTORE ESEARCH SPECIAL-USE "   \
  "LIST-EXTENDED LIST-STATUS"
#define MODEL_CAPS_PLAIN "IMAP4rev1"
#define MODEL_SMTP_FULL  "PIPELINING SIZE 8BITMIME SMTPUTF8 CHUNKING DSN ENHANCEDSTATUSCODES"
#define MODEL_SMTP_PLAIN "8BITMIME"

typedef struct
{
  const char *capabilities;      /* NULL: MODEL_CAPS_FULL */
  const char *smtp_capabilities; /* NULL: MODEL_SMTP_FULL; AUTH PLAIN comes by itself */
  guint16 imap_port, smtp_port;  /* 0: any that is free */
  guint64 size_limit;            /* of a message, octets, both protocols; 0: none */
  gboolean files_sent;           /* submission puts a copy into the sender's Sent by itself */
  gboolean provider; /* has the names of well-known providers, not localhost: see fake_resolver_install () */
} ModelSettings;

ModelServer *model_server_new (const ModelSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
/* Cuts every connection and waits for their threads. */
void model_server_free (ModelServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ModelServer, model_server_free)

guint16 model_server_get_imap_port (ModelServer *server);
guint16 model_server_get_smtp_port (ModelServer *server);
const char *model_server_get_ca_file (ModelServer *server);

/* For the connections made from now on. */
void model_server_set_capabilities (ModelServer *server, const char *capabilities);
void model_server_set_smtp_capabilities (ModelServer *server, const char *capabilities);
void model_server_set_files_sent (ModelServer *server, gboolean files_sent);
/* The round trip to simulate: whatever answers one flight of commands comes so much later. */
void model_server_set_delay (ModelServer *server, guint milliseconds);
/* FALSE: connections are accepted and closed at once, those that are there are cut; TRUE: as always. */
void model_server_set_reachable (ModelServer *server, gboolean reachable);
/* Closes every connection now, without a word. */
void model_server_cut_all (ModelServer *server);

/* With INBOX, Drafts, Sent, Junk, Trash and Archive (special use), all subscribed. */
void model_server_add_account (ModelServer *server, const char *user, const char *password,
                               const char *address);
/* RCPT TO:<address> is answered with `answer` ("550 5.1.1 no such user"); NULL: accepted again. */
void model_server_refuse_recipient (ModelServer *server, const char *address, const char *answer);
/* Forgets accounts, mail, refused recipients, the hook and the counters; cuts all connections. */
void model_server_reset (ModelServer *server);

/* ---- another client ---- */
/* flags "\\Seen $Forwarded", NULL: none; date: seconds, 0: now.  A new message; returns its UID. */
guint32 model_act_deliver (ModelServer *server, const char *user, const char *mailbox,
                           GBytes *message, const char *flags, gint64 date);
void model_act_set_flags (ModelServer *server, const char *user, const char *mailbox, guint32 uid,
                          gboolean add, const char *flags);
/* Of X-GM-EXT-1, as they are on the wire: "\\Inbox \"a b\" &1VyuAA-". */
void model_act_set_labels (ModelServer *server, const char *user, const char *mailbox, guint32 uid,
                           const char *labels);
void model_act_expunge (ModelServer *server, const char *user, const char *mailbox, guint32 uid);
/* Returns the UID there. */
guint32 model_act_copy (ModelServer *server, const char *user, const char *mailbox, guint32 uid,
                        const char *target, gboolean move);
void model_act_create (ModelServer *server, const char *user, const char *mailbox);
void model_act_delete (ModelServer *server, const char *user, const char *mailbox);
void model_act_rename (ModelServer *server, const char *user, const char *mailbox,
                       const char *name);
void model_act_subscribe (ModelServer *server, const char *user, const char *mailbox,
                          gboolean subscribed);
/* UIDVALIDITY changes and all UIDs with it; the messages stay. */
void model_act_renumber (ModelServer *server, const char *user, const char *mailbox);

/* ---- looking ---- */
gboolean model_server_has_mailbox (ModelServer *server, const char *user, const char *mailbox);
guint model_server_count (ModelServer *server, const char *user, const char *mailbox);
/* UIDs, ascending: GArray of guint32. */
GArray *model_server_get_uids (ModelServer *server, const char *user,
                               const char *mailbox) G_GNUC_WARN_UNUSED_RESULT;
/* Flags in order of the alphabet, "" none; NULL when there is no such message. */
char *model_server_get_flags (ModelServer *server, const char *user, const char *mailbox,
                              guint32 uid) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when there is none. */
GBytes *model_server_ref_message (ModelServer *server, const char *user, const char *mailbox,
                                  guint32 uid) G_GNUC_WARN_UNUSED_RESULT;
/* The multiset of messages, a sorted line each: "MAILBOX<TAB>FLAGS<TAB>SHA1<TAB>MESSAGE-ID", and one "MAILBOX" for each mailbox
 * that is empty.  `user` NULL: of all, with "USER:" before each. */
char *model_server_dump (ModelServer *server, const char *user) G_GNUC_WARN_UNUSED_RESULT;
/* What SMTP took, in order, a line each: "SENDER<TAB>RECIPIENT,RECIPIENT<TAB>SHA1<TAB>MESSAGE-ID". */
char *model_server_dump_delivered (ModelServer *server) G_GNUC_WARN_UNUSED_RESULT;
/* The same mails, a line each: what else was asked for ("RET=HDRS ENVID=x HOLDUNTIL=… NOTIFY=SUCCESS ORCPT=…").  What is to be held
 * reaches no mailbox here. */
char *model_server_dump_wishes (ModelServer *server) G_GNUC_WARN_UNUSED_RESULT;
guint model_server_count_delivered (ModelServer *server);

/* Since the start or the last reset of the counters, both protocols, all connections. */
typedef struct
{
  guint64 connections, commands;
  guint64 bytes_in, bytes_out; /* inside TLS */
  guint64
      round_trips; /* how often the server had answered everything and a client then asked more */
} ModelCounters;

ModelCounters model_server_get_counters (ModelServer *server);
void model_server_reset_counters (ModelServer *server);

/* ---- faults ---- */
typedef enum
{
  MODEL_IMAP,
  MODEL_SMTP,
} ModelProtocol;

typedef enum
{
  MODEL_GO,     /* nothing special */
  MODEL_CUT,    /* the connection closes without close_notify, now */
  MODEL_RESET,  /* the same with a TCP reset */
  MODEL_STALL,  /* the connection stays silent until the client closes */
  MODEL_ANSWER, /* a command that was received (`after` FALSE): not done, `answer` is said instead */
} ModelVerdict;

/* A line is a whole command with its literals, or a whole response with them.  Of SMTP's message text there is one line, its end. */
typedef struct
{
  ModelProtocol protocol;
  guint connection; /* from 0, in the order of their coming */
  guint64
      number; /* from 1: of this line among all, both protocols and directions, since the hook was set */
  gboolean sent; /* by the server; FALSE: received by it */
  gboolean
      after; /* it is on the wire (sent), or has been carried out and its answers are not yet sent (received) */
  const char *line; /* without the line end, for a command the first line alone; NUL-terminated */
  /* MODEL_ANSWER: IMAP "NO [OVERQUOTA] full", the tag is put before, or "* BYE gone", after which the connection closes;
   * SMTP "452 4.3.1 full", after 421 the connection closes.  Copied at once. */
  const char *answer;
} ModelEvent;

/* Called in the thread of the connection, without any lock, before and after each line; NULL: none. */
typedef ModelVerdict (*ModelHook) (ModelEvent *event, gpointer user_data);
void model_server_set_hook (ModelServer *server, ModelHook hook, gpointer user_data);
/* Every line to this file ("-": standard error); NULL: none.  Before the first connection. */
void model_server_set_trace (ModelServer *server, const char *path);

G_END_DECLS
