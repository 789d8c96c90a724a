/* The server's side of SCRAM.  Pure; the threads of the scripted server. */
#include "fake-scram.h"

#include <string.h>

#define MAX_HASH 32

struct _FakeScram
{
  FakeScramTask task;
  GChecksumType hash;
  gsize size;
  char *gs2, *bare, *first, *nonce; /* Owned: what was said */
};

FakeScram *
fake_scram_new (const FakeScramTask *task)
{
  FakeScram *scram = g_new0 (FakeScram, 1);

  scram->task = *task;
  scram->hash = strstr (task->mechanism, "SHA-256") != NULL ? G_CHECKSUM_SHA256 : G_CHECKSUM_SHA1;
  scram->size = (gsize)g_checksum_type_get_length (scram->hash);
  return scram;
}

void
fake_scram_free (FakeScram *scram)
{
  if (scram == NULL)
    return;

  g_free (scram->gs2);
  g_free (scram->bare);
  g_free (scram->first);
  g_free (scram->nonce);
  g_free (scram);
}

static void
hmac (FakeScram *scram, const guint8 *key, gsize key_size, const void *data, gsize length,
      guint8 *digest)
{
  g_autoptr (GHmac) mac = g_hmac_new (scram->hash, key, key_size);
  gsize size = MAX_HASH;

  g_hmac_update (mac, data, (gssize)length);
  g_hmac_get_digest (mac, digest, &size);
}

/* "Hi": PBKDF2 of one block. */
static void
salt_password (FakeScram *scram, const char *salt, guint8 *salted)
{
  const guint8 *password = (const guint8 *)scram->task.password;
  gsize length = strlen (scram->task.password);
  g_autoptr (GByteArray) begin = g_byte_array_new ();
  guint8 block[MAX_HASH];

  g_byte_array_append (begin, (const guint8 *)salt, (guint)strlen (salt));
  g_byte_array_append (begin, (const guint8 *)"\0\0\0\1", 4);
  hmac (scram, password, length, begin->data, begin->len, block);
  memcpy (salted, block, scram->size);
  for (guint i = 1; i < scram->task.iterations; i++) {
    hmac (scram, password, length, block, scram->size, block);
    for (gsize j = 0; j < scram->size; j++)
      salted[j] ^= block[j];
  }
}

static char *
decode (const char *message)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (message, &length);

  return g_strndup ((const char *)bytes, length);
}

static char *
encode (const char *text)
{
  return g_base64_encode ((const guchar *)text, strlen (text));
}

#define SALT "salt and pepper"

char *
fake_scram_first (FakeScram *scram, const char *message, char **wrong)
{
  const char *gs2 = scram->task.flag == 'p'   ? "p=tls-exporter,,"
                    : scram->task.flag == 'y' ? "y,,"
                                              : "n,,";
  g_autofree char *text = decode (message);
  g_autofree char *salt = encode (SALT);
  g_autofree char *begin = g_strdup_printf ("%sn=%s,r=", gs2, scram->task.user);

  if (!g_str_has_prefix (text, begin) || strlen (text) < strlen (begin) + 8) {
    *wrong = g_strdup_printf ("SCRAM began with “%s”, not with “%s…”", text, begin);
    return NULL;
  }
  scram->gs2 = g_strdup (gs2);
  scram->bare = g_strdup (text + strlen (gs2));
  scram->nonce = g_strconcat (text + strlen (begin), "and-ours", NULL);
  scram->first = g_strdup_printf ("r=%s,s=%s,i=%u", scram->nonce, salt, scram->task.iterations);
  return encode (scram->first);
}

/* "c=…,r=…" of the client, which are the same every time. */
static char *
write_unproved (FakeScram *scram)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autofree char *binding = NULL;
  gsize size = 0;

  g_byte_array_append (input, (const guint8 *)scram->gs2, (guint)strlen (scram->gs2));
  if (scram->task.flag == 'p') {
    const guint8 *bound_to = g_bytes_get_data (scram->task.binding, &size);

    g_byte_array_append (input, bound_to, (guint)size);
  }
  binding = g_base64_encode (input->data, input->len);
  return g_strdup_printf ("c=%s,r=%s", binding, scram->nonce);
}

/* Whether `proof` is that of one who knows the password: ClientKey is what remains of it, and StoredKey its hash. */
static gboolean
proof_is_right (FakeScram *scram, const guint8 *salted, const char *auth, const char *proof)
{
  guint8 client_key[MAX_HASH], stored_key[MAX_HASH], signature[MAX_HASH], hashed[MAX_HASH];
  g_autofree guchar *shown = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (scram->hash);
  g_autoptr (GChecksum) again = g_checksum_new (scram->hash);
  gsize length, size = MAX_HASH;

  hmac (scram, salted, scram->size, "Client Key", 10, client_key);
  g_checksum_update (checksum, client_key, (gssize)scram->size);
  g_checksum_get_digest (checksum, stored_key, &size);
  hmac (scram, stored_key, scram->size, auth, strlen (auth), signature);
  shown = g_base64_decode (proof, &length);
  if (length != scram->size)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    shown[i] ^= signature[i];
  size = MAX_HASH;
  g_checksum_update (again, shown, (gssize)length);
  g_checksum_get_digest (again, hashed, &size);
  return memcmp (hashed, stored_key, scram->size) == 0;
}

char *
fake_scram_last (FakeScram *scram, const char *message, const char **error)
{
  g_autofree char *text = decode (message);
  g_autofree char *expected = write_unproved (scram);
  const char *proof = strstr (text, ",p=");
  g_autofree char *unproved = g_strndup (text, proof != NULL ? (gsize)(proof - text) : 0);
  g_autofree char *auth = g_strdup_printf ("%s,%s,%s", scram->bare, scram->first, unproved);
  g_autofree char *shown = NULL;
  g_autofree char *answer = NULL;
  guint8 salted[MAX_HASH], server_key[MAX_HASH], signature[MAX_HASH];

  *error = NULL;
  salt_password (scram, SALT, salted);
  if (!g_str_equal (unproved, expected))
    *error = "e=channel-bindings-dont-match";
  else if (!proof_is_right (scram, salted, auth, proof + 3))
    *error = "e=invalid-proof";
  if (*error != NULL)
    return encode (*error);

  hmac (scram, salted, scram->size, "Server Key", 10, server_key);
  hmac (scram, server_key, scram->size, auth, strlen (auth), signature);
  if (scram->task.forged)
    signature[0] ^= 1;
  shown = g_base64_encode (signature, scram->size);
  answer = g_strconcat ("v=", shown, NULL);
  return encode (answer);
}
