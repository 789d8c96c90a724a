/* Passwords and tokens on the ways by which they must not get out: memory that is given back, a core, and a server that repeats what
 * it was told into what is logged or shown.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A string that is wiped when it goes. */
typedef char BaseSecret;

void base_secret_free (BaseSecret *secret); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseSecret, base_secret_free)

/* While it lives, "(secret)" stands for `secret`, as it is or in base64, wherever it is found by base_hush_strike (): in the details of
 * errors, in what is logged, in the trace.  For the time of a sign-in, for it is kept so long.  NULL is fine. */
typedef struct _BaseHush BaseHush;

BaseHush *base_hush_new (const char *secret) G_GNUC_WARN_UNUSED_RESULT;
void base_hush_free (BaseHush *hush);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseHush, base_hush_free)

/* The text without any of them; NULL when it has none (or is NULL). */
char *base_hush_strike (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* From here on a core of this process, and of those it starts, has none of its memory.  Not PR_SET_DUMPABLE, which would also keep the
 * portals of the desktop from finding out who is asking. */
void base_secret_leave_no_core (void);

G_END_DECLS
