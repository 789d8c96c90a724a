/* See fake-ocsp.h: just enough DER.  A failure here is a failure of the test program. */
#include "fake-ocsp.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#define CHECK(call) g_assert_cmpint ((call), >=, 0)

/* Tags of DER (X.690) */
#define BIT_STRING   0x03
#define OCTETS       0x04
#define NOTHING      0x05
#define IDENTIFIER   0x06
#define ENUMERATED   0x0a
#define TIME         0x18
#define INTEGER      0x02
#define SEQUENCE     0x30
#define CONTEXT(n)   (0xa0 + (n))
#define PRIMITIVE(n) (0x80 + (n))

/* 1.3.6.1.5.5.7.48.1.1, 1.3.14.3.2.26, 1.2.840.10045.4.3.2 */
static const guint8 basic[] = { 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1 };
static const guint8 sha1[] = { 0x2b, 0x0e, 3, 2, 0x1a };
static const guint8 ecdsa_sha256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2 };

static void
put (GByteArray *out, guint8 tag, const void *data, gsize length)
{
  guint8 head[4] = { tag };
  guint n = 1;

  g_assert_cmpuint (length, <, 65536);
  if (length >= 256)
    head[n++] = 0x82, head[n++] = (guint8)(length >> 8);
  else if (length >= 128)
    head[n++] = 0x81;
  head[n++] = (guint8)length;
  g_byte_array_append (out, head, n);
  g_byte_array_append (out, data, (guint)length);
}

/* `inner` is taken. */
static void
put_inside (GByteArray *out, guint8 tag, GByteArray *inner)
{
  put (out, tag, inner->data, inner->len);
  g_byte_array_unref (inner);
}

static void
put_algorithm (GByteArray *out, const guint8 *identifier, gsize length, gboolean parameters)
{
  GByteArray *inner = g_byte_array_new ();

  put (inner, IDENTIFIER, identifier, length);
  if (parameters)
    put (inner, NOTHING, NULL, 0);
  put_inside (out, SEQUENCE, inner);
}

static void
put_time (GByteArray *out, time_t time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *text = g_date_time_format (date, "%Y%m%d%H%M%SZ");

  put (out, TIME, text, strlen (text));
}

static void
put_hash (GByteArray *out, const void *data, gsize length)
{
  guint8 hash[20];

  CHECK (gnutls_hash_fast (GNUTLS_DIG_SHA1, data, length, hash));
  put (out, OCTETS, hash, sizeof hash);
}

static void
put_key_hash (GByteArray *out, gnutls_x509_crt_t issuer)
{
  guint8 point[65] = { 4 };
  gnutls_datum_t x, y;
  gnutls_ecc_curve_t curve;

  CHECK (gnutls_x509_crt_get_pk_ecc_raw (issuer, &curve, &x, &y));
  g_assert_cmpuint (x.size, <=, 33);
  g_assert_cmpuint (y.size, <=, 33);
  /* With a zero in front, or without those that belong there */
  memcpy (point + 1 + 32 - MIN (x.size, 32), x.data + (x.size > 32), MIN (x.size, 32));
  memcpy (point + 33 + 32 - MIN (y.size, 32), y.data + (y.size > 32), MIN (y.size, 32));
  gnutls_free (x.data);
  gnutls_free (y.data);
  put_hash (out, point, sizeof point);
}

static void
put_certificate (GByteArray *out, gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer)
{
  GByteArray *inner = g_byte_array_new ();
  guint8 serial[20];
  size_t length = sizeof serial;
  gnutls_datum_t name;

  CHECK (gnutls_x509_crt_get_raw_dn (issuer, &name));
  CHECK (gnutls_x509_crt_get_serial (certificate, serial, &length));
  put_algorithm (inner, sha1, sizeof sha1, TRUE);
  put_hash (inner, name.data, name.size);
  put_key_hash (inner, issuer);
  put (inner, INTEGER, serial, length);
  put_inside (out, SEQUENCE, inner);
  gnutls_free (name.data);
}

static void
put_answers (GByteArray *out, gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer,
             gboolean revoked, time_t from, time_t until)
{
  GByteArray *one = g_byte_array_new (), *all = g_byte_array_new (), *next = g_byte_array_new ();

  put_certificate (one, certificate, issuer);
  if (revoked) {
    GByteArray *when = g_byte_array_new ();

    put_time (when, from);
    put_inside (one, CONTEXT (1), when);
  } else {
    put (one, PRIMITIVE (0), NULL, 0);
  }
  put_time (one, from);
  put_time (next, until);
  put_inside (one, CONTEXT (0), next);
  put_inside (all, SEQUENCE, one);
  put_inside (out, SEQUENCE, all);
}

static void
put_signature (GByteArray *out, const GByteArray *data, gnutls_x509_privkey_t key)
{
  GByteArray *bits = g_byte_array_new ();
  gnutls_datum_t text = { data->data, data->len }, signature;
  gnutls_privkey_t signer;
  const guint8 unused = 0;

  CHECK (gnutls_privkey_init (&signer));
  CHECK (gnutls_privkey_import_x509 (signer, key, 0));
  CHECK (gnutls_privkey_sign_data (signer, GNUTLS_DIG_SHA256, 0, &text, &signature));
  put_algorithm (out, ecdsa_sha256, sizeof ecdsa_sha256, FALSE);
  g_byte_array_append (bits, &unused, 1);
  g_byte_array_append (bits, signature.data, signature.size);
  put_inside (out, BIT_STRING, bits);
  gnutls_free (signature.data);
  gnutls_privkey_deinit (signer);
}

GBytes *
fake_ocsp_new (gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer, gnutls_x509_privkey_t key,
               gboolean revoked, time_t from, time_t until)
{
  GByteArray *said = g_byte_array_new (), *data = g_byte_array_new (), *who = g_byte_array_new ();
  GByteArray *answer = g_byte_array_new (), *inner = g_byte_array_new ();
  GByteArray *outer = g_byte_array_new (), *response = g_byte_array_new ();
  GByteArray *octets = g_byte_array_new ();
  const guint8 successful = 0;
  gnutls_datum_t name;

  CHECK (gnutls_x509_crt_get_raw_dn (issuer, &name));
  put_inside (said, CONTEXT (1), g_byte_array_append (who, name.data, name.size));
  gnutls_free (name.data);
  put_time (said, from);
  put_answers (said, certificate, issuer, revoked, from, until);
  put_inside (data, SEQUENCE, said);
  g_byte_array_append (answer, data->data, data->len);
  put_signature (answer, data, key);
  g_byte_array_unref (data);

  put_inside (octets, SEQUENCE, answer);
  put (inner, IDENTIFIER, basic, sizeof basic);
  put_inside (inner, OCTETS, octets);
  put_inside (outer, SEQUENCE, inner);
  put (response, ENUMERATED, &successful, 1);
  put_inside (response, CONTEXT (0), outer);
  outer = g_byte_array_new ();
  put_inside (outer, SEQUENCE, response);
  return g_byte_array_free_to_bytes (outer);
}
