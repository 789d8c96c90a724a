/* What the tests of sosik-unpack share. */
#pragma once

#include <gio/gio.h>

#include "unpack-format.h"

G_BEGIN_DECLS

void test_calendar_add (void);
void test_hostile_add (void);
void test_hwp_add (void);
void test_office_add (void);
void test_tnef_add (void);

/* Files made for the tests. */
GBytes *test_make_png (guint width, guint height) G_GNUC_WARN_UNUSED_RESULT;
GBytes *test_make_pdf (guint pages) G_GNUC_WARN_UNUSED_RESULT;
/* A winmail.dat with a text (nullable) and a file. */
GBytes *test_make_tnef (const char *text, const char *name, const char *content,
                        gsize length) G_GNUC_WARN_UNUSED_RESULT;
GBytes *test_make_calendar (const char *inside_event) G_GNUC_WARN_UNUSED_RESULT;

/* Some octets changed, and now and then the end cut off; the same for the same seed. */
GBytes *test_damage (GBytes *bytes, guint32 *seed) G_GNUC_WARN_UNUSED_RESULT;

/* Runs the program as Sosik does; NULL: it did not end by itself with an answer.  `milliseconds` is how long it took. */
GVariant *test_run_program (const char *const *arguments, GBytes *input,
                            gint64 *milliseconds) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
