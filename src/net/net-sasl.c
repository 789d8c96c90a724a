/* SASL mechanisms of the client.  Pure, on whichever thread signs in; must never keep a password longer than the
 * sign-in, nor take a server for genuine that did not prove that it knows the password (SCRAM). */
#include "net-sasl.h"

#include <glib/gi18n.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <json-glib/json-glib.h>
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
  MECHANISM_OAUTHBEARER,
  MECHANISM_XOAUTH2,
  MECHANISM_EXTERNAL,
} Mechanism;

/* By Mechanism; of each kind the best first. */
static const struct
{
  const char *name;
  BaseSignIn kind;
} table[] = {
  { "SCRAM-SHA-256", BASE_SIGN_IN_PASSWORD }, { "SCRAM-SHA-1", BASE_SIGN_IN_PASSWORD },
  { "PLAIN", BASE_SIGN_IN_PASSWORD },         { "LOGIN", BASE_SIGN_IN_PASSWORD },
  { "OAUTHBEARER", BASE_SIGN_IN_OAUTH },      { "XOAUTH2", BASE_SIGN_IN_OAUTH },
  { "EXTERNAL", BASE_SIGN_IN_CERTIFICATE },
};

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
  char *user, *secret; /* Owned; the secret is wiped */
  char *host;          /* Owned */
  guint16 port;
  char *status;                      /* Owned: why a token is refused */
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
net_sasl_new (const char *const *mechanisms, const NetLogin *login, const NetPeer *peer)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    NetSasl *sasl;

    if (table[i].kind != login->kind || !g_strv_contains (mechanisms, table[i].name))
      continue;
    sasl = g_new0 (NetSasl, 1);
    sasl->mechanism = (Mechanism)i;
    sasl->user = g_strdup (login->user != NULL ? login->user : "");
    sasl->secret = g_strdup (login->secret != NULL ? login->secret : "");
    sasl->host = g_strdup (peer->host);
    sasl->port = peer->port;
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
  g_free (sasl->host);
  g_free (sasl->status);
  wipe_free (sasl->secret);
  explicit_bzero (sasl->server_signature, sizeof sasl->server_signature);
  g_free (sasl);
}

const char *
net_sasl_get_mechanism (NetSasl *sasl)
{
  return table[sasl->mechanism].name;
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
  gsize password = strlen (sasl->secret);
  gsize length = user + password + 2;
  g_autofree guchar *message = g_malloc0 (length);
  char *encoded;

  memcpy (message + 1, sasl->user, user);
  memcpy (message + 2 + user, sasl->secret, password);
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

/* The token in the words of either mechanism. */
static char *
token_initial (NetSasl *sasl)
{
  g_autofree char *name = scram_name (sasl->user);
  char *message =
      sasl->mechanism == MECHANISM_XOAUTH2
          ? g_strdup_printf ("user=%s\001auth=Bearer %s\001\001", sasl->user, sasl->secret)
          : g_strdup_printf ("n,a=%s,\001host=%s\001port=%u\001auth=Bearer %s\001\001", name,
                             sasl->host, sasl->port, sasl->secret);
  char *encoded = base64 (message);

  wipe_free (message);
  return encoded;
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
  case MECHANISM_OAUTHBEARER:
  case MECHANISM_XOAUTH2:
    sasl->state = STATE_FIRST_SENT;
    return token_initial (sasl);
  case MECHANISM_EXTERNAL:
    sasl->state = STATE_DONE;
    return base64 (sasl->user);
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
  g_autofree char *normal = g_utf8_normalize (sasl->secret, -1, G_NORMALIZE_NFKC);
  const char *password = normal != NULL ? normal : sasl->secret;
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

/* A challenge after the token is its refusal, as JSON; the server waits for an answer that says nothing before it says NO (RFC 7628,
 * 3.2.3). */
static char *
token_respond (NetSasl *sasl, const char *challenge)
{
  g_autofree char *text = decode (challenge);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonNode *status = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                         ? json_object_get_member (json_node_get_object (node), "status")
                         : NULL;

  sasl->state = STATE_DONE;
  if (status != NULL && json_node_get_value_type (status) == G_TYPE_STRING)
    sasl->status = json_node_dup_string (status);
  return base64 (sasl->mechanism == MECHANISM_OAUTHBEARER ? "\001" : "");
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
    return base64 (sasl->secret);
  case MECHANISM_OAUTHBEARER:
  case MECHANISM_XOAUTH2:
    return token_respond (sasl, challenge);
  case MECHANISM_PLAIN:
  case MECHANISM_EXTERNAL:
    break;
  }

  g_return_val_if_reached (NULL);
}

gboolean
net_sasl_is_complete (NetSasl *sasl)
{
  switch (sasl->mechanism) {
  case MECHANISM_OAUTHBEARER:
  case MECHANISM_XOAUTH2:
    return sasl->state == STATE_FIRST_SENT; /* another word of the server's was a refusal */
  case MECHANISM_SCRAM_SHA_256:
  case MECHANISM_SCRAM_SHA_1:
  case MECHANISM_PLAIN:
  case MECHANISM_LOGIN:
  case MECHANISM_EXTERNAL:
    break;
  }
  return sasl->state == STATE_DONE;
}

const char *
net_sasl_get_status (NetSasl *sasl)
{
  return sasl->status;
}

void
net_sasl_set_no_way (GError **error, const NetLogin *login, const char *host, const char *detail)
{
  if (login->kind == BASE_SIGN_IN_CERTIFICATE)
    base_error_set (
        error, BASE_ERROR_AUTH, detail,
        _ ("“%s” takes no sign-in with a certificate on this port. Check the port, or use a password."),
        host);
  else
    base_error_set (
        error, BASE_ERROR_AUTH, detail,
        _ ("“%s” takes no sign-in by way of a web page on this port. Check the port, or use a password."),
        host);
}

void
net_sasl_set_refused (GError **error, const NetLogin *login, const char *host, NetSasl *sasl,
                      const char *words)
{
  const char *status = sasl != NULL ? sasl->status : NULL;
  g_autofree char *detail = status != NULL ? g_strjoin ("\n", status, words, NULL) : NULL;

  if (detail != NULL)
    words = detail;
  if (login->kind == BASE_SIGN_IN_CERTIFICATE)
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” did not accept your certificate. Ask your provider or administrator whether it is the right one."),
        host);
  else if (g_strcmp0 (status, "insufficient_scope") == 0 || g_strcmp0 (status, "403") == 0)
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” does not let Sosik at your mail. Sign in again, and allow it on the web page."),
        host);
  else
    base_error_set (error, BASE_ERROR_AUTH, words,
                    _ ("Your sign-in at “%s” is not valid any more. Sign in again."), host);
}
