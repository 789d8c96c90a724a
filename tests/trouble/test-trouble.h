/* The groups of tests of servers in trouble, and what such a server says: NULL-terminated; "CUT" and "RESET" end the connection. */
#pragma once

extern const char *const test_trouble_imap_answers[];
extern const char *const test_trouble_smtp_answers[];

void test_commands_add (void);
void test_later_add (void);
void test_opening_add (void);
void test_outbox_add (void);
void test_passwords_add (void);
void test_queue_add (void);
void test_trace_add (void);
void test_routes_add (void);
void test_settings_add (void);
