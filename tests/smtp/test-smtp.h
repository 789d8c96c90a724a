/* The groups of tests of the smtp layer. */
#pragma once

#include "fake-server.h"
#include "smtp-session.h"

void test_chunks_add (void);
void test_options_add (void);
void test_reply_add (void);
void test_send_add (void);
void test_session_add (void);
void test_stuff_add (void);

/* Opens a session with the server; the test fails when this does. */
SmtpSession *test_open (FakeServer *server);
