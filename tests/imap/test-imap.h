/* What the files of the IMAP tests share. */
#pragma once

#include "imap-lexer.h"
#include "imap-flight.h"
#include "imap-session.h"
#include "fake-server.h"

void test_lexer_add (void);
void test_response_add (void);
void test_fetch_add (void);
void test_words_add (void);
void test_open_add (void);
void test_quirks_add (void);
void test_sign_in_add (void);
void test_list_add (void);
void test_select_add (void);
void test_change_add (void);
void test_idle_add (void);
void test_flight_add (void);
void test_resync_add (void);
void test_structure_add (void);
void test_compress_add (void);
void test_extensions_add (void);
void test_query_add (void);

/* A lexer that holds one complete response; `wire` ends with CRLF. */
ImapLexer *test_lexer_with (const char *wire, gssize length);

/* Scripts: a session that is open (the first command is A1), and one that is signed in as user / secret with `caps`
 * (the next command is A2). */
#define TEST_GREETING "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n"
#define TEST_SIGN_IN(caps)                                                                         \
  TEST_GREETING                                                                                    \
  "C: A1 AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0\n"                                                    \
  "S: A1 OK [CAPABILITY IMAP4rev1 " caps "] welcome\n"
/* And INBOX with 3 messages is selected; no CONDSTORE; the next command is A3. */
#define TEST_SELECT(caps)                                                                          \
  TEST_SIGN_IN (caps)                                                                              \
  "C: A2 SELECT \"INBOX\"\n"                                                                       \
  "S: * 3 EXISTS\n"                                                                                \
  "S: * OK [UIDVALIDITY 9] fine\n"                                                                 \
  "S: * OK [UIDNEXT 40] soon\n"                                                                    \
  "S: A2 OK [READ-WRITE] open\n"

/* A TLS server with one connection's script. */
FakeServer *test_server_new (const char *script);
/* These assert that it works. */
ImapSession *test_open (FakeServer *server);
ImapSession *test_sign_in (FakeServer *server);
ImapSession *test_select (FakeServer *server); /* INBOX */
/* Drops the session and checks the script. */
void test_done (FakeServer *server, ImapSession *session);
