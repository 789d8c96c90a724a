/* What the files of this test program share. */
#pragma once

#include <glib.h>

#include "mime-message.h"

void test_build_add (void);
void test_charset_add (void);
void test_corpus_add (void);
void test_cut_add (void);
void test_hostile_add (void);
void test_traps_add (void);
void test_hidden_add (void);
void test_html_add (void);
void test_letter_add (void);
void test_message_add (void);
void test_partial_add (void);
void test_plain_add (void);
void test_summary_add (void);
void test_text_add (void);
void test_truth_add (void);
void test_words_add (void);

/* `text` (UTF-8) in another charset; the test fails where it cannot be said in it. */
GBytes *test_encode (const char *text, const char *charset);
/* Bytes of a literal, without its NUL. */
#define TEST_BYTES(literal) g_bytes_new_static ((literal), sizeof (literal) - 1)
/* A message of header text and a body in some charset; takes `body`. */
GBytes *test_message (const char *header, GBytes *body);
