/* The one error domain of Sosik, coded by what the caller has to do (not by what broke).
 *
 * The message of a BASE_ERROR is a whole translated sentence for a person: what happened and what to
 * do.  What the server itself said travels beside it (base_error_get_detail ()) and is only ever shown
 * as plain text.  Cancelling is G_IO_ERROR_CANCELLED, never a BASE_ERROR.
 * Threads: any.  A GError belongs to who holds it. */
#pragma once

#include <gio/gio.h>

#include "base-trust.h"

G_BEGIN_DECLS

#define BASE_ERROR (base_error_quark ())

typedef enum
{
  BASE_ERROR_RETRY, /* later, by itself, with back-off: network gone, 4xx, [UNAVAILABLE], [INUSE] */
  BASE_ERROR_AUTH,  /* ask the person: the server refused the sign-in, or no password is known */
  BASE_ERROR_TRUST, /* ask the person: certificate refused, or the server offers no encryption */
  BASE_ERROR_REFUSED, /* the server said NO/5xx to this command; the connection is fine */
  BASE_ERROR_GONE,    /* the thing (mailbox, message, file, account) does not exist any more */
  BASE_ERROR_BROKEN,  /* the peer broke the protocol or the stream was cut: drop the connection */
  BASE_ERROR_DISK,    /* this computer could not write or read */
  BASE_ERROR_LIMIT,   /* a limit of ours or theirs: too large, too many, over quota */
} BaseErrorCode;

GQuark base_error_quark (void);

/* New error; `detail` (nullable) is copied, made valid UTF-8 and stripped of control characters, and of secrets (base_hush_new ()). */
void base_error_set (GError **error, BaseErrorCode code, const char *detail, const char *format,
                     ...) G_GNUC_PRINTF (4, 5);

/* Borrowed; NULL where `error` is no BASE_ERROR or has none. */
const char *base_error_get_detail (const GError *error);

/* A TRUST because a server does not prove what it proved before (BaseServer.proved): a person may give that up. */
void base_error_set_less_proof (GError *error); /* a BASE_ERROR, or NULL */
gboolean base_error_is_less_proof (const GError *error);

/* A TRUST of the server itself, after something was said that depends on the secret: it did not prove who it is.  Another network is no reason
 * to try again. */
void base_error_set_lasting (GError *error); /* a BASE_ERROR, or NULL */
gboolean base_error_is_lasting (const GError *error);

/* An AUTH because the keyring is locked, and the person did not want to open it: no password is asked for. */
void base_error_set_locked (GError *error); /* a BASE_ERROR, or NULL */
gboolean base_error_is_locked (const GError *error);

/* A TRUST of a server that speaks to nobody who shows no certificate of their own. */
void base_error_set_wants_client (GError *error); /* a BASE_ERROR, or NULL */
gboolean base_error_wants_client (const GError *error);

/* The certificate that a TRUST is about.  Taken; `error` is a BASE_ERROR, or NULL (then it is freed). */
void base_error_take_trust (GError *error, BaseTrust *trust);
/* Borrowed; NULL where it is about none. */
const BaseTrust *base_error_get_trust (const GError *error);

/* A GError of errno `saved_errno` as BASE_ERROR_DISK; `path` is told by its last part only. */
void base_error_set_disk (GError **error, int saved_errno, const char *path);

/* True for G_IO_ERROR_CANCELLED. */
gboolean base_error_is_cancelled (const GError *error);

G_END_DECLS
