/* The language of the scripts (see fake-server.h): pure, no sockets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  STEP_SEND,      /* bytes: TEXT, with CRLF for "S:" */
  STEP_SEND_BLOB, /* text: its name */
  STEP_LINE,
  STEP_LITERAL,
  STEP_DATA,
  STEP_SCRAM,
  STEP_TLS,
  STEP_BETWEEN,     /* bytes: TEXT */
  STEP_RENEGOTIATE, /* text: how often */
  STEP_DEFLATE,
  STEP_WAIT, /* text: milliseconds */
  STEP_GATE,
  STEP_MARK,
  STEP_STALL,
  STEP_EOF,
  STEP_CLOSE,
  STEP_CUT,
  STEP_RESET,
  STEP_QUIET, /* text: milliseconds */
  STEP_SERVE,
  STEP_ON, /* and what follows, up to the next of its kind */
  STEP_ONCE,
  STEP_SET,  /* text: a word */
  STEP_WHEN, /* text: a word or nothing */
} FakeStepKind;

typedef struct
{
  FakeStepKind kind;
  char *source; /* the line of the script, for reports */
  char *text;
  gboolean spent; /* ONCE: was played */
} FakeStep;

/* GPtrArray of FakeStep; a line that cannot be read ends the program: the test is wrong. */
GPtrArray *fake_script_parse (const char *script) G_GNUC_WARN_UNUSED_RESULT;

/* TEXT with escapes and $names replaced. */
GBytes *fake_script_expand (const char *text, GHashTable *names) G_GNUC_WARN_UNUSED_RESULT;

/* Compares octets; keeps what new $names took. */
gboolean fake_script_match (const char *glob, const guint8 *data, gsize length, GHashTable *names);

/* The size announced at the end of a line ({12}, {12+}, {12-}), or by BDAT; FALSE when there is none. */
gboolean fake_script_literal (const guint8 *line, gsize length, gsize *size);

G_END_DECLS
