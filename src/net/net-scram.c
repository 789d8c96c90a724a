/* The messages and proofs of SCRAM.  Pure, on whichever thread signs in; must never give a proof that is cheap to guess from, nor take a
 * server for genuine that did not prove that it knows the password. */
#include "net-scram-private.h"

#include <glib/gi18n.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include "base-error.h"
#include "base-secret.h"

/* RFC 7677, 4: fewer make a stolen proof cheap to guess from.  Servers use up to 600,000; more than the other is meant to keep us busy. */
#define MIN_ITERATIONS 4096
#define MAX_ITERATIONS 2000000
#define MAX_HASH       32

struct _NetScram
{
  NetScramTask task;
  char *name, *password;             /* Owned: prepared; the password is wiped */
  char *nonce;                       /* Owned: ours */
  guint8 server_signature[MAX_HASH]; /* what a genuine server will show */
  gboolean foreign_binding;
};

static const char *const flags[] = { "n,,", "y,,", "p=tls-exporter,," }; /* by NetScramBinding */

static void
wipe_wide (UChar *text, int32_t length)
{
  explicit_bzero (text, (size_t)length * sizeof *text);
  g_free (text);
}

char *
net_scram_prepare (const char *text)
{
  UErrorCode status = U_ZERO_ERROR;
  UStringPrepProfile *profile = NULL;
  int32_t room = (int32_t)strlen (text) + 1, length = 0, prepared = 0, size = 0;
  UChar *wide, *done;
  char *result = NULL;

  if (g_str_is_ascii (text))
    return g_strdup (text);

  /* Compatibility forms become longer, at most 18 times (UAX 15). */
  wide = g_new0 (UChar, room);
  done = g_new0 (UChar, 18 * room);
  profile = usprep_openByType (USPREP_RFC4013_SASLPREP, &status);
  u_strFromUTF8 (wide, room, &length, text, -1, &status);
  prepared = usprep_prepare (profile, wide, length, done, 18 * room, USPREP_ALLOW_UNASSIGNED, NULL,
                             &status);
  if (U_SUCCESS (status)) {
    result = g_malloc0 ((gsize)prepared * 3 + 1);
    u_strToUTF8 (result, prepared * 3 + 1, &size, done, prepared, &status);
  }
  if (U_FAILURE (status)) {
    base_secret_free (result);
    result = g_strdup (text);
  }
  usprep_close (profile);
  wipe_wide (wide, room);
  wipe_wide (done, 18 * room);
  return result;
}

/* RFC 5802, 5.1: "," and "=" of a name are written otherwise. */
static char *
write_name (const char *user)
{
  g_autofree char *prepared = net_scram_prepare (user);
  g_autoptr (GString) name = g_string_new (prepared);

  g_string_replace (name, "=", "=3D", 0);
  g_string_replace (name, ",", "=2C", 0);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static char *
new_nonce (void)
{
  guchar random[18];

  if (gnutls_rnd (GNUTLS_RND_NONCE, random, sizeof random) < 0)
    g_error ("this system has no source of random numbers");
  return g_base64_encode (random, sizeof random);
}

NetScram *
net_scram_new (const NetScramTask *task)
{
  NetScram *scram = g_new0 (NetScram, 1);

  scram->task = *task;
  scram->name = write_name (task->user);
  scram->password = net_scram_prepare (task->password);
  scram->nonce = new_nonce ();
  return scram;
}

void
net_scram_free (NetScram *scram)
{
  if (scram == NULL)
    return;

  g_free (scram->name);
  g_free (scram->nonce);
  base_secret_free (scram->password);
  explicit_bzero (scram->server_signature, sizeof scram->server_signature);
  g_free (scram);
}

void
net_scram_set_nonce (NetScram *scram, const char *nonce)
{
  g_free (scram->nonce);
  scram->nonce = g_strdup (nonce);
}

static gsize
get_size (NetScram *scram)
{
  return scram->task.hash == NET_SCRAM_SHA_256 ? 32 : 20;
}

/* client-first-message-bare */
static char *
write_bare (NetScram *scram)
{
  return g_strdup_printf ("n=%s,r=%s", scram->name, scram->nonce);
}

char *
net_scram_begin (NetScram *scram)
{
  g_autofree char *bare = write_bare (scram);

  return g_strconcat (flags[scram->task.binding], bare, NULL);
}

/* What the connection is, as the other end has to see it too. */
static char *
write_binding (NetScram *scram)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  const char *flag = flags[scram->task.binding];
  gsize size;

  g_byte_array_append (input, (const guint8 *)flag, (guint)strlen (flag));
  if (scram->task.binding == NET_SCRAM_BOUND) {
    const guint8 *bound_to = g_bytes_get_data (scram->task.bound_to, &size);

    g_byte_array_append (input, bound_to, (guint)size);
  }
  return g_base64_encode (input->data, input->len);
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
compute (NetScram *scram, const guchar *salt, gsize salt_length, guint iterations,
         const char *auth_message, guint8 proof[MAX_HASH])
{
  gboolean strong = scram->task.hash == NET_SCRAM_SHA_256;
  gnutls_mac_algorithm_t mac = strong ? GNUTLS_MAC_SHA256 : GNUTLS_MAC_SHA1;
  gnutls_digest_algorithm_t digest = strong ? GNUTLS_DIG_SHA256 : GNUTLS_DIG_SHA1;
  gsize size = get_size (scram);
  gnutls_datum_t key = { (unsigned char *)scram->password, (unsigned int)strlen (scram->password) };
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
                           scram->server_signature)
             >= 0;
  for (gsize i = 0; good && i < size; i++)
    proof[i] ^= client_key[i];

  explicit_bzero (salted, sizeof salted);
  explicit_bzero (client_key, sizeof client_key);
  explicit_bzero (stored_key, sizeof stored_key);
  explicit_bzero (server_key, sizeof server_key);
  return good;
}

static void
set_nonsense (GError **error, const char *detail)
{
  base_error_set (
      error, BASE_ERROR_AUTH, detail,
      _ ("The server asked something during the sign-in that makes no sense. Try again later, or ask the "
         "people who run the server."));
}

char *
net_scram_prove (NetScram *scram, const char *challenge, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (challenge, ",", -1);
  const char *nonce = attribute (parts, 0, 'r');
  const char *salt_text = attribute (parts, 1, 's');
  const char *iterations_text = attribute (parts, 2, 'i');
  g_autofree char *bare = NULL;
  g_autofree char *binding = NULL;
  g_autofree char *without_proof = NULL;
  g_autofree char *auth_message = NULL;
  g_autofree guchar *salt = NULL;
  g_autofree char *proof_text = NULL;
  guint8 proof[MAX_HASH];
  guint64 iterations = 0;
  gsize salt_length = 0;

  /* The nonce goes on from ours, or this is an answer to somebody else's question. */
  if (nonce == NULL || !g_str_has_prefix (nonce, scram->nonce)
      || strlen (nonce) <= strlen (scram->nonce) || salt_text == NULL || iterations_text == NULL
      || !g_ascii_string_to_unsigned (iterations_text, 10, 1, MAX_ITERATIONS, &iterations, NULL)) {
    set_nonsense (error, challenge);
    return NULL;
  }
  if (iterations < MIN_ITERATIONS) {
    base_error_set (
        error, BASE_ERROR_TRUST, iterations_text,
        _ ("“%s” asks for your password in a way that makes it easy to guess, so it was not given away. It may not be the server it "
           "claims to be; ask the people who run it."),
        scram->task.host);
    return NULL;
  }
  salt = g_base64_decode (salt_text, &salt_length);

  bare = write_bare (scram);
  binding = write_binding (scram);
  without_proof = g_strconcat ("c=", binding, ",r=", nonce, NULL);
  auth_message = g_strconcat (bare, ",", challenge, ",", without_proof, NULL);
  if (salt_length == 0
      || !compute (scram, salt, salt_length, (guint)iterations, auth_message, proof)) {
    set_nonsense (error, challenge);
    return NULL;
  }

  proof_text = g_base64_encode (proof, get_size (scram));
  return g_strconcat (without_proof, ",p=", proof_text, NULL);
}

/* Constant time, so that nobody learns how much of a forged signature was right. */
static gboolean
signature_is_right (NetScram *scram, const char *encoded)
{
  g_autofree guchar *shown = NULL;
  gsize length;

  shown = g_base64_decode (encoded, &length);
  return length == get_size (scram) && gnutls_memcmp (shown, scram->server_signature, length) == 0;
}

/* RFC 5802, 7: "server-error-value".  "other-error" may stand for any of them, for a wrong proof too: it counts as a refusal. */
static void
set_refused (NetScram *scram, const char *why, GError **error)
{
  if (g_str_equal (why, "channel-bindings-dont-match")
      || g_str_equal (why, "server-does-support-channel-binding")) {
    base_error_set (
        error, BASE_ERROR_TRUST, why,
        _ ("Somebody may stand between this computer and “%s”: it sees another connection than this one. Your password was not "
           "given away. Try again in another network."),
        scram->task.host);
    return;
  }
  if (g_str_equal (why, "no-resources")) {
    base_error_set (error, BASE_ERROR_RETRY, why, _ ("“%s” cannot check passwords at the moment."),
                    scram->task.host);
    return;
  }
  scram->foreign_binding = scram->task.binding == NET_SCRAM_BOUND
                           && (g_str_equal (why, "unsupported-channel-binding-type")
                               || g_str_equal (why, "channel-binding-not-supported"));
  base_error_set (
      error, BASE_ERROR_AUTH, why,
      _ ("The server did not accept the user name or the password. Check both and try again."));
}

gboolean
net_scram_check (NetScram *scram, const char *proof, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (proof, ",", -1);
  const char *value = attribute (parts, 0, 'e');

  if (value != NULL) {
    set_refused (scram, value, error);
    return FALSE;
  }
  value = attribute (parts, 0, 'v');
  if (value != NULL && signature_is_right (scram, value))
    return TRUE;
  base_error_set (
      error, BASE_ERROR_TRUST, NULL,
      _ ("The server could not prove that it knows this account. It may not be the server it claims to "
         "be."));
  return FALSE;
}

gboolean
net_scram_is_foreign_binding (NetScram *scram)
{
  return scram->foreign_binding;
}
