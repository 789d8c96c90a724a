/* The server's side of SCRAM (RFC 5802), written by itself with GLib's hashes, so that the client under test is not checked by its own
 * code.  Pure. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const char *mechanism; /* "SCRAM-SHA-256-PLUS" … */
  const char *user, *password;
  char flag;       /* that the client has to begin with: p, y or n */
  GBytes *binding; /* nullable: what the server's end of the connection exports; with p */
  guint iterations;
  gboolean forged; /* the server does not know the password after all */
} FakeScramTask;

typedef struct _FakeScram FakeScram;

FakeScram *fake_scram_new (const FakeScramTask *task) G_GNUC_WARN_UNUSED_RESULT; /* borrows */
void fake_scram_free (FakeScram *scram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeScram, fake_scram_free)

/* Base64 in, base64 out.  NULL with a sentence in *wrong: the client did not begin as it has to. */
char *fake_scram_first (FakeScram *scram, const char *message,
                        char **wrong) G_GNUC_WARN_UNUSED_RESULT;
/* "v=…", or "e=…" in *error (borrowed) as well when the proof or the binding is not right. */
char *fake_scram_last (FakeScram *scram, const char *message,
                       const char **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
