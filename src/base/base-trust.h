/* A certificate that was refused, as a person has to see it before they say what shall be done.
 *
 * A plain value; any thread.  Comes with a BASE_ERROR_TRUST (base_error_get_trust ()), whose message is the reason as a
 * sentence. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From the gravest on: the first that fits is told. */
typedef enum
{
  BASE_TRUST_REVOKED,        /* by a list of ours, or by its OCSP staple (RFC 6066, 8) */
  BASE_TRUST_STAPLE_BAD,     /* a staple that proves nothing */
  BASE_TRUST_STAPLE_MISSING, /* it must have one (RFC 7633) */
  BASE_TRUST_STAPLE_OLD,     /* it is out of date */
  BASE_TRUST_INVALID,        /* a signature in it is wrong, or what it says is not understood */
  BASE_TRUST_SELF_SIGNED,
  BASE_TRUST_UNKNOWN_ISSUER,
  BASE_TRUST_NO_AUTHORITY,  /* who issued it was not allowed to issue any */
  BASE_TRUST_OUT_OF_BOUNDS, /* ... or not for this name (RFC 5280, 4.2.1.10) */
  BASE_TRUST_PURPOSE,       /* it is for something other than servers */
  BASE_TRUST_OTHER_HOST,    /* RFC 9525 */
  BASE_TRUST_EXPIRED,
  BASE_TRUST_NOT_YET,
  BASE_TRUST_ISSUER_TIME, /* one of the authorities behind it is out of its time */
  BASE_TRUST_WEAK,        /* its key, or a signature by MD5 or SHA-1 */
} BaseTrustReason;

typedef struct
{
  BaseTrustReason reason;
  char *host; /* as it stands in the account */
  guint16 port;
  char *subject, *issuer; /* RFC 4514 */
  gint64 from, until;     /* its time, seconds since 1970 */
  char *sha256;           /* of its DER form, 64 small hexadecimal digits */
  gboolean changed;       /* the account has an exception for this place, and another certificate */
} BaseTrust;

BaseTrust *base_trust_dup (const BaseTrust *trust) G_GNUC_WARN_UNUSED_RESULT; /* NULL of NULL */
void base_trust_free (BaseTrust *trust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseTrust, base_trust_free)
gboolean base_trust_equal (const BaseTrust *a, const BaseTrust *b); /* both nullable */

/* Whether a person may take it all the same: never what is revoked, nor what may be so and hides it. */
gboolean base_trust_may_except (const BaseTrust *trust);
/* How long such an exception lasts, seconds since 1970: until the certificate expires, or for thirty days where it has. */
gint64 base_trust_get_agreed_until (const BaseTrust *trust, gint64 now);
/* "AB:CD:…", 32 pairs of digits. */
char *base_trust_format_sha256 (const char *sha256) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
