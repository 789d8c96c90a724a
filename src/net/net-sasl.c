/* SASL mechanisms of the client.  Pure, on whichever thread signs in; must never keep a password longer than the
 * sign-in, nor take a server for genuine that did not prove that it knows the password (SCRAM). */
#include "net-sasl.h"

#include <glib/gi18n.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base-error.h"
#include "net-sasl-private.h"

/* Servers use 4096 to 600,000; more than this is meant to keep us busy. */
#define MAX_ITERATIONS 2000000
#define MAX_CHALLENGE  4096
#define MAX_HASH       32

typedef enum
{
  MECHANISM_SCRAM_SHA_256,
  MECHANISM_SCRAM_SHA_1,
  MECHANISM_PLAIN,
  MECHANISM_LOGIN,
} Mechanism;

/* Strongest first. */
static const char *const names[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN" };

typedef enum
{
  STATE_START,
  STATE_FIRST_SENT, /* the initial response, or the user name of LOGIN */
  STATE_PROOF_SENT, /* SCRAM: the server has to prove itself now */
  STATE_DONE,
} State;

struct _NetSasl
{
  Mechanism mechanism;
  State state;
  char *user, *password;             /* Owned; the password is wiped */
  char *nonce;                       /* Owned: ours, SCRAM */
  guint8 server_signature[MAX_HASH]; /* what a genuine server will show */
};

static void
wipe_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

NetSasl *
net_sasl_new (const char *const *mechanisms, const char *user, const char *password)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    NetSasl *sasl;

    if (!g_strv_contains (mechanisms, names[i]))
      continue;
    sasl = g_new0 (NetSasl, 1);
    sasl->mechanism = (Mechanism)i;
    sasl->user = g_strdup (user);
    sasl->password = g_strdup (password);
    return sasl;
  }

  return NULL;
}

void
net_sasl_free (NetSasl *sasl)
{
  if (sasl == NULL)
    return;

  g_free (sasl->user);
  g_free (sasl->nonce);
  wipe_free (sasl->password);
  explicit_bzero (sasl->server_signature, sizeof sasl->server_signature);
  g_free (sasl);
}

const char *
net_sasl_get_mechanism (NetSasl *sasl)
{
  return names[sasl->mechanism];
}

void
net_sasl_set_nonce (NetSasl *sasl, const char *nonce)
{
  g_free (sasl->nonce);
  sasl->nonce = g_strdup (nonce);
}

static char *
base64 (const char *text)
{
  return g_base64_encode ((const guchar *)text, strlen (text));
}

static char *
plain_initial (NetSasl *sasl)
{
  gsize user = strlen (sasl->user);
  gsize password = strlen (sasl->password);
  gsize length = user + password + 2;
  g_autofree guchar *message = g_malloc0 (length);
  char *encoded;

  memcpy (message + 1, sasl->user, user);
  memcpy (message + 2 + user, sasl->password, password);
  encoded = g_base64_encode (message, length);
  explicit_bzero (message, length);

  return encoded;
}

/* RFC 5802, 5.1: "," and "=" of a name are written otherwise. */
static char *
scram_name (const char *user)
{
  g_autoptr (GString) name = g_string_new (user);

  g_string_replace (name, "=", "=3D", 0);
  g_string_replace (name, ",", "=2C", 0);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

/* client-first-message-bare */
static char *
scram_first_bare (NetSasl *sasl)
{
  g_autofree char *name = scram_name (sasl->user);

  return g_strdup_printf ("n=%s,r=%s", name, sasl->nonce);
}

static char *
scram_initial (NetSasl *sasl)
{
  g_autofree char *bare = NULL;
  g_autofree char *message = NULL;

  if (sasl->nonce == NULL) {
    guchar random[18];

    if (gnutls_rnd (GNUTLS_RND_NONCE, random, sizeof random) < 0)
      g_error ("this system has no source of random numbers");
    sasl->nonce = g_base64_encode (random, sizeof random);
  }

  bare = scram_first_bare (sasl);
  message = g_strconcat ("n,,", bare, NULL);
  return base64 (message);
}

char *
net_sasl_initial (NetSasl *sasl)
{
  switch (sasl->mechanism) {
  case MECHANISM_SCRAM_SHA_256:
  case MECHANISM_SCRAM_SHA_1:
    sasl->state = STATE_FIRST_SENT;
    return scram_initial (sasl);
  case MECHANISM_PLAIN:
    sasl->state = STATE_DONE;
    return plain_initial (sasl);
  case MECHANISM_LOGIN:
    return NULL;
  }

  g_return_val_if_reached (NULL);
}

static void
set_nonsense (GError **error, const char *detail)
{
  base_error_set (
      error, BASE_ERROR_AUTH, detail,
      _ ("The server asked something during the sign-in that makes no sense. Try again later, or ask the "
         "people who run the server."));
}

/* Text of a base64 challenge; NULL when it is none. */
static char *
decode (const char *challenge)
{
  g_autofree guchar *bytes = NULL;
  gsize length;

  if (strlen (challenge) > MAX_CHALLENGE)
    return NULL;
  bytes = g_base64_decode (challenge, &length);
  if (memchr (bytes, '\0', length) != NULL)
    return NULL;

  return g_strndup ((const char *)bytes, length);
}

/* What stands after "KEY=" at the beginning of the `index`th part; NULL when it is another key. */
static const char *
attribute (char **parts, guint index, char key)
{
  if (index >= g_strv_length (parts) || parts[index][0] != key || parts[index][1] != '=')
    return NULL;

  return parts[index] + 2;
}

/* RFC 5802, 3: computes the proof into `proof` and what the server will have to show. */
static gboolean
scram_compute (NetSasl *sasl, const guchar *salt, gsize salt_length, guint iterations,
               const char *auth_message, guint8 proof[MAX_HASH])
{
  gboolean strong = sasl->mechanism == MECHANISM_SCRAM_SHA_256;
  gnutls_mac_algorithm_t mac = strong ? GNUTLS_MAC_SHA256 : GNUTLS_MAC_SHA1;
  gnutls_digest_algorithm_t digest = strong ? GNUTLS_DIG_SHA256 : GNUTLS_DIG_SHA1;
  gsize size = strong ? 32 : 20;
  g_autofree char *normal = g_utf8_normalize (sasl->password, -1, G_NORMALIZE_NFKC);
  const char *password = normal != NULL ? normal : sasl->password;
  gnutls_datum_t key = { (unsigned char *)password, (unsigned int)strlen (password) };
  gnutls_datum_t salt_datum = { (unsigned char *)salt, (unsigned int)salt_length };
  guint8 salted[MAX_HASH], client_key[MAX_HASH], stored_key[MAX_HASH], server_key[MAX_HASH];
  gboolean good;

  good =
      gnutls_pbkdf2 (mac, &key, &salt_datum, iterations, salted, size) >= 0
      && gnutls_hmac_fast (mac, salted, size, "Client Key", 10, client_key) >= 0
      && gnutls_hash_fast (digest, client_key, size, stored_key) >= 0
      && gnutls_hmac_fast (mac, stored_key, size, auth_message, strlen (auth_message), proof) >= 0
      && gnutls_hmac_fast (mac, salted, size, "Server Key", 10, server_key) >= 0
      && gnutls_hmac_fast (mac, server_key, size, auth_message, strlen (auth_message),
                           sasl->server_signature)
             >= 0;
  for (gsize i = 0; good && i < size; i++)
    proof[i] ^= client_key[i];

  explicit_bzero (salted, sizeof salted);
  explicit_bzero (client_key, sizeof client_key);
  explicit_bzero (stored_key, sizeof stored_key);
  explicit_bzero (server_key, sizeof server_key);
  if (normal != NULL)
    explicit_bzero (normal, strlen (normal));
  return good;
}

/* client-final-message for the server-first-message `first`. */
static char *
scram_final (NetSasl *sasl, const char *first)
{
  gsize size = sasl->mechanism == MECHANISM_SCRAM_SHA_256 ? 32 : 20;
  g_auto (GStrv) parts = g_strsplit (first, ",", -1);
  const char *nonce = attribute (parts, 0, 'r');
  const char *salt_text = attribute (parts, 1, 's');
  const char *iterations_text = attribute (parts, 2, 'i');
  g_autofree char *bare = NULL;
  g_autofree char *without_proof = NULL;
  g_autofree char *auth_message = NULL;
  g_autofree guchar *salt = NULL;
  g_autofree char *proof_text = NULL;
  guint8 proof[MAX_HASH];
  guint64 iterations;
  gsize salt_length;

  if (nonce == NULL || salt_text == NULL || iterations_text == NULL)
    return NULL;
  /* The nonce goes on from ours, or this is an answer to somebody else's question. */
  if (!g_str_has_prefix (nonce, sasl->nonce) || strlen (nonce) <= strlen (sasl->nonce))
    return NULL;
  if (!g_ascii_string_to_unsigned (iterations_text, 10, 1, MAX_ITERATIONS, &iterations, NULL))
    return NULL;
  salt = g_base64_decode (salt_text, &salt_length);
  if (salt_length == 0)
    return NULL;

  bare = scram_first_bare (sasl);
  without_proof = g_strconcat ("c=biws,r=", nonce, NULL); /* biws: "n,," */
  auth_message = g_strconcat (bare, ",", first, ",", without_proof, NULL);
  if (!scram_compute (sasl, salt, salt_length, (guint)iterations, auth_message, proof))
    return NULL;

  proof_text = g_base64_encode (proof, size);
  return g_strconcat (without_proof, ",p=", proof_text, NULL);
}

/* Constant time, so that nobody learns how much of a forged signature was right. */
static gboolean
signature_is_right (NetSasl *sasl, const char *encoded)
{
  gsize size = sasl->mechanism == MECHANISM_SCRAM_SHA_256 ? 32 : 20;
  g_autofree guchar *shown = NULL;
  gsize length;

  shown = g_base64_decode (encoded, &length);
  return length == size && gnutls_memcmp (shown, sasl->server_signature, size) == 0;
}

static char *
scram_respond (NetSasl *sasl, const char *challenge, GError **error)
{
  g_autofree char *text = decode (challenge);
  g_autofree char *final = NULL;
  g_auto (GStrv) parts = NULL;
  const char *value;

  if (text == NULL) {
    set_nonsense (error, NULL);
    return NULL;
  }

  if (sasl->state == STATE_FIRST_SENT) {
    final = scram_final (sasl, text);
    if (final == NULL) {
      set_nonsense (error, text);
      return NULL;
    }
    sasl->state = STATE_PROOF_SENT;
    return base64 (final);
  }

  parts = g_strsplit (text, ",", -1);
  if ((value = attribute (parts, 0, 'e')) != NULL) {
    base_error_set (
        error, BASE_ERROR_AUTH, value,
        _ ("The server did not accept the user name or the password. Check both and try again."));
    return NULL;
  }
  value = attribute (parts, 0, 'v');
  if (value == NULL || !signature_is_right (sasl, value)) {
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("The server could not prove that it knows this account. It may not be the server it claims to "
           "be."));
    return NULL;
  }

  sasl->state = STATE_DONE;
  return g_strdup ("");
}

char *
net_sasl_respond (NetSasl *sasl, const char *challenge, GError **error)
{
  if (sasl->state == STATE_START && sasl->mechanism != MECHANISM_LOGIN) {
    if (*challenge == '\0')
      return net_sasl_initial (sasl);
    set_nonsense (error, NULL);
    return NULL;
  }
  if (sasl->state == STATE_DONE) {
    set_nonsense (error, NULL);
    return NULL;
  }

  switch (sasl->mechanism) {
  case MECHANISM_SCRAM_SHA_256:
  case MECHANISM_SCRAM_SHA_1:
    return scram_respond (sasl, challenge, error);
  case MECHANISM_LOGIN:
    /* What the server asks is written in many ways; the order is always the same. */
    if (sasl->state == STATE_START) {
      sasl->state = STATE_FIRST_SENT;
      return base64 (sasl->user);
    }
    sasl->state = STATE_DONE;
    return base64 (sasl->password);
  case MECHANISM_PLAIN:
    break;
  }

  g_return_val_if_reached (NULL);
}

gboolean
net_sasl_is_complete (NetSasl *sasl)
{
  return sasl->state == STATE_DONE;
}
