/* The groups of tests of what goes out, and what those that count share. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void add_injection_tests (void);
void add_mailto_tests (void);
void add_names_tests (void);
void add_random_tests (void);
void add_smuggling_tests (void);

/* One case of a suite was run; `failure` (nullable) says how it went wrong, and fails the test. */
typedef enum
{
  COUNT_INJECTIONS,
  COUNT_SMUGGLING,
  COUNT_MAILTO,
} Count;
void count_case (Count count, const char *name, const char *failure);

/* A new folder, to be removed with remove_folder (). */
char *make_folder (void) G_GNUC_WARN_UNUSED_RESULT;
void remove_folder (char *folder);
/* Python's email package looks at what was written into the folder: strict.py WHAT FOLDER.  Its output; fails the test where it ends badly. */
char *ask_python (const char *what, const char *folder) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
