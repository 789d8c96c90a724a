/* The session from within: its state, and how a command is sent and its answers are taken.  Shared by the files that
 * hold the verbs; nothing outside src/imap sees it. */
#pragma once

#include "imap-command.h"
#include "imap-lexer.h"
#include "imap-response.h"
#include "imap-session.h"

G_BEGIN_DECLS

struct _ImapSession
{
  /* Owned */
  NetConnection *connection; /* NULL after LOGOUT */
  ImapLexer *lexer;
  char *host;
  GPtrArray *mechanisms;  /* of char *, upper case, without "AUTH=" */
  char *selected_name;    /* NULL: nothing is selected */
  char *refused_code;     /* nullable: of the last NO or BAD */
  GHashTable *wire_names; /* UTF-8 name -> as the server spelt it in LIST */
  GString *alerts;        /* [ALERT] texts since the last sign-in began, one a line */

  ImapSelected selected;
  ImapCapability capabilities;
  gboolean capabilities_known;
  gboolean usable;
  gboolean signed_in;
  gboolean utf8;                      /* UTF8=ACCEPT is enabled */
  gboolean selecting;                 /* SELECT is under way: EXISTS is its answer and no news */
  gboolean leaving;                   /* LOGOUT is under way: BYE is its answer */
  gboolean no_idle, no_extended_list; /* offered, but refused when used */
  gboolean news;
  guint64 expected_expunges; /* that our own MOVE or EXPUNGE will bring */
  guint short_idles; /* in a row, ended by the server without news */
  guint last_tag;
};

typedef char ImapTag[16];

/* Untagged data that is the verb's own: LIST, SEARCH …, and untagged statuses with their codes.  The lexer stands
 * behind the name. FALSE with `error` set breaks the connection. */
typedef gboolean (*ImapDataFunc) (ImapSession *session, const ImapResponse *response,
                                  gpointer user_data, GError **error);

typedef struct
{
  const char *refused; /* the sentence for NO and BAD */
  const char *mailbox; /* nullable: the one that [NONEXISTENT] and [TRYCREATE] mean */
  ImapDataFunc data;   /* nullable */
  ImapFetchFunc fetch; /* nullable */
  gpointer user_data;  /* of both */
} ImapExchange;

/* ---- imap-talk.c: all of these mark the session unusable when they fail ---- */

/* Sends the command and takes what comes until its tagged answer is there, whatever it says. */
gboolean imap_talk_ask (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                        ImapResponse *answer, GCancellable *cancellable, GError **error);
/* The same, and NO or BAD is an error (which leaves the session usable).  `answer` is nullable. */
gboolean imap_talk_run (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                        ImapResponse *answer, GCancellable *cancellable, GError **error);
/* The steps of imap_talk_ask (), for commands that are conversations.  *answered: `answer` has the tagged answer that
 * came before the command was sent whole. */
gboolean imap_talk_send (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                         ImapTag tag, ImapResponse *answer, gboolean *answered,
                         GCancellable *cancellable, GError **error);
gboolean imap_talk_finish (ImapSession *session, const ImapTag tag, const ImapExchange *exchange,
                           ImapResponse *answer, GCancellable *cancellable, GError **error);
/* Until "+" or the tagged answer: `answer` has either. */
gboolean imap_talk_wait_continue (ImapSession *session, const ImapTag tag,
                                  const ImapExchange *exchange, ImapResponse *answer,
                                  GCancellable *cancellable, GError **error);
gboolean imap_talk_read (ImapSession *session, ImapResponse *response, GCancellable *cancellable,
                         GError **error);
/* One chunk from the connection to the lexer. */
gboolean imap_talk_fill (ImapSession *session, GCancellable *cancellable, GError **error);
/* Buffers only; `secret` keeps it out of the trace. */
gboolean imap_talk_write (ImapSession *session, const char *text, gboolean secret,
                          GCancellable *cancellable, GError **error);
gboolean imap_talk_flush (ImapSession *session, GCancellable *cancellable, GError **error);
gboolean imap_talk_check_usable (ImapSession *session, GError **error);

/* The error for a NO or BAD. */
void imap_talk_set_refused (ImapSession *session, const ImapResponse *answer,
                            const ImapExchange *exchange, GError **error);

/* ---- imap-state.c ---- */

/* Keeps the session's state in step with what an untagged response says and hands it on to the exchange (nullable).
 * Fails on BYE, when the exchange does, and on limits. */
gboolean imap_state_take_untagged (ImapSession *session, const ImapResponse *response,
                                   const ImapExchange *exchange, GError **error);
/* The code of a tagged or untagged status. */
void imap_state_take_code (ImapSession *session, const ImapResponse *response);
void imap_state_forget_capabilities (ImapSession *session);
/* "IMAP4rev1 IDLE AUTH=PLAIN …" */
void imap_state_set_capabilities (ImapSession *session, const char *words);
void imap_state_forget_selected (ImapSession *session);

/* ---- imap-session.c ---- */

/* CAPABILITY, unless they are known. */
gboolean imap_session_learn_capabilities (ImapSession *session, GCancellable *cancellable,
                                          GError **error);

/* ---- imap-select.c ---- */

/* REFUSED when no mailbox is selected. */
gboolean imap_session_check_selected (ImapSession *session, GError **error);

/* ---- imap-list.c ---- */

/* As the server spells it. */
char *imap_mailbox_to_wire (ImapSession *session, const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* `verb` and, behind a space, the mailbox. */
ImapCommand *imap_mailbox_command (ImapSession *session, const char *verb,
                                   const char *mailbox) G_GNUC_WARN_UNUSED_RESULT;

/* Asks with LIST.  Only true when the server answered and did not name it. */
gboolean imap_mailbox_is_missing (ImapSession *session, const char *name,
                                  GCancellable *cancellable);

G_END_DECLS
