/* An input method that composes Hangul from jamo (two-set keyboard) the way ibus-hangul does, for tests: what is composed stands as an
 * underlined preedit; a syllable is handed over when the next one begins, before any other key, and when the field is left. */
#pragma once

#include <gtk/gtk.h>
#include <gtk/gtkimmodule.h>

G_BEGIN_DECLS

#define HANGUL_TYPE_CONTEXT (hangul_context_get_type ())
G_DECLARE_FINAL_TYPE (HangulContext, hangul_context, HANGUL, CONTEXT, GtkIMContext)

typedef enum
{
  HANGUL_AT_ONCE, /* leaving a field hands over within that call: ibus 1.5.20 and later */
  HANGUL_LATE,    /* keys and what they do come a moment later, as from another process */
} HangulManner;

/* For this program; the module takes HANGUL_MANNER=late from the environment, and HANGUL_CANDIDATES=1: Up and Down are its own while it composes. */
void hangul_install (HangulManner manner);
/* The one that has the keyboard, or had it last; NULL: none yet. */
HangulContext *hangul_get_context (void);
/* A key; FALSE: it is none of the method's, and what was composed has been handed over. */
gboolean hangul_press (HangulContext *self, guint key);
/* The keys that write `text` (other characters stand for themselves). */
char *hangul_get_keys (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* What stands as preedit. */
const char *hangul_get_preedit (HangulContext *self);

G_END_DECLS
