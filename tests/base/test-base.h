/* The groups of tests of the base layer; each adds its own cases. */
#pragma once

void test_account_add (void);
void test_date_add (void);
void test_fold_add (void);
void test_hands_add (void);
void test_label_add (void);
void test_layout_add (void);
void test_locale_add (void);
void test_log_add (void);
void test_match_add (void);
void test_name_add (void);
void test_paths_add (void);
void test_query_add (void);
void test_queue_add (void);
void test_secret_add (void);
void test_template_add (void);
void test_text_add (void);
void test_uid_set_add (void);
void test_words_add (void);

/* A new empty folder; free the name with g_free after test_remove_folder (). */
char *test_make_folder (void);
void test_remove_folder (const char *path);
/* With the translations of "ko", or none (NULL). */
void test_speak (const char *language);
